"""The editorial index: every clause has its words in both languages, and a user's own come after ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.editorial import load_editorial
from corpus.errors import UnusableInput
from corpus.records import LANGS, Lang
from ingest.bundled import bundled_documents


@pytest.mark.parametrize("lang", LANGS)
def test_every_clause_has_three_to_fourteen_words(lang: Lang) -> None:
    entries = load_editorial()
    for document in bundled_documents():
        if document.part == "body" and document.lang == lang:
            for clause in document.clauses:
                if clause.kind not in ("row", "table"):
                    words = entries[document.edition, clause.path, lang]
                    assert 3 <= len(words) <= 14, clause.id
                    assert len(set(words)) == len(words), clause.id
                    assert all(0 < len(word) <= 40 and word == word.strip() for word in words), clause.id


def test_no_entry_is_of_a_clause_that_is_not_there() -> None:
    paths = {(d.edition, c.path) for d in bundled_documents() if d.part == "body" for c in d.clauses}
    assert {(edition, path) for edition, path, _ in load_editorial()} <= paths


def test_a_users_own_words_come_after_ours(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        'edition = "aisgf@2.0"\n[[clause]]\npath = "6.3.6"\nzh = ["行车记录仪"]\nen = ["dashcam footage"]\n', "utf-8"
    )
    ours, both = load_editorial(), load_editorial(tmp_path)
    assert both["aisgf@2.0", "6.3.6", "zh"] == (*ours["aisgf@2.0", "6.3.6", "zh"], "行车记录仪")
    assert both["aisgf@2.0", "6.3.6", "en"][-1] == "dashcam footage"
    assert load_editorial(tmp_path / "nowhere") == ours


@pytest.mark.parametrize(
    "text", ["edition = ", 'edition = "x"', 'edition = "x"\n[[clause]]\nzh = ["一"]', 'edition = "x"\n[[clause]]\npath = "1"\nen = "word"']
)  # fmt: skip
def test_a_malformed_file_is_told_in_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "bad.toml").write_text(text, "utf-8")
    with pytest.raises(UnusableInput, match=r"bad\.toml' cannot be read \(.*; give it edition = ") as told:
        load_editorial(tmp_path)
    assert "\n" not in str(told.value)
