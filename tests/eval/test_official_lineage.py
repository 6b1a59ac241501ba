"""The lineage of the official texts against the gold, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from official import EN_10, SCAN_20, ZH_10, official_documents

from corpus.records import LANGS, Lang
from eval.lineage import beads_of, measured, read_gold
from index.encoder import open_encoder
from index.lineage import compare

GOLD = Path(__file__).parents[2] / "eval" / "gold" / "lineage-1.0-2.0.jsonl"


@pytest.mark.official
@pytest.mark.ocr
@pytest.mark.scan
@pytest.mark.parametrize("lang", LANGS)
def test_the_lineage_of_the_official_texts(lang: Lang) -> None:

    old = official_documents(ZH_10 if lang == "zh" else EN_10)[lang]
    new = official_documents(SCAN_20)[lang]
    values = measured(read_gold(GOLD)[lang], beads_of(compare(old, new, open_encoder(None))))
    for name, bar in zip(("link_F1", "bead_F1", "label_accuracy"), (0.95, 0.92, 0.9), strict=True):
        assert (values[name] or 0) >= bar
