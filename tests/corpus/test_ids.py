"""Clause ids: printed variants, what users write, order and kinship of paths."""

from __future__ import annotations

import random

import pytest

from corpus.errors import UnusableInput
from corpus.ids import ClauseId, is_below, neutral, normal_path, of_framework, parent_path, parse_id, short, sort_key


@pytest.mark.parametrize(
    ("printed", "path"),
    [
        ("３.１.１（ｆ）", "3.1.1(f)"),
        ("3.1.1 (F)", "3.1.1(f)"),
        ("§ 5.4.", "5.4"),
        ("第5.4节", "5.4"),
        ("第 6.3.6 条", "6.3.6"),
        ("附件2", "A2"),
        ("附录 1.2", "A1.2"),
        ("Appendix 3.15", "A3.15"),
        ("annex 1", "A1"),
        ("4.", "4"),
        ("preface", "preface"),
        ("T.3.1.1（a）", "T.3.1.1(a)"),
    ],
)
def test_printed_variants_have_one_path(printed: str, path: str) -> None:
    assert normal_path(printed) == path
    assert normal_path(path) == path


@pytest.mark.parametrize(
    ("written", "parsed"),
    [
        ("2.0#3.1.1(f)", ClauseId("aisgf@2.0", None, "3.1.1(f)")),
        ("aisgf@2.0/zh#3.1.1（f）", ClauseId("aisgf@2.0", "zh", "3.1.1(f)")),
        (" aisgf@1.0/en#preface ", ClauseId("aisgf@1.0", "en", "preface")),
        ("gaigi@2023#p1", ClauseId("gaigi@2023", None, "p1")),
        ("reading-20250927-1@1/zh#p3", ClauseId("reading-20250927-1@1", "zh", "p3")),
        ("２.０＃５．４", ClauseId("aisgf@2.0", None, "5.4")),
        ("2.0#附件2.1", ClauseId("aisgf@2.0", None, "A2.1")),
    ],
)
def test_ids_as_users_write_them(written: str, parsed: ClauseId) -> None:
    assert parse_id(written) == parsed


@pytest.mark.parametrize("written", ["5.4", "2.0#", "#5.4", "aisgf@2.0/fr#5.4", "条款五", ""])
def test_anything_else_is_wrong_use_and_says_how_to_write_it(written: str) -> None:
    with pytest.raises(UnusableInput) as refused:
        parse_id(written)
    assert str(refused.value) == f"{written!r} is not a clause id; write it like '2.0#3.1.1(f)', in quotes"
    assert refused.value.exit_code == 2


def test_neutral_and_short_forms() -> None:
    assert neutral("aisgf@2.0/zh#5.4") == neutral("aisgf@2.0/en#5.4") == neutral("aisgf@2.0#5.4") == "aisgf@2.0#5.4"
    assert short("aisgf@2.0/zh#3.1.1(f)") == "2.0#3.1.1(f)"
    assert short("gaigi@2023/en#p1") == "gaigi@2023#p1"


def test_whether_an_id_is_of_the_framework() -> None:
    assert of_framework("aisgf@2.0") and of_framework("aisgf@3.0/zh#2.1.1")
    assert not of_framework("gaigi@2023/en#p1") and not of_framework("reading-20250915-1@1#p1")


@pytest.mark.parametrize(
    ("path", "parent"),
    [
        ("3.1.1(f)", "3.1.1"),
        ("6.3.6", "6.3"),
        ("3", None),
        ("preface", None),
        ("A1.2.1", "A1.2"),
        ("A2.8", "A2"),
        ("A3", None),
        ("T.3.2.1(a)", "T"),
        ("T", None),
        ("notice.4", "notice"),
        ("p12", None),
    ],
)
def test_the_path_one_level_up(path: str, parent: str | None) -> None:
    assert parent_path(path) == parent


def test_below_goes_by_levels_and_not_by_letters() -> None:
    assert is_below("3.1.1(f)", "3.1.1(f)")
    assert is_below("3.1.1(f)", "3")
    assert is_below("T.3.1.1(a)", "T")
    assert not is_below("3.10", "3.1")
    assert not is_below("T.3.1.1(a)", "3.1.1")
    assert not is_below("3.1", "3.1.1")


def test_text_order() -> None:
    ordered = [
        *("preface", "1", "1.5", "3.1.1", "3.1.1(a)", "3.1.1(b)", "3.1.2", "5.9", "5.10", "6.3.9", "6.3.10"),
        *("T", "T.3.1.1(a)", "T.3.2", "A1", "A1.1", "A1.1.2", "A3.9", "A3.10", "ack", "notice", "notice.2"),
    ]
    shuffled = random.Random(7).sample(ordered, len(ordered))
    assert shuffled != ordered
    assert sorted(shuffled, key=sort_key) == ordered
