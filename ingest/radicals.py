"""Radical code points back to the ideographs they stand for.

Some fonts (Noto CJK among them) map a glyph shared by a radical and an ideograph to the radical, so that a PDF says
⻚ (U+2EDA) where it prints 页: no search would find the word. NFKC mends the Kangxi block but only two characters of
the Radicals Supplement; the rest is the table below.

    >>> mend("⼈⼯智能，第 3 ⻚"), mend("ﬁrst")
    ('人工智能，第 3 页', 'first')
"""

from __future__ import annotations

import unicodedata

# U+2E80 to U+2EF3 in order; 〇 marks code points without a single ideograph (repeat mark, unassigned).
_SUPPLEMENT = (
    "〇厂乛乚乙亻冂几刀刂卜㔾小小兀尣尢尣巳幺彑彐忄㣺扌攵〇旡日月歺母"
    "民氵氺灬爫爫丬牛犭王疋罒示礻竹糹纟罓罒罓罓网羊羊羊耂肀聿肉臼艹艹"
    "艹虎衤覀西见角角讠贝足车辶辶辶阝钅長镸长门阜阝雨青韦页风飞食食飠"
    "饣首马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟"
)
# Kangxi radicals, compatibility ideographs, Latin ligatures: their NFKC form is the plain letter. Full-width
# punctuation has an NFKC form as well, but belongs to the text and stays.
_COMPATIBLE = (*range(0x2F00, 0x2FE0), *range(0xF900, 0xFB00), *range(0xFB00, 0xFB07))


def _table() -> dict[int, str]:
    table = {0x2E80 + at: plain for at, plain in enumerate(_SUPPLEMENT) if plain != "〇"}
    return table | {code: unicodedata.normalize("NFKC", chr(code)) for code in _COMPATIBLE}


_TABLE = _table()


def mend(text: str) -> str:
    """Radicals, compatibility ideographs and Latin ligatures replaced: `mend("⻚") == "页"`."""
    return text.translate(_TABLE)
