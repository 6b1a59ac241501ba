"""Answers about changes rest on the lineage: complete for their topic, counted, and of the labels asked for."""

from __future__ import annotations

import re

import pytest
from built import built_assistant, built_retriever

from app.answering.kinds import asked_labels, kind_of
from app.answering.topic import clauses_about, touches
from app.answering.words import say
from corpus.ids import is_below, short
from corpus.records import LANGS, Answer, Document, Lang, Lineage, Link
from corpus.text import fold
from index.leaves import leaves
from index.question import understand

PAIR = ("aisgf@1.0", "aisgf@2.0")


def ask(question: str) -> Answer:
    answer = built_assistant().ask(question)
    assert answer.type == "diff", question
    return answer


def sides(lang: Lang) -> tuple[Lineage, Document, Document]:
    retriever = built_retriever()
    old, new = (retriever.document(edition, lang) for edition in PAIR)
    assert old is not None and new is not None
    return retriever.lineages[*PAIR, lang], old, new


def cited(answer: Answer) -> set[str]:
    return {short(citation.clause) for citation in answer.citations}


def ids(link: Link) -> set[str]:
    return {f"1.0#{path}" for path in link.old} | {f"2.0#{path}" for path in link.new}


@pytest.mark.parametrize(
    ("lang", "question", "word"),
    [
        ("zh", "开源方面两版有何不同？", "开源"),
        ("en", "What changed about open source?", "open-source"),
        ("zh", "供应链方面有什么变化？", "供应链"),
        ("en", "How do the two editions differ on the supply chain?", "supply chain"),
        ("zh", "可解释性要求有变化吗？", "可解释性"),
        ("en", "Did the requirements on explainability change?", "explainability"),
    ],
)
def test_every_link_that_names_the_matter_is_told(lang: Lang, question: str, word: str) -> None:
    lineage, old, new = sides(lang)
    naming = {
        f"{document.edition.partition('@')[2]}#{leaf.path}"
        for document in (old, new)
        for leaf in leaves(document)
        if word in fold(f"{leaf.heading} {leaf.text}").text and not leaf.path.startswith(("A", "preface"))
    }
    links = [link for link in lineage.links if ids(link) & naming]
    assert links
    wanted = set().union(*map(ids, links))
    found = {path for path in cited(ask(question)) if "#A" not in path}
    assert wanted - {path for path in wanted if "#A" in path} <= found


@pytest.mark.parametrize(
    ("lang", "question"), [("zh", "开源方面有什么变化？"), ("en", "What changed about open source?")]
)
def test_the_counts_are_those_of_the_links_told(lang: Lang, question: str) -> None:
    lineage, old, new = sides(lang)
    topic = clauses_about(built_retriever(), {"zh": "开源", "en": "open source"}[lang], lineage, old, new)
    links = [link for link in lineage.links if touches(link, topic or (), old, new)]
    head = ask(question).statements[0]
    assert head.search is not None and head.search.count == len(links)
    assert str(len(links)) in head.text
    kept = sum(link.label in ("editorial", "unchanged") for link in links)
    assert head.text.endswith(say("diff_kept", lang, count=kept))
    for label in ("added", "reworded"):
        count = sum(link.label == label for link in links)
        assert count and say("diff_counted", lang, label=say(label, lang), count=count) in head.text


@pytest.mark.parametrize(
    ("lang", "question", "labels"),
    [
        ("zh", "哪些条款被合并了？", {"merged"}),
        ("en", "Which clauses were merged?", {"merged"}),
        ("zh", "1.0的哪些条款被拆分了？", {"split"}),
        ("en", "Which clauses of 1.0 were split?", {"split"}),
        ("zh", "哪些条款没有变？", {"editorial", "unchanged"}),
        ("en", "Which clauses did not change?", {"editorial", "unchanged"}),
        ("zh", "2.0删掉了1.0的哪些内容？", {"removed"}),
        ("en", "What was dropped from 1.0?", {"removed"}),
    ],
)
def test_of_a_label_asked_for_there_are_all_links_and_no_others(lang: Lang, question: str, labels: set[str]) -> None:
    lineage, _, _ = sides(lang)
    links = [link for link in lineage.links if link.label in labels]
    assert cited(ask(question)) == set().union(*map(ids, links))


@pytest.mark.parametrize(
    ("question", "labels"),
    [
        ("哪些条款没有变化", ("unchanged", "editorial")),
        ("标识要求有没有变化", ()),
        ("What stayed the same?", ("unchanged", "editorial")),
        ("Did anything change?", ()),
        ("哪些被拆分", ("split",)),
        ("Which were split?", ("split",)),
    ],
)
def test_labels_asked_for(question: str, labels: tuple[str, ...]) -> None:
    assert asked_labels(question) == labels


@pytest.mark.parametrize(
    ("lang", "question"), [("zh", "5.3在两个版本里一样吗？"), ("en", "Is 5.3 the same in both versions?")]
)
def test_a_number_that_is_two_clauses_is_said_to_be(lang: Lang, question: str) -> None:
    lineage, _, _ = sides(lang)
    went = next(link for link in lineage.links if "5.3" in link.old)
    came = next(link for link in lineage.links if "5.3" in link.new)
    assert "5.3" not in went.new
    answer = ask(question)
    first = answer.statements[0]
    assert all(f"§{path}" in first.text for path in (*went.new, *came.old))
    assert len(first.citations) == 2
    assert cited(answer) == ids(went) | ids(came)


@pytest.mark.parametrize(
    ("question", "edition"),
    [
        ("1.0的5.3到2.0变成了什么？", "old"),
        ("What became of 5.3 of 1.0 in 2.0?", "old"),
        ("2.0版§5.3在1.0里是什么，有何变化？", "new"),
        ("What changed in 5.3 of version 2.0 since 1.0?", "new"),
    ],
)
def test_the_edition_beside_a_number_is_the_one_meant(question: str, edition: str) -> None:
    answer = ask(question)
    lineage, _, _ = sides(answer.lang)
    link = next(link for link in lineage.links if "5.3" in getattr(link, edition))
    assert cited(answer) == ids(link)


@pytest.mark.parametrize(
    ("lang", "question"), [("zh", "对研发者的要求变严了吗？"), ("en", "Did the duties of developers get stricter?")]
)
def test_a_section_asked_for_by_its_heading_is_compared_whole(lang: Lang, question: str) -> None:
    lineage, _, _ = sides(lang)
    links = [link for link in lineage.links if any(is_below(path, "6.1") for path in (*link.old, *link.new))]
    answer = ask(question)
    assert cited(answer) == {"1.0#6.1", "2.0#6.1"}.union(*map(ids, links))
    duties = answer.statements[0]
    assert duties.search is not None
    stronger = sum("obligation_stronger" in link.substance for link in links)
    assert re.search(rf"(?<!\d){stronger}(?!\d)", duties.text)


@pytest.mark.parametrize(
    "question", ["1.0和2.0在量子计算方面有什么变化？", "What changed about quantum computing between 1.0 and 2.0?"]
)
def test_a_matter_that_neither_edition_names_is_declined(question: str) -> None:
    answer = ask(question)
    assert answer.declined is not None and answer.declined.reason in ("not_in_framework", "off_topic")
    assert not answer.citations and not answer.text


@pytest.mark.parametrize("lang", LANGS)
def test_an_overview_tells_the_skeleton_then_the_counts(lang: Lang) -> None:
    answer = ask({"zh": "总结一下1.0到2.0的变化", "en": "Summarise the changes from 1.0 to 2.0."}[lang])
    lineage, _, _ = sides(lang)
    counted = next(at for at, one in enumerate(answer.statements) if one.search)
    assert counted >= 3
    for label in ("added", "removed", "split", "merged", "reworded"):
        told = say("diff_counted", lang, label=say(label, lang), count=lineage.counts[label])
        assert told in answer.statements[counted].text


@pytest.mark.parametrize(
    ("question", "diff"),
    [
        ("应急响应方面的变化", True),
        ("标识要求有变化吗", True),
        ("What changed in emergency response?", True),
        ("How did the protection of minors change?", True),
        ("AI会让就业发生什么变化？", False),
        ("How will AI change the labour market?", False),
    ],
)
def test_questions_about_changes_are_told_from_those_about_the_world(question: str, diff: bool) -> None:
    assert (kind_of(understand(question)) == "diff") is diff


@pytest.mark.parametrize(
    ("question", "clauses"),
    [
        ("1.0里“系统安全风险”那一类，2.0挪到哪去了？", {"1.0#3.1.3", "2.0#3.2.1"}),
        ("两个版本的数据安全风险有何不同？", {"1.0#3.1.2", "2.0#3.1.2"}),
        ("How do the editions differ on data risks?", {"1.0#3.1.2", "2.0#3.1.2"}),
    ],
)
def test_a_section_is_named_with_what_it_became(question: str, clauses: set[str]) -> None:
    answer = ask(question)
    markers = answer.statements[0].citations
    assert "→" in answer.statements[0].text
    assert clauses <= {short(citation.clause) for citation in answer.citations if citation.marker in markers}


@pytest.mark.parametrize(
    ("question", "clauses"),
    [
        ("1.0专门有一条推可解释性研究，到了2.0这条变成啥了？", {"1.0#5.6", "2.0#5.3"}),
        ("How did the line on everybody keeping passwords safe change between 1.0 and 2.0?", {"1.0#6.3(d)"}),
    ],
)
def test_a_matter_in_other_words_than_the_texts_is_found_by_its_readers(question: str, clauses: set[str]) -> None:
    assert clauses <= cited(ask(question))
