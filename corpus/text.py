"""Text as two languages need it: a search copy with offsets, language, sentences, tokens.

Canonical text is never changed; what is compared or searched is a *folded copy* that maps back to it.
Han text has no word boundaries: it is indexed by character uni- and bigrams (Nie et al., "On the use of words and
n-grams for Chinese information retrieval", IRAL 2000). English words are stemmed by Snowball's English stemmer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files

import Stemmer

from corpus.records import Lang, Span

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
HAN = re.compile(f"[{_HAN}]")
_RUN = re.compile(rf"[{_HAN}]+|[a-z0-9]+(?:[.\-'’][a-z0-9]+)*", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*")


def _in_big5(char: str) -> bool:
    return bool(char.encode("big5", "ignore"))


_HAN_WORD = 1.7
"""Mean length of a Chinese word in characters, to weigh Han characters against Latin words."""

_INVISIBLE: dict[int, str | None] = dict.fromkeys(
    [0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), *range(0x2066, 0x206A), 0xFEFF]
)
_SIMPLIFIED = files("corpus").joinpath("simplified.txt").read_text(encoding="utf-8").splitlines()[1:]
_FOLDED = _INVISIBLE | {ord(old): row[0] for row in _SIMPLIFIED for old in row[2:]}
_TRADITIONAL = {
    ord(row[0]): common[0] for row in _SIMPLIFIED if (common := [char for char in row[2:] if _in_big5(char)])
}
_CLOSING = "”’」』）)】》\"'"
_END_ZH = re.compile(rf"[。！？；][{_CLOSING}]*|\n+")
_END_EN = re.compile(rf"[.!?][{_CLOSING}]*(?=\s)|\n+")
_NOT_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|No|Art|U\.S|U\.K|cf|al)|\b[A-Z]|\b\d{1,2})\.$")


@dataclass(frozen=True)
class Folded:
    """A search copy: `text` folded, `offsets[i]` the place in the `source` of its i-th character."""

    text: str
    source: str

    @cached_property
    def _places(self) -> list[tuple[int, int]]:
        """Where the cluster of each character stands: asked for less often than the text, so reckoned when it is."""
        return [(at, at + len(cluster)) for at, cluster in _clusters(self.source) for _ in _folded(cluster)]

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """Of each character its place in the source."""
        return tuple(start for start, _ in self._places)

    def span(self, start: int, end: int) -> Span:
        """The span in the source of the folded range `[start, end)`, as far as its next character."""
        return Span(self._places[start][0], self._places[end - 1][1])


def to_traditional(text: str) -> str:
    """Simplified characters as traditional ones, character by character, each as the first common one (of Big5) that it may be.

    >>> to_traditional("日志要留存多久？"), to_traditional("logs")
    ('日誌要留存多久？', 'logs')
    """
    return text.translate(_TRADITIONAL)


def _clusters(text: str) -> Iterator[tuple[int, str]]:
    """A character with the combining marks that follow it, whatever invisible stands between them, and its offset."""
    starts: list[int] = []
    marked = False
    for at in range(len(text) - 1, -1, -1):
        if ord(text[at]) not in _INVISIBLE:
            marked = unicodedata.combining(text[at]) > 0
        if not marked or at == 0:
            starts.append(at)
    ends = [len(text), *starts]
    yield from ((start, text[start:end]) for start, end in reversed(list(zip(starts, ends, strict=False))))


def fold(text: str) -> Folded:
    """Fold for comparison: NFKC, case, simplified characters, nothing invisible; each cluster apart, so that offsets hold.

    >>> fold("風險評估").text
    '风险评估'
    >>> fold("ＡＩ　安全\\u200b！").text
    'ai 安全!'
    >>> fold("ＡＩ安全").offsets
    (0, 1, 2, 3)
    """
    if any(map(unicodedata.combining, set(text))):
        return Folded("".join(_folded(cluster) for _, cluster in _clusters(text)), text)
    return Folded(text.translate(_FOLDING), text)


def _folded(cluster: str) -> str:
    """One cluster folded: `_folded("Ａ") == "a"`."""
    return unicodedata.normalize("NFKC", cluster.translate(_INVISIBLE)).casefold().translate(_FOLDED)


class _Folding(dict[int, str]):
    """Characters that stand alone, each folded when it is first met: `str.translate` then folds a text at once."""

    def __missing__(self, code: int) -> str:
        found = self[code] = _folded(chr(code))
        return found


_FOLDING = _Folding()


def squeeze(text: str) -> str:
    """Folded, without white space and punctuation: the form in which two wordings are compared.

    >>> squeeze("“信息茧房”效应 Risk!")
    '信息茧房效应risk'
    """
    return "".join(char for char in fold(text).text if unicodedata.category(char)[0] in "LN")


def is_text(written: str) -> bool:
    """Whether it can be encoded: no half of a surrogate pair, which stands for a byte that was not UTF-8.

    >>> is_text("日志 logs"), is_text("\\udcff")
    (True, False)
    """
    return not any("\ud800" <= one <= "\udfff" for one in written)


def language(text: str) -> Lang:
    """The language a text is in, by the share of its words; a text without letters counts as English.

    >>> language("What does 智能体 mean?"), language("2.0 里 AI agent 是什么")
    ('en', 'zh')
    """
    han = len(HAN.findall(text)) / _HAN_WORD
    return "zh" if han > 0 and han >= len(_WORD.findall(text)) else "en"


def han_share(text: str) -> float:
    """Share of Han characters among the letters, in [0, 1]."""
    han, latin = len(HAN.findall(text)), sum(char.isascii() and char.isalpha() for char in text)
    return han / (han + latin) if han + latin else 0.0


def sentences(text: str, lang: Lang) -> list[Span]:
    """Sentence spans in order, without the white space around them; together they hold every other character.

    >>> [span.of("先评估。再上线！") for span in sentences("先评估。再上线！", "zh")]
    ['先评估。', '再上线！']
    >>> [span.of("Log it, e.g. daily. Keep it.") for span in sentences("Log it, e.g. daily. Keep it.", "en")]
    ['Log it, e.g. daily.', 'Keep it.']
    """
    spans: list[Span] = []
    start = 0
    for end in (_END_ZH if lang == "zh" else _END_EN).finditer(text):
        if lang == "en" and end.group()[0] == "." and not _ends_sentence(text, end):
            continue
        spans.append(Span(start, end.end()))
        start = end.end()
    spans.append(Span(start, len(text)))
    return [trimmed for span in spans if (trimmed := trim(text, span))]


def _ends_sentence(text: str, end: re.Match[str]) -> bool:
    following = text[end.end() :].lstrip()
    return not _ABBREVIATION.search(text[: end.start() + 1]) and not (following and following[0].islower())


def trim(text: str, span: Span) -> Span | None:
    """The span without white space at its ends, or None if nothing is left."""
    piece = span.of(text)
    start = span.start + len(piece) - len(piece.lstrip())
    end = span.end - len(piece) + len(piece.rstrip())
    return Span(start, end) if start < end else None


def printable(text: str) -> str:
    """Text that every XML document may hold, and so every Word file: other characters become U+FFFD.

    >>> printable("先评估\\x00") == "先评估\ufffd", printable("risk\\x0b") == "risk\ufffd"
    (True, True)
    """
    return _NOT_XML.sub("\ufffd", text)


@lru_cache(maxsize=1)
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english")


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Snowball's English stem: `stem("guardrails") == "guardrail"`."""
    return str(_stemmer().stemWord(word))


def tokens(text: str) -> list[str]:
    """Index terms: Han characters and bigrams, English stems, numbers and section numbers whole.

    >>> tokens("数据安全 Labelling rules 3.1.1")
    ['数', '据', '安', '全', '数据', '据安', '安全', 'label', 'rule', '3.1.1']
    """
    found: list[str] = []
    for run in _RUN.findall(fold(text).text):
        if HAN.match(run):
            found.extend(run)
            found.extend(run[i : i + 2] for i in range(len(run) - 1))
        elif len(parts := re.split(r"[-'’]", run)) > 1:
            found.extend(stem(part) for part in parts if len(part) > 1)
        else:
            found.append(run if run[0].isdigit() else stem(run))
    return found
