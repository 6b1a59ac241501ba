"""From blocks to clauses: headings of three prints, and every character in exactly one clause."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from printed import page

from corpus.errors import UnreadableFile
from corpus.records import Document
from ingest.flow import flow
from ingest.intake import documents_from
from ingest.layout import Block, Extract
from ingest.outline import Origin, outline

FRAME = {"zh": ["1. 总则", "先评估，再上线。"], "en": ["1. General", "Assess first, then deploy."]}
LAST = {"zh": ["9. 附则", "自发布之日起施行。"], "en": ["9. Final", "In force from today."]}


def read(lang: str, *texts: str | Block, part: str = "body", edition: str = "aisgf@2.0") -> Document:
    """The document of these blocks."""
    blocks = [text if isinstance(text, Block) else Block(text) for text in texts]
    return outline(blocks, Origin(edition, part, lang, "supplied", "text", reader="text/1"))


def shown(document: Document, *paths: str) -> list[tuple[str, str]]:
    return [(document.by_path[path].heading, document.by_path[path].text) for path in paths]


def squeezed(texts: Sequence[str]) -> str:
    return "".join("".join(texts).split())


@pytest.mark.parametrize(
    ("lang", "blocks", "paths", "clauses"),
    [
        (
            "zh",
            [
                "1. 风险",
                "1.1 模型",
                "（a）难解释的风险。内部运行复杂，结果难以预测。",
                "（b）偏见、歧视风险。数据有偏差。",
                "2. 措施",
            ],
            ["1.1(a)", "1.1(b)"],
            [("难解释的风险", "内部运行复杂，结果难以预测。"), ("偏见、歧视风险", "数据有偏差。")],
        ),
        (
            "en",
            [
                "1. Risks",
                "1.1 Models",
                "(a) Risks of opacity. Models are complex.",
                "(b)Inducing bias. Data is skewed.",
                "2. Measures",
            ],
            ["1.1(a)", "1.1(b)"],
            [("Risks of opacity", "Models are complex."), ("Inducing bias", "Data is skewed.")],
        ),
        (
            "zh",
            ["1. 总则", "1.1 审慎。鼓励创新，守住底线。", "1.2 敏捷。跟踪变化，及时调整。", "2. 措施"],
            ["1.1", "1.2"],
            [("审慎", "鼓励创新，守住底线。"), ("敏捷", "跟踪变化，及时调整。")],
        ),
        (
            "zh",
            ["1. 总则", "2. 附件前", "附件3 术语", "1. 对齐：使行为符合意图。", "2. 预训练：先学通用知识。"],
            ["A3.1", "A3.2"],
            [("对齐", "使行为符合意图。"), ("预训练", "先学通用知识。")],
        ),
        (
            "en",
            [
                "1. One",
                "2. Two",
                "Appendix 3 Terms",
                "1. Alignment: making acts fit intent.",
                "2. Agent: a system that acts.",
            ],
            ["A3.1", "A3.2"],
            [("Alignment", "making acts fit intent."), ("Agent", "a system that acts.")],
        ),
    ],
)
def test_inline_headings(lang: str, blocks: list[str], paths: list[str], clauses: list[tuple[str, str]]) -> None:
    assert shown(read(lang, *blocks), *paths) == clauses


@pytest.mark.parametrize(
    ("lang", "blocks", "clauses"),
    [
        (
            "zh",
            ["1. 总则", "1.1 审慎", "鼓励创新，守住底线。", "另一段。", "1.2 敏捷", "及时调整。", "2. 措施"],
            [("审慎", "鼓励创新，守住底线。\n另一段。"), ("敏捷", "及时调整。")],
        ),
        (
            "en",
            [
                "1. General",
                "1.1 Prudence",
                "Innovate, within bounds.",
                "Second.",
                "1.2 Agility",
                "Adjust in time.",
                "2. Measures",
            ],
            [("Prudence", "Innovate, within bounds.\nSecond."), ("Agility", "Adjust in time.")],
        ),
    ],
)
def test_headings_on_a_line_of_their_own(lang: str, blocks: list[str], clauses: list[tuple[str, str]]) -> None:
    assert shown(read(lang, *blocks), "1.1", "1.2") == clauses


@pytest.mark.parametrize(
    ("lang", "blocks", "clauses"),
    [
        (
            "zh",
            [
                "1. 指引",
                "1.1 研发",
                "（a）研发者应评估风险，并留存日志。",
                "（b）研发者应保护数据。出事要报告。",
                "2. 措施",
            ],
            [("", "研发者应评估风险，并留存日志。"), ("", "研发者应保护数据。出事要报告。")],
        ),
        (
            "en",
            [
                *(
                    "1. Guide",
                    "1.1 Developers",
                    "(a)\tDevelopers should assess risks and keep the logs of their systems.",
                ),
                *("(b)Developers should protect data.", "2. Measures"),
            ],
            [
                ("", "Developers should assess risks and keep the logs of their systems."),
                ("", "Developers should protect data."),
            ],
        ),
    ],
)
def test_items_without_headings(lang: str, blocks: list[str], clauses: list[tuple[str, str]]) -> None:
    assert shown(read(lang, *blocks), "1.1(a)", "1.1(b)") == clauses


def test_siblings_are_judged_together() -> None:
    """One item of a group that has no short first sentence: then none has a heading."""
    blocks = ["1. 指引", "1.1 研发", "（a）应评估风险。每年一次。", "（b）应保护数据，防止泄露和滥用。", "2. 措施"]
    assert shown(read("zh", *blocks), "1.1(a)") == [("", "应评估风险。每年一次。")]


@pytest.mark.parametrize(("lang", "own"), [("zh", "（a）研发者应评估风险。"), ("en", "(a) Developers should assess.")])
def test_where_the_format_marks_headings_no_other_text_is_one(lang: str, own: str) -> None:
    blocks = [Block("1. 总则 General", 1), Block("1.1 研发 R&D", 2), own, Block("2. 措施 Measures", 1)]
    document = read(lang, *blocks)
    assert (document.by_path["1.1"].heading, document.by_path["1.1(a)"].heading) == ("研发 R&D", "")
    assert document.by_path["1.1(a)"].text == own[3:].strip()


def test_the_next_heading_glued_to_an_item_is_cut_off_with_its_page() -> None:
    item = "(b) Guard the information. 1.1.2 Addressing risks"
    cut = item.index("1.1.2")
    blocks = ["1. Measures", "1.1 Application", "1.1.1 Cyberspace", "(a) Guard the model."]
    glued = Block(item, pieces=((0, 4, "2"), (cut, 5, "3")))
    document = read("en", *blocks, glued, "(a) Set bounds.", "2. Governance")
    assert shown(document, "1.1.1(b)", "1.1.2", "1.1.2(a)") == [
        *(("", "Guard the information."), ("Addressing risks", ""), ("", "Set bounds.")),
    ]
    pages = [document.page_at(document.by_path[path].lead.end) for path in ("1.1.1(b)", "1.1.2(a)")]
    assert [found and found.page for found in pages] == [4, 5]


@pytest.mark.parametrize(
    ("lang", "text"),
    [("zh", "11.5.14.2的要求同样适用。"), ("zh", "1.2的要求同样适用。"), ("en", "1.2 and 1.3 apply as well.")],
)
def test_a_reference_that_starts_a_paragraph_belongs_to_the_clause_before(lang: str, text: str) -> None:
    blocks = FRAME[lang] + (["1.1 审慎"] if lang == "zh" else ["1.1 Prudence"])
    document = read(lang, *blocks, text, "2. 措施 Measures")
    assert [clause.path for clause in document.clauses][-3:] == ["1", "1.1", "2"]
    assert document.by_path["1.1"].text == text


BILINGUAL = {
    "zh": [
        "前言",
        "本框架由我们起草。",
        "1. 总则",
        "先评估，再上线。",
        "1.1 审慎。鼓励创新。",
        "1.2 敏捷。及时调整。",
        "2. 措施",
        "（见下。）",
    ],
    "en": [
        "Preface",
        "We drafted this.",
        "1. General",
        "Assess, then deploy.",
        "1.1 Prudence",
        "Innovate.",
        "1.2 Agility",
        "Adjust.",
        "2. Measures",
        "See below.",
    ],
}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_character_belongs_to_one_clause_and_none_is_lost(lang: str) -> None:
    document = read(lang, *BILINGUAL[lang])
    pieces = [span.of(document.text) for clause in document.clauses for span in (clause.lead, clause.span)]
    assert "".join(pieces) == document.text
    assert squeezed([document.text]) == squeezed(BILINGUAL[lang])
    assert [clause.path for clause in document.clauses] == ["preface", "1", "1.1", "1.2", "2"]


def test_a_file_in_both_languages_becomes_two_documents_with_equal_paths() -> None:
    blocks = tuple(Block(text) for lang in ("zh", "en") for text in BILINGUAL[lang])
    found = documents_from(Extract("text/1", blocks=blocks), b"our words", "aisgf@2.0")
    assert [document.id for document in found] == ["aisgf@2.0/zh", "aisgf@2.0/en"]
    assert [[clause.path for clause in document.clauses] for document in found] == [
        ["preface", "1", "1.1", "1.2", "2"]
    ] * 2
    assert [document.translation for document in found] == [False, True]
    assert {document.status for document in found} == {"supplied"}
    assert squeezed([found[0].text]) == squeezed(BILINGUAL["zh"])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_one_language_of_a_file_in_both(lang: str) -> None:
    blocks = tuple(Block(text) for own in ("zh", "en") for text in BILINGUAL[own])
    assert [found.lang for found in documents_from(Extract("t", blocks=blocks), b"", "aisgf@2.0", lang=lang)] == [lang]


def test_a_language_that_is_not_there_is_said() -> None:
    blocks = tuple(Block(text) for text in BILINGUAL["zh"])
    with pytest.raises(
        UnreadableFile, match=r"^the file holds no English text; leave out --lang to take the language it is in$"
    ):
        documents_from(Extract("text/1", blocks=blocks), b"", "aisgf@2.0", lang="en")


@pytest.mark.parametrize("blocks", [["随便写写。", "没有编号。"], ["Just a letter.", "1. Only one chapter"]])
def test_a_file_without_chapters_is_not_the_framework(blocks: list[str]) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read("zh", *blocks)
    assert str(refused.value) == (
        "no numbered chapters were found in the text; "
        "check that the file holds the framework itself; an announcement needs --part notice"
    )


@pytest.mark.parametrize(
    ("lang", "titles", "text"),
    [
        ("zh", ["人工智能测试框架", "（V1.0）"], "人工智能带来机遇。"),
        ("en", ["AI Test Framework", "(V1.0)"], "AI brings opportunities to all of us."),
    ],
)
def test_title_lines_stand_before_the_preface_and_not_in_its_text(lang: str, titles: list[str], text: str) -> None:
    document = read(lang, *titles, text, *FRAME[lang], "2. 措施 Measures")
    assert document.clauses[0].path == "preface"
    assert document.clauses[0].text == text
    assert document.text.startswith("\n".join(titles))


def test_pages_of_clauses() -> None:
    wide = "这一行从版心左边一直写到版心右边"
    first = page("1. 总则|", wide, wide, wide + "|", number=3, label="1")
    second = page("1.1 审慎|", wide, wide, wide + "|", "2. 措施|", number=4, label="2")
    document = read("zh", *flow([first, second], "zh"))
    pages = {clause.path: document.page_at(clause.span.start) for clause in document.clauses}
    assert {path: found and (found.page, found.label) for path, found in pages.items()} == {
        **{"1": (3, "1"), "1.1": (4, "2"), "2": (4, "2")},
    }


def test_a_doubtful_block_flags_its_clause_alone() -> None:
    document = read("zh", "1. 总则", Block("先评估。", doubtful=True), "1.1 审慎", "再上线。", "2. 措施")
    assert {clause.path: clause.flags for clause in document.clauses} == {
        **{"1": ("low_confidence",), "1.1": (), "2": ()},
    }


def test_kinds_parents_and_numbers() -> None:
    document = read(
        "zh",
        "前言",
        "缘起。",
        *FRAME["zh"],
        "1.1 审慎。鼓励创新。",
        "2. 风险",
        "2.1 模型",
        "2.1.1 算法",
        "（a）偏见风险。有。",
        "致谢",
        "感谢各方。",
    )
    told = [(clause.path, clause.kind, clause.parent, clause.number) for clause in document.clauses]
    assert told == [
        ("preface", "preface", None, ""),
        ("1", "chapter", None, "1."),
        ("1.1", "section", "1", "1.1"),
        ("2", "chapter", None, "2."),
        ("2.1", "section", "2", "2.1"),
        ("2.1.1", "section", "2.1", "2.1.1"),
        ("2.1.1(a)", "item", "2.1.1", "（a）"),
        ("ack", "ack", None, ""),
    ]


@pytest.mark.parametrize(("lang", "title"), [("zh", "《测试框架》发布"), ("en", "The Test Framework is out")])
def test_an_announcement_is_numbered_by_paragraph(lang: str, title: str) -> None:
    document = read(lang, title, "第一段 One.", "1. 第二段 Two.", part="notice")
    assert [(c.path, c.kind, c.parent) for c in document.clauses] == [
        ("notice", "notice", None),
        ("notice.1", "paragraph", "notice"),
        ("notice.2", "paragraph", "notice"),
    ]
    assert document.clauses[0].heading == title
    assert document.clauses[2].text == "1. 第二段 Two."


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_another_work_is_numbered_by_paragraph(lang: str) -> None:
    document = read(lang, "各方应合作。 Cooperate.", "各方应互信。 Trust.", edition="gaigi@2023")
    assert [(c.path, c.text) for c in document.clauses] == [
        ("p1", "各方应合作。 Cooperate."),
        ("p2", "各方应互信。 Trust."),
    ]
    assert document.translation is (lang == "en")
