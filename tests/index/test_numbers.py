"""Clause numbers as people write them, in both languages, and what is no clause number."""

from __future__ import annotations

import pytest

from corpus.text import fold
from index.numbers import find_paths
from index.question import understand


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("第五章第四节", "5.4"),
        ("第5章", "5"),
        ("第十五章", "15"),
        ("5.4节", "5.4"),
        ("第3.1.1条(f)项", "3.1.1(f)"),
        ("３．１．１（ｆ）写了什么", "3.1.1(f)"),
        ("附件一", "A1"),
        ("附录二第三条", "A2.3"),
        ("附件三第十五条", "A3.15"),
        ("第三附件", "A3"),
        ("附件2.5", "A2.5"),
        ("section 5.4", "5.4"),
        ("§5.9", "5.9"),
        ("5.10.", "5.10"),
        ("3.1.1 (f)", "3.1.1(f)"),
        ("point 3.1.1f", "3.1.1(f)"),
        ("6.3 item b", "6.3(b)"),
        ("item (f) of 3.1.1", "3.1.1(f)"),
        ("chapter five", "5"),
        ("Chapter V", "5"),
        ("chapter six's first section", "6.1"),
        ("chapter 5, section 12", "5.12"),
        ("the fifth chapter", "5"),
        ("Annex II", "A2"),
        ("Appendix I of the text", "A1"),
        ("Appendix two", "A2"),
        ("appendix 2, principle 5", "A2.5"),
        ("Appendix 3 no. 9", "A3.9"),
        ("Appendix 2.5", "A2.5"),
        ("the second appendix", "A2"),
        ("T.3.2.1(a)", "T.3.2.1(a)"),
        ("a3.15", "A3.15"),
    ],
)
def test_a_number_is_read_however_it_is_written(written: str, path: str) -> None:
    assert find_paths(fold(written).text) == (path,)


@pytest.mark.parametrize(
    "written",
    ["附件把风险分成几级", "三点一", "附录四", "3.5%的企业", "六个月", "appendix I think", "appendix 7", "3.5% of firms", "five levels", "chapters", "v2 3.14.15.9"],
)  # fmt: skip
def test_what_is_no_number_of_a_clause_is_not_read_as_one(written: str) -> None:
    assert find_paths(fold(written).text) == ()


@pytest.mark.parametrize("question", ["2.0版5.4和6.1(b)", "5.4 and 6.1(b) of version 2.0", "2.0 5.4, 6.1 (b), 5.4"])
def test_several_are_read_each_once_and_an_edition_is_none(question: str) -> None:
    assert understand(question).paths == ("5.4", "6.1(b)")
