"""The measures of a lineage, on beads whose figures can be counted by hand, and the gold itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from built import built_retriever, bundled
from typer.testing import CliRunner

from app.cli.main import app
from corpus.errors import MalformedLine, UnusableInput
from corpus.records import LANGS, Lang
from eval.lineage import (
    BASELINES,
    Bead,
    against,
    by_assignment,
    by_difflib,
    by_number,
    measured,
    of_chapters,
    read_gold,
    table,
)
from index.leaves import leaves, phrases

GOLD = Path(__file__).parents[2] / "eval" / "gold" / "lineage-1.0-2.0.jsonl"
PAIR = ("aisgf@1.0", "aisgf@2.0")


def bead(old: str, new: str, label: str = "", moved: bool = False) -> Bead:
    return Bead(frozenset(old.split()), frozenset(new.split()), label, moved)


MADE = [
    bead("1.1", "1.1", "unchanged"),
    bead("1.2", "1.2 1.3", "split"),
    bead("3.1 3.2", "3.1", "merged"),
    bead("4.1", "4.9", "reworded", moved=True),
    bead("5.1", "", "removed"),
    bead("", "5.2", "added"),
]


def test_the_gold_against_itself_is_perfect() -> None:
    assert {value for value in measured(MADE, MADE).values()} == {1.0}


def test_every_measure_counts_what_it_says() -> None:
    found = [
        bead("1.1", "1.1", "editorial"),
        bead("1.2", "1.2", "reworded"),
        bead("3.1 3.2", "3.1", "merged"),
        bead("4.1", "", "removed"),
        bead("5.1", "", "removed"),
        bead("", "1.3", "added"),
        bead("", "4.9", "added"),
        bead("", "5.2", "added"),
    ]
    values = measured(MADE, found)
    assert (values["link_P"], values["link_R"]) == (1.0, round(4 / 6, 4))
    assert (values["bead_P"], values["bead_R"]) == (round(2 / 3, 4), 0.5)
    assert values["bead_lax_F1"] == round(2 * 1.0 * 0.75 / 1.75, 4)
    assert (values["added_P"], values["added_R"]) == (round(1 / 3, 4), 1.0)
    assert (values["removed_P"], values["removed_R"]) == (0.5, 1.0)
    assert (values["label_accuracy"], values["label_joint"]) == (0.75, 0.5)
    assert values["moved_reworded_recall"] == 0.0


def test_without_labels_labels_are_not_counted_and_nothing_is_none() -> None:
    bare = [bead("1.1", "1.1")]
    assert measured(MADE, bare)["label_joint"] is None
    assert measured([bead("", "5.2", "added")], bare)["link_R"] is None


def test_chapters_looked_at_and_the_others_make_the_whole() -> None:
    assert len(of_chapters(MADE, True)) + len(of_chapters(MADE, False)) == len(MADE)
    assert [one.label for one in of_chapters(MADE, False)] == ["reworded"]


# --- the file


@pytest.mark.parametrize("lang", LANGS)
def test_the_gold_holds_every_leaf_of_the_bundled_editions_once(lang: Lang) -> None:
    beads = read_gold(GOLD)[lang]
    for edition, side in zip(PAIR, ("old", "new"), strict=True):
        paths = sorted(path for one in beads for path in getattr(one, side))
        assert paths == sorted(leaf.path for leaf in leaves(bundled(edition, lang)))


@pytest.mark.parametrize(
    "line", ["{", '{"lang": "zh"}', '{"lang": "fr", "from": ["1"], "to": [], "label": "removed", "moved": false}',
             '{"lang": "zh", "from": [], "to": [], "label": "added", "moved": false}']
)  # fmt: skip
def test_a_line_that_is_no_bead_is_told_with_its_number(tmp_path: Path, line: str) -> None:
    file = tmp_path / "gold.jsonl"
    first = json.dumps({"lang": "zh", "from": ["1.1"], "to": ["1.1"], "label": "unchanged", "moved": False})
    file.write_text(f"{first}\n\n{line}\n", encoding="utf-8")
    with pytest.raises(MalformedLine, match="line 3: not a bead"):
        read_gold(file)


def test_a_file_without_beads_and_gold_for_other_texts_are_told(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("\n", encoding="utf-8")
    with pytest.raises(UnusableInput, match="holds no bead"):
        read_gold(tmp_path / "empty.jsonl")
    with pytest.raises(UnusableInput, match="cannot be read"):
        read_gold(tmp_path / "none.jsonl")
    with pytest.raises(UnusableInput, match=r"aisgf@1\.0/zh has no leaf 9\.9"):
        against({"zh": [bead("9.9", "1.1", "reworded")]}, built_retriever(), *PAIR)
    with pytest.raises(UnusableInput, match="have no lineage here"):
        against({"zh": MADE}, built_retriever(), "aisgf@1.0", "aisgf@3.0")


# --- ours and simpler ways


@pytest.mark.parametrize("lang", LANGS)
def test_every_way_uses_every_leaf_once(lang: Lang) -> None:
    old, new = (bundled(edition, lang) for edition in PAIR)
    for way in BASELINES.values():
        found = way(old, new)
        assert sorted(path for one in found for path in one.old) == sorted(leaf.path for leaf in leaves(old))
        assert sorted(path for one in found for path in one.new) == sorted(leaf.path for leaf in leaves(new))


@pytest.mark.parametrize("lang", LANGS)
def test_simpler_ways_find_the_same_text_in_itself(lang: Lang) -> None:
    document = bundled("aisgf@2.0", lang)
    for way in (by_number, by_difflib, by_assignment):
        assert all(one.old == one.new for one in way(document, document))


def test_the_command_prints_every_way_in_both_languages() -> None:
    found = against(read_gold(GOLD), built_retriever(), *PAIR)
    assert set(found["languages"]) == set(LANGS)
    for ways in found["languages"].values():
        assert set(ways) == {"ours", *BASELINES}
        best = max(ways[name]["all"]["link_F1"] for name in BASELINES)
        assert ways["ours"]["all"]["link_F1"] > best
    assert len(table(found).splitlines()) == 2 + 2 * (3 + len(BASELINES))


def test_a_file_that_is_not_there_ends_in_one_line(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["--home", str(tmp_path), "eval", "lineage", str(tmp_path / "none.jsonl")])
    assert done.exit_code != 0


@pytest.mark.parametrize(
    ("text", "lang", "cut"),
    [
        ("定期开展安全测试，及时修复；并妥善留存各类记录。", "zh", ["定期开展安全测试", "并妥善留存各类记录"]),
        ("Run safety tests every quarter, then fix; and keep all records in order.", "en",
         ["Run safety tests every quarter", "and keep all records in order"]),
        ("简短。", "zh", ["简短。"]),
        ("Version 2.0 of the rules says nothing on it.", "en", ["Version 2.0 of the rules says nothing on it"]),
    ],
)  # fmt: skip
def test_phrases_stand_between_commas_and_stops(text: str, lang: Lang, cut: list[str]) -> None:
    assert phrases(text, lang) == cut
