"""Lineage by content: every label on tiny editions, every leaf of the bundled editions exactly once, in both languages."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from built import built_retriever, bundled
from lineages import NEW, OLD, WANTED, both, edition

from corpus.errors import UnusableInput
from corpus.overrides import Override, load_overrides, read_overrides
from corpus.records import Lang, Lineage, Link
from corpus.text import fold
from index.build import compute_lineages
from index.encoder import open_encoder
from index.leaves import leaves
from index.lineage import compare, inverse, text_facet
from index.parity import composed, disputed, pairs_of, with_composed, with_parity
from index.redline import NEW_MARKS, OLD_MARKS

OPPOSITE = {"added": "removed", "removed": "added", "split": "merged", "merged": "split"}
PAIR = ("aisgf@1.0", "aisgf@2.0")


def of_bundled(lang: Lang) -> Lineage:
    return built_retriever().lineages[*PAIR, lang]


def rows(lineage: Lineage) -> dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[str, str | None, bool]]:
    return {(link.old, link.new): (link.label, link.text, link.moved) for link in lineage.links}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_label_on_a_tiny_edition(lang: Lang) -> None:
    lineage = compare(*both(lang), open_encoder(None))
    assert rows(lineage) == WANTED
    assert lineage.counts == {**dict.fromkeys((label for label, *_ in WANTED.values()), 1), "editorial": 0}
    for link in lineage.links:
        assert 0 <= link.confidence <= 1
        assert link.renumbered is (bool(link.old and link.new) and link.old != link.new)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_edition_against_itself_is_unchanged(lang: Lang) -> None:
    old, same = edition(lang, "1.0", OLD[lang]), edition(lang, "2.0", OLD[lang])
    lineage = compare(old, same, open_encoder(None))
    assert {(link.old == link.new, link.label, link.moved, link.renumbered) for link in lineage.links} == {
        (True, "unchanged", False, False)
    }
    assert all(mark == "=" for link in lineage.links for mark, _ in link.redline)


@pytest.mark.parametrize(
    ("lang", "before", "after"),
    [
        ("zh", "便于事后追查责任。每天", "便于事后追责。每天"),
        ("en", "can be traced. Important", "can be found. Important"),
    ],
)
def test_a_few_other_words_are_editorial(lang: Lang, before: str, after: str) -> None:
    new = edition(lang, "2.0", OLD[lang].replace(before, after))
    lineage = compare(edition(lang, "1.0", OLD[lang]), new, open_encoder(None))
    assert [link.old for link in lineage.links if link.label == "editorial"] == [("1.4",)]
    assert lineage.counts["unchanged"] == len(lineage.links) - 1


@pytest.mark.parametrize(
    ("lang", "old", "new", "facet"),
    [
        ("zh", "先评估，再上线。", "先评估、再上线", "identical"),
        ("zh", "日志留存六个月", "日志留存一整年", "reworded"),
        ("zh", "先评估再上线", "全员参加培训", "rewritten"),
        ("en", "Assess first; then deploy.", "assess first, then deploy", "identical"),
        ("en", "Logs are kept for six months.", "Logs are kept for a whole year.", "reworded"),
        ("en", "Log all access.", "Train every member of staff.", "rewritten"),
    ],
)
def test_how_far_a_wording_went(lang: Lang, old: str, new: str, facet: str) -> None:
    assert text_facet(old, new) == text_facet(new, old) == facet


# --- the same from either side


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_labels_are_symmetric(lang: Lang) -> None:
    old, new = both(lang)
    there, back = (compare(*pair, open_encoder(None)) for pair in ((old, new), (new, old)))
    turned = {(b, a): (OPPOSITE.get(label, label), text, moved) for (a, b), (label, text, moved) in rows(there).items()}
    assert rows(back) == turned == rows(inverse(there))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_inverse_of_the_inverse_is_the_same(lang: Lang) -> None:
    for lineage in (of_bundled(lang), *with_parity([compare(*both(lang), open_encoder(None))])):
        assert inverse(inverse(lineage)) == lineage
    turned = inverse(of_bundled(lang))
    assert (turned.old, turned.new) == (PAIR[1], PAIR[0])
    assert turned.counts == {OPPOSITE.get(label, label): n for label, n in of_bundled(lang).counts.items()}


def test_a_link_of_as_many_to_as_many_is_split_from_either_side() -> None:
    link = Link(("1.1", "1.2"), ("1.1", "1.2"), "split", "reworded", False, False, 0.5)
    assert inverse(Lineage(*PAIR, "zh", (link,))).links[0].label == "split"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_comparing_again_gives_the_same(lang: Lang) -> None:
    first, again = (compare(*both(lang), open_encoder(None)) for _ in range(2))
    assert first == again


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_redlines_give_both_wordings_back(lang: Lang) -> None:
    old, new = bundled(PAIR[0], lang), bundled(PAIR[1], lang)
    texts = {document.edition: {leaf.path: leaf.text for leaf in leaves(document)} for document in (old, new)}
    for link in of_bundled(lang).links:
        if link.old and link.new:
            for edition_id, paths, marks in ((PAIR[0], link.old, OLD_MARKS), (PAIR[1], link.new, NEW_MARKS)):
                joined = "".join(text for op, text in link.redline if op in marks)
                assert joined == "\n".join(texts[edition_id][path] for path in paths)
        else:
            assert link.redline == ()


# --- the bundled editions


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_leaf_of_both_editions_stands_in_exactly_one_link(lang: Lang) -> None:
    lineage = of_bundled(lang)
    for edition_id, side in zip(PAIR, ("old", "new"), strict=True):
        found = Counter(path for link in lineage.links for path in getattr(link, side))
        wanted = {leaf.path for leaf in leaves(bundled(edition_id, lang))}
        assert set(found) == wanted
        assert set(found.values()) == {1}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_leaves_are_clauses_without_children_and_appendices_whole(lang: Lang) -> None:
    document = bundled(PAIR[1], lang)
    paths = [leaf.path for leaf in leaves(document)]
    assert {"preface", "A1", "A2", "A3"} <= set(paths)
    assert not any(path.startswith(("T", "ack", "notice", "A1.", "A2.", "A3.")) for path in paths)
    assert all(not document.children(path) for path in paths if not path.startswith("A"))
    whole = next(leaf for leaf in leaves(document) if leaf.path == "A3")
    assert document.by_path["A3.12"].heading in whole.text
    assert whole.parent is None


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_numbers_do_not_decide(lang: Lang) -> None:
    """3.2.1(c) is leakage by improper use in 1.0 and the supply chain in 2.0; the supply chain was 3.1.3(c)."""
    pairs = pairs_of(of_bundled(lang))
    assert ("3.1.3(c)", "3.2.1(c)") in pairs
    assert ("3.2.1(c)", "3.2.1(c)") not in pairs
    assert ("5.8", "5.12") in pairs
    assert ("", "1.5") in pairs


def test_the_two_languages_are_compared() -> None:
    zh, en = of_bundled("zh"), of_bundled("en")
    assert zh.parity == en.parity
    assert 0.8 <= zh.parity["agree"] <= 1
    odd = {(row["from"] or "", row["to"] or "", row["in"]) for row in zh.parity["disagree"]}
    assert odd == {
        *((a, b, "zh") for a, b in pairs_of(zh) - pairs_of(en)),
        *((a, b, "en") for a, b in pairs_of(en) - pairs_of(zh)),
    }


def test_equal_lineages_agree_fully_and_one_alone_with_nothing() -> None:
    encoder = open_encoder(None)
    zh, en = (compare(*both(lang), encoder) for lang in ("zh", "en"))
    assert [lineage.parity for lineage in with_parity([zh, en])] == [{"agree": 1.0, "disagree": []}] * 2
    assert with_parity([zh])[0].parity == {"agree": None, "disagree": []}
    less = replace(en, links=tuple(link for link in en.links if link.label != "added"))
    parity = with_parity([zh, less])[0].parity
    assert parity["disagree"] == [{"from": None, "to": "2.3", "in": "zh"}]
    assert inverse(with_parity([zh, less])[0]).parity["disagree"] == [{"from": "2.3", "to": None, "in": "zh"}]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_edition_of_other_matter_is_removed_and_added(lang: Lang) -> None:
    other = {
        "zh": "1. 烹饪\n1.1 红烧\n五花肉切块焯水，小火慢炖。\n2. 园艺\n2.1 浇花\n早晚各一次，避开正午。",
        "en": "1. Cooking\n1.1 Stew\nCut the beef, brown it well, simmer slowly.\n2. Garden\n2.1 Roses\nPrune after the frost.",
    }
    counts = compare(edition(lang, "1.0", NEW[lang]), edition(lang, "2.0", other[lang]), open_encoder(None)).counts
    assert (counts["removed"], counts["added"]) == (7, 2)
    assert sum(counts.values()) == 9


# --- a reviewer's decisions


def decision(sources: str, targets: str, lang: Lang) -> Override:
    return Override(*PAIR, (lang,), tuple(sources.split()), tuple(targets.split()), "read and decided")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_reviewer_wins_and_every_leaf_keeps_one_link(lang: Lang) -> None:
    decided = [decision("1.3", "1.2", lang), decision("2.3", "", lang)]
    computed, lineage = (compare(*both(lang), open_encoder(None), overrides) for overrides in ([], decided))
    by_reviewer = {(link.old, link.new): link.reviewed for link in lineage.links if link.reviewed}
    assert by_reviewer == {(("1.3",), ("1.2",)): "read and decided", (("2.3",), ()): "read and decided"}
    for side in ("old", "new"):
        paths = [sorted(path for link in one.links for path in getattr(link, side)) for one in (computed, lineage)]
        assert paths[0] == paths[1]
    assert not any(link.reviewed for link in computed.links)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_decision_on_a_clause_that_is_none_is_told(lang: Lang) -> None:
    with pytest.raises(UnusableInput, match=r"aisgf@2\.0 has no leaf clause '9\.9'; correct its path"):
        compare(*both(lang), open_encoder(None), [decision("1.3", "9.9", lang)])


def test_the_bundled_decisions_are_whole_and_one_that_is_not_is_told() -> None:
    assert all(one.note for one in load_overrides())
    text = '[[override]]\nold = "1.0"\nnew = "2.0"\nlangs = ["zh"]\nfrom = ["1.1"]\nto = []\nnote = "x"\n'
    assert read_overrides(text) == (Override(*PAIR, ("zh",), ("1.1",), (), "x"),)
    for broken in (text.replace('["1.1"]', "[]"), text.replace('note = "x"\n', ""), text.replace('"zh"', '"fr"')):
        with pytest.raises(UnusableInput, match="override 1 is not whole; give old, new"):
            read_overrides(broken)


# --- three editions


def test_a_lineage_through_another_edition_joins_what_either_step_joins() -> None:
    one = {("a", "x"), ("b", "x"), ("c", ""), ("d", "z"), ("", "y")}
    two = {("x", "1"), ("x", "2"), ("y", "3"), ("z", ""), ("", "4")}
    assert composed([one, two]) == {(old, new) for old in "ab" for new in "12"} | {
        ("c", ""), ("d", ""), ("", "3"), ("", "4")
    }  # fmt: skip
    assert composed([one]) == one
    back = [{(new, old) for old, new in step} for step in (two, one)]
    assert composed(back) == {(new, old) for old, new in composed([one, two])}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_direct_lineage_of_three_editions_is_held_against_the_composed_one(lang: Lang) -> None:
    old, new = both(lang)
    gone = new.by_path["2.3"].text
    newest = edition(lang, "3.0", NEW[lang].replace(gone, OLD[lang].splitlines()[-1]))
    found = {(one.old, one.new): one for one in compute_lineages([newest, old, new], open_encoder(None))}
    assert list(found) == [(old.edition, new.edition), (old.edition, newest.edition), (new.edition, newest.edition)]
    direct = found[old.edition, newest.edition]
    parity = direct.parity["composed"]
    assert parity["through"] == [new.edition]
    rows = {(row["from"], row["to"], row["in"]) for row in parity["disagree"]}
    assert rows == {("2.3", "2.3", "direct"), ("2.3", None, "composed"), (None, "2.3", "composed")}
    assert parity["agree"] == 0.7
    doubtful = [link for link in direct.links if disputed(link, parity["disagree"])]
    assert [(link.old, link.new) for link in doubtful] == [(("2.3",), ("2.3",))]
    assert "composed" not in found[PAIR].parity
    assert inverse(direct).parity["composed"]["through"] == [new.edition]


def test_a_chain_that_leads_elsewhere_is_refused() -> None:
    direct, other = (compare(*both("zh"), open_encoder(None)) for _ in range(2))
    with pytest.raises(ValueError, match="leads along"):
        with_composed(direct, [other, other])


@pytest.mark.parametrize(("lang", "term"), [("zh", "敏感数据"), ("en", "records")])
def test_a_link_tells_what_it_rests_on(lang: Lang, term: str) -> None:
    old, new = both(lang)
    link = next(link for link in compare(old, new, open_encoder(None)).links if link.old == ("1.1",))
    assert term in " ".join(link.terms)
    for told in link.terms:
        assert told in fold(f"{old.by_path['1.1'].heading} {old.by_path['1.1'].text}").text
        assert told in fold(f"{new.by_path['1.2'].heading} {new.by_path['1.2'].text}").text
    assert link.sentences == ((old.by_path["1.1"].text, new.by_path["1.2"].text),)
    assert inverse(Lineage(*PAIR, lang, (link,))).links[0].sentences == (
        (new.by_path["1.2"].text, old.by_path["1.1"].text),
    )
