"""Every line of a file is kept or dropped under a name; the account of a file says how many of each."""

from __future__ import annotations

from collections import Counter

import pytest
from printed import line, page

from corpus.records import Lang
from ingest.accounting import Account, account
from ingest.furniture import REASONS, sort_out
from ingest.layout import Block, Extract, Line, Page

WIDE = {"zh": "这一行从版心左边一直写到版心右边", "en": "This line runs from the left margin to the right one"}
HEAD = {"zh": "人工智能测试框架2.0", "en": "AI Test Framework 2.0"}
CONTENTS = {"zh": ("目录", "1. 总则 …… 1", "2. 风险 …… 3"), "en": ("Contents", "1. General....1", "2. Risks....3")}
MORE = {"zh": ("附件1 分级.", "24", "附件2 准则..", "27"), "en": ("Annex 1 Grades.", "24", "Annex 2 Rules..", "27")}


def sheet(lang: Lang, number: int, *more: Line) -> Page:
    """A page of text under a running head, with its number at the foot."""
    furniture = (line(HEAD[lang], 20, 50, 200), line(f"- {number} -", 660, 240, 260))
    return page(*furniture, *more, *[WIDE[lang]] * 3, number=number)


def book(lang: Lang) -> list[Page]:
    """A cover, two pages of contents, a blank page, three pages of text."""
    cover = page(line(HEAD[lang], 300, 150, 350), line("2025", 600, 200, 300), number=1)
    contents = [page(*CONTENTS[lang], number=2), page(*MORE[lang], number=3)]
    return [cover, *contents, page(number=4), *(sheet(lang, number) for number in (5, 6, 7))]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_line_is_kept_or_dropped_under_a_name(lang: Lang) -> None:
    kept, dropped = sort_out(book(lang))
    printed = [one for given in book(lang) for one in given.lines]
    assert Counter([one for given in kept for one in given.lines] + [one.line for one in dropped]) == Counter(printed)
    assert [one.text for given in kept for one in given.lines] == [WIDE[lang]] * 9
    assert Counter((one.reason, one.page) for one in dropped) == {
        ("cover", 1): 2,
        ("contents", 2): 3,
        ("contents", 3): 4,
        **{("running_head", number): 1 for number in (5, 6, 7)},
        **{("page_number", number): 1 for number in (5, 6, 7)},
    }


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_numbers_alone_make_a_page_of_contents_only_after_one(lang: Lang) -> None:
    text = page(*[WIDE[lang]] * 3, *MORE[lang], number=2)
    assert [one.reason for one in sort_out([page(*[WIDE[lang]] * 3), text])[1]] == []
    assert {one.reason for one in sort_out([page(*CONTENTS[lang]), page(*MORE[lang], number=2)])[1]} == {"contents"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_mark_beside_the_running_head_belongs_to_it_and_a_word_there_does_not(lang: Lang) -> None:
    pages = [sheet(lang, number) for number in (5, 6)]
    for beside, gone in (("一", True), ("注释" if lang == "zh" else "Note", False)):
        given = [*pages, sheet(lang, 7, line(beside, 22, 210, 230))]
        dropped = [one.line.text for one in sort_out(given)[1] if one.reason == "running_head"]
        assert (beside in dropped) is gone


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_account_of_a_file_adds_up(lang: Lang) -> None:
    found = account(Extract("pdf", pages=tuple(book(lang))), lang)
    assert found == Account(6, 24, 9, {"cover": 2, "contents": 7, "running_head": 3, "page_number": 3})
    assert found.lines == found.kept + sum(found.dropped.values())
    assert tuple(found.dropped) == REASONS
    assert account(Extract("pdf", pages=tuple(book(lang))), "en" if lang == "zh" else "zh").lines == 0


def test_the_accounts_of_both_languages_are_the_whole_file() -> None:
    pages = [*book("zh"), *book("en")]
    both = [account(Extract("pdf", pages=tuple(pages)), lang) for lang in ("zh", "en")]
    assert sum(found.lines for found in both) == sum(len(given.lines) for given in pages)


def test_a_file_without_pages_loses_nothing() -> None:
    blocks = tuple(Block(text) for text in ("1. 总则", "先评估。", "1. General", "Assess first."))
    nothing = dict.fromkeys(REASONS, 0)
    for lang in ("zh", "en"):
        assert account(Extract("text/1", blocks=blocks), lang) == Account(0, 2, 2, nothing)
    assert account(Extract("text/1", blocks=blocks[:2]), "zh") == Account(0, 2, 2, nothing)


def test_thousands_of_running_heads_are_dropped_without_comparing_all_with_all():
    names = [chr(0x4E00 + at) * 3 for at in range(1500)]
    pages = [Page(at, 500, 700, tuple(line(name, 20) for name in names)) for at in (1, 2, 3)]
    kept, dropped = sort_out(pages)
    assert sum(len(one.lines) for one in kept) == 0
    assert len(dropped) == 4500 and {one.reason for one in dropped} == {"running_head"}
