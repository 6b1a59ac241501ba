"""Clause numbers in a question: how people write them, to the paths that documents print.

第五章第四节 · chapter five, section 4      5.4
3.1.1 f · item (f) of 3.1.1 · 3.1.1条(f)项   3.1.1(f)
Annex II, principle 5 · 附件二第五条          A2.5
"""

from __future__ import annotations

import re

from corpus.ids import normal_path

_HAN = "一二三四五六七八九"
_COUNTED = ("one first i", "two second ii", "three third iii", "four fourth iv", "five fifth v", "six sixth vi",
            "seven seventh vii", "eight eighth viii", "nine ninth ix", "ten tenth x", "eleven eleventh", "twelve twelfth",
            "thirteen thirteenth", "fourteen fourteenth", "fifteen fifteenth")  # fmt: skip
_WORDS = {word: value for value, words in enumerate(_COUNTED, start=1) for word in words.split()}
_WORD = "|".join(sorted(_WORDS.keys() - {"i"}, key=len, reverse=True))
_ONE = r"i(?=\s*(?:$|[,.;:?!]|of\b|in\b|to\b|and\b))"
"""The Roman numeral, not the pronoun."""
_NUMBER = rf"(?:\d{{1,2}}(?!\d)|[{_HAN}十]{{1,3}}|(?:{_WORD})\b|{_ONE})"
_ORDINAL = "|".join(words.split()[1] for words in _COUNTED)
_PART = (
    r"(?:items?|points?|letters?|para(?:graph)?s?|principles?|terms?|entr(?:y|ies)|no\.?|numbers?|sections?|articles?)"
)
_LETTER = r"\(([a-z])\)"

_PATH = re.compile(
    r"(?<![\d.a-z])((?:t\.)?\d(?:\.\d{1,2}){1,2}|a[123](?:\.\d{1,2}){1,2})(?![\d%]|\.\d)"
    rf"(?:\s*[条款节项目]?\s*第?\s*{_LETTER}|([a-z])(?![a-z0-9])|,?\s*{_PART}\s*\(?([a-z])\)?(?![a-z]))?"
)
_LETTER_FIRST = re.compile(
    rf"(?:{_PART}\s*)?{_LETTER}\s*(?:of|in|under)\s+(?:section\s+|clause\s+)?(\d(?:\.\d{{1,2}}){{1,2}})(?![\d.])"
)
_NTH = rf"第\s*({_NUMBER})\s*[条项则节款个]|{_PART}\s*({_NUMBER})|({_ORDINAL})\s+{_PART}"
_BELOW = rf"(?:[.．](\d{{1,2}})|[\s,:'s的之]*?(?:{_NTH}))?"
_NAMES = ("附件|附录", "appendix|annex")
_APPENDIX = re.compile(
    rf"(?:(?:{_NAMES[0]}|{_NAMES[1]})\s*({_NUMBER})|第\s*({_NUMBER})\s*个?(?:{_NAMES[0]})|({_ORDINAL})\s+(?:{_NAMES[1]}))"
    rf"{_BELOW}"
)
_CHAPTER = re.compile(rf"(?:第\s*({_NUMBER})\s*章|chapter\s+({_NUMBER})|({_ORDINAL})\s+chapter){_BELOW}")
_APPENDICES = 3


def find_paths(folded: str) -> tuple[str, ...]:
    """The paths that a folded question names, editions taken out of it: dotted numbers first, each once.

    >>> find_paths("第五章第四节和annex ii"), find_paths("item (f) of 3.1.1")
    (('A2', '5.4'), ('3.1.1(f)',))
    """
    found: list[str] = []
    rest = folded
    for match in _LETTER_FIRST.finditer(rest):
        found.append(f"{match[2]}({match[1]})")
    rest = _LETTER_FIRST.sub(" ", rest)
    larger = [*_larger(_APPENDIX, rest, "A"), *_larger(_CHAPTER, rest, "")]
    rest = _CHAPTER.sub(" ", _APPENDIX.sub(" ", rest))
    for match in _PATH.finditer(rest):
        letter = match[2] or match[3] or match[4]
        found.append(_printed(match[1] + (f"({letter})" if letter else "")))
    return tuple(dict.fromkeys([*found, *larger]))


def _larger(pattern: re.Pattern[str], text: str, prefix: str) -> list[str]:
    """Appendices or chapters, with what is named below them."""
    found = []
    for match in pattern.finditer(text):
        number, below = (
            next((one for one in groups if one), None) for groups in (match.groups()[:3], match.groups()[3:])
        )
        if number is not None and (not prefix or number_of(number) <= _APPENDICES):
            found.append(f"{prefix}{number_of(number)}" + (f".{number_of(below)}" if below else ""))
    return found


def number_of(written: str) -> int:
    """A number as clauses are counted.

    >>> number_of("五"), number_of("five"), number_of("fifth"), number_of("v"), number_of("5"), number_of("十五")
    (5, 5, 5, 5, 5, 15)
    """
    if written.isdecimal():
        return int(written)
    if written in _WORDS:
        return _WORDS[written]
    tens, ten, ones = written.rpartition("十")
    if not ten:
        return _HAN.index(written[0]) + 1
    return 10 * (_HAN.index(tens[0]) + 1 if tens else 1) + (_HAN.index(ones[0]) + 1 if ones else 0)


def _printed(folded: str) -> str:
    """A path as documents print it: `t.3.1.1(a)` -> `T.3.1.1(a)`, `a2.3` -> `A2.3`."""
    path = normal_path(folded)
    return path[0].upper() + path[1:] if path[0] in "at" else path
