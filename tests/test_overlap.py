"""How far the digests keep from the official wording, and that the check itself sees what it should."""

from __future__ import annotations

from pathlib import Path

import overlap
import pytest
from official import EN_10, ZH_10, official_document, official_folder
from overlap import LONGEST, shared_runs

from corpus.catalogue import load_catalogue

ROOT = Path(__file__).parents[1]
NAMES = {"zh": ZH_10, "en": EN_10}


@pytest.mark.official
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("digest", ["aisgf-1.0.body", "aisgf-2.0.body", "aisgf-1.0.notice", "aisgf-2.0.notice"])
def test_digests_share_no_long_run_with_the_official_text(
    digest: str, lang: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    official = tmp_path / "official.txt"
    official.write_text(official_document(NAMES[lang]).text, encoding="utf-8")
    found = overlap.main([lang, str(ROOT / "corpus" / "bundled" / f"{digest}.{lang}.md"), str(official)])
    assert (found, capsys.readouterr().out) == (0, "no shared runs\n")


@pytest.mark.official
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_sentence_of_the_official_text_is_caught(
    lang: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = official_document(NAMES[lang]).text
    start = text.index(official_document(NAMES[lang]).by_path["5.5"].text)
    ours, official = tmp_path / "ours.md", tmp_path / "official.txt"
    ours.write_text(f"---\nstatus: digest\n---\n# 5.5\n\n{text[start : start + 120]}\n", encoding="utf-8")
    official.write_text(text, encoding="utf-8")
    assert overlap.main([lang, str(ours), str(official)]) == 1
    assert capsys.readouterr().out != "no shared runs\n"


ZH = "甲乙丙丁戊己庚辛壬癸子丑寅卯"
EN = "one two three four five six seven eight nine ten"


@pytest.mark.parametrize(
    ("lang", "theirs", "longest_free", "first_caught"),
    [("zh", ZH, ZH[:12], ZH[:13]), ("en", EN, " ".join(EN.split()[:8]), " ".join(EN.split()[:9]))],
)
def test_the_bar_is_thirteen_ideographs_and_nine_words(
    lang: str, theirs: str, longest_free: str, first_caught: str
) -> None:
    assert LONGEST == {"zh": 12, "en": 8}
    assert list(shared_runs(longest_free, theirs, lang)) == []
    assert list(shared_runs(first_caught, theirs, lang)) == [first_caught]


@pytest.mark.parametrize(
    ("lang", "ours", "theirs", "run"),
    [
        ("zh", "应当：甲乙、丙丁；戊己。", "甲乙丙丁戊己", "甲乙丙丁戊己"),
        ("zh", "用 AI 甲乙 2.0 丙丁", "用ai甲乙20丙丁", None),
        ("zh", "用 AI 甲乙 丙丁", "用ai，甲乙丙丁", "用ai甲乙丙丁"),
        ("en", "One — two; THREE (four) five", "one two three four five six", "one two three four five"),
        ("en", "the model’s own log file", "The model's own log file.", "the model's own log file"),
    ],
)
def test_case_and_punctuation_hide_nothing(lang: str, ours: str, theirs: str, run: str | None) -> None:
    assert list(shared_runs(ours, theirs, lang, longest=4)) == ([run] if run else [])


@pytest.mark.parametrize(
    ("lang", "ours", "theirs", "runs"),
    [
        ("zh", "甲乙丙丁某某戊己庚辛", "甲乙丙丁另外戊己庚辛", ["甲乙丙丁", "戊己庚辛"]),
        (
            "en",
            "one two three four so five six seven eight",
            "one two three four but five six seven eight",
            ["one two three four", "five six seven eight"],
        ),
    ],
)
def test_every_run_is_told_in_full_and_once(lang: str, ours: str, theirs: str, runs: list[str]) -> None:
    assert list(shared_runs(ours, theirs, lang, longest=3)) == runs


@pytest.mark.parametrize(
    ("lang", "text", "phrase"),
    [
        ("zh", "落实全球人工智能治理倡议的要求", "全球人工智能治理倡议"),
        ("en", "in the AI Safety Governance Framework as such", "AI safety governance framework"),
    ],
)
def test_allowed_phrases_part_a_run(lang: str, text: str, phrase: str) -> None:
    assert list(shared_runs(text, text, lang, longest=4)) == ["".join(text.lower()) if lang == "zh" else text.lower()]
    assert list(shared_runs(text, text, lang, [phrase], longest=4)) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_texts_shorter_than_the_bar_share_nothing(lang: str) -> None:
    assert list(shared_runs("", "", lang)) == list(shared_runs("安全 safety", "安全 safety", lang)) == []


def test_headings_and_table_rows_of_ours_do_not_count_and_text_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    official, ours = tmp_path / "official.txt", tmp_path / "ours.md"
    official.write_text(f"第一条{ZH}。", encoding="utf-8")
    ours.write_text(f"---\nnote: {ZH}\n---\n# 1.1 {ZH}\n\n| {ZH} |\n\n本条讲{ZH}。\n", encoding="utf-8")
    assert overlap.main(["zh", str(ours), str(official)]) == 0
    ours.write_text(f"---\nnote: x\n---\n# 1.1 别的\n\n本条讲{ZH}。\n", encoding="utf-8")
    assert overlap.main(["zh", str(ours), str(official)]) == 1
    assert capsys.readouterr().out == f"no shared runs\n{ZH}\n"


# --- the folder of the official files


def test_the_folder_is_the_one_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIAOWEN_OFFICIAL", str(tmp_path))
    assert official_folder() == tmp_path


@pytest.mark.parametrize(("ci", "outcome"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)])
def test_absent_files_skip_and_fail_in_ci(
    ci: str, outcome: type[BaseException], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIAOWEN_OFFICIAL", str(tmp_path / "无"))
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match=r"no official files at .*无.*: set TIAOWEN_OFFICIAL to their folder"):
        official_folder()


def test_the_official_names_stand_in_no_allowed_sentence() -> None:
    terms = (ROOT / "tests" / "shared_terms.txt").read_text(encoding="utf-8").splitlines()
    assert len(terms) > 20 and all(term.strip() and not term.rstrip().endswith(("。", ".")) for term in terms)
    assert load_catalogue().works["gaigi"]["zh"].strip("《》") in terms
