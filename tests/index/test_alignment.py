"""What decides whether clauses belong together: names taken up, the tree, and that whole appendices explain nothing."""

from __future__ import annotations

import numpy as np
import pytest
from lineages import edition

from corpus.records import LANGS, Lang
from index import alignment
from index.alignment import Group, align, pairs_of_leaves
from index.encoder import open_encoder
from index.leaves import Leaf, leaves

OLD: dict[Lang, str] = {
    "zh": """1. 安全风险
1.1 窃取与篡改
参数和结构被他人拿走，商业秘密外泄，知识产权受损。
1.2 对抗攻击
不法分子制造特殊样本，干扰推理过程，令判断出错。
1.3 能耗过高
训练耗电惊人，机房散热困难。
2. 治理措施
2.1 人才培养
高校开设课程，企业组织在岗培训。""",
    "en": """1. Safety risks
1.1 Stealing and tampering
Parameters and structures are carried away by others, business secrets leak, and property rights suffer.
1.2 Adversarial attacks
Criminals make up special samples, disturb the inference and lead the judgement astray.
1.3 Excessive power
Training swallows electricity, and machine rooms are hard to cool.
2. Governance measures
2.1 Training talent
Universities open courses, and companies train their employees.""",
}
NEW: dict[Lang, str] = {
    "zh": """1. 安全风险
1.1 外部对抗攻击
不法分子制造特殊样本，窃取与篡改参数，干扰推理过程，令判断出错。
1.2 能耗过高
训练耗电惊人，机房散热困难。
2. 治理措施
2.1 人才培养
高校开设课程，企业组织在岗培训。""",
    "en": """1. Safety risks
1.1 External adversarial attacks
Criminals make up special samples, engage in stealing and tampering, disturb the inference and lead the judgement astray.
1.2 Excessive power
Training swallows electricity, and machine rooms are hard to cool.
2. Governance measures
2.1 Training talent
Universities open courses, and companies train their employees.""",
}


def linked(lang: Lang, old: str, new: str) -> set[tuple[tuple[str, ...], tuple[str, ...]]]:
    a, b = leaves(edition(lang, "1.0", old)), leaves(edition(lang, "2.0", new))
    groups, _ = align(a, b, lang, open_encoder(None))
    return {(tuple(sorted(a[i].path for i in g.old)), tuple(sorted(b[j].path for j in g.new))) for g in groups}


@pytest.mark.parametrize("lang", LANGS)
def test_a_clause_whose_name_another_takes_up_was_merged_into_it(lang: Lang) -> None:
    assert linked(lang, OLD[lang], NEW[lang]) == {
        (("1.1", "1.2"), ("1.1",)),
        (("1.3",), ("1.2",)),
        (("2.1",), ("2.1",)),
    }


@pytest.mark.parametrize("lang", LANGS)
def test_a_clause_whose_name_nobody_says_was_removed(lang: Lang) -> None:
    heading = {"zh": "窃取与篡改", "en": "tealing and tampering"}[lang]
    other = {"zh": "歪曲", "en": "peculation"}[lang]
    found = linked(lang, OLD[lang].replace(heading, other), NEW[lang])
    assert (("1.1",), ()) in found and (("1.2",), ("1.1",)) in found


def leaf(path: str) -> Leaf:
    return Leaf(path, path.rpartition(".")[0], path, path, (path.rpartition(".")[0],))


def test_a_pair_is_less_alike_where_its_siblings_all_went_elsewhere() -> None:
    old, new = [leaf(f"1.1.{n}") for n in range(1, 4)], [leaf(f"2.1.{n}") for n in range(1, 4)] + [leaf("2.2.1")]
    flat = np.zeros((3, 4))
    no = np.zeros((3, 4), dtype=bool)
    pairs = alignment.Pairs(np.full((3, 4), 0.5), flat, flat, flat, no, no, no, no, (old, new))
    smoothed = alignment._smoothed(pairs, [Group([0], [0]), Group([1], [1]), Group([2], [3])]).similarity
    assert smoothed == pytest.approx(
        np.where([[False] * 4, [False] * 4, [False] * 3 + [True]], 0.5 - alignment.STRAY, 0.5)
    )
    one = alignment._smoothed(pairs, [Group([0], [0]), Group([2], [3])]).similarity
    assert one == pytest.approx(np.full((3, 4), 0.5)), "a single sibling tells nothing"


@pytest.mark.parametrize("lang", LANGS)
def test_a_long_clause_about_another_subject_releases_no_pair(lang: Lang) -> None:
    """A glossary holds the words of many clauses, and explains none."""
    chapter = {"zh": "附件词汇与出处", "en": "Sources, words and what they mean"}[lang]
    old, new = OLD[lang], f"{NEW[lang]}\n3. {chapter}\n3.1 {chapter}\n{' '.join(OLD[lang].splitlines()[2:7:2])}"
    a, b = leaves(edition(lang, "1.0", old)), leaves(edition(lang, "2.0", new))
    pairs = pairs_of_leaves(a, b, lang, open_encoder(None))
    assert pairs.held_old[2, 3] >= alignment.WHOLE and pairs.apart[2, 3]
    assert (("1.3",), ("1.2",)) in linked(lang, old, new)
