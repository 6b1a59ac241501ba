"""The same questions as others type them: how much is lost against the plain question.

    typo          one slip of the keyboard: two letters swapped, or a character doubled
    traditional   traditional characters (Chinese)
    mixed         a term in the other language, as people mix them
    keywords      the question words and small words left out
    paraphrase    the frame of the question put otherwise, or its two halves the other way round
    polite        wrapped in courtesies

A metamorphic test (Chen et al., ACM Computing Surveys 51(1), 2018): the gold stays what it was, so nothing is judged anew.
Which place is changed depends on the case's id alone, so that a second run asks the same. A variant that changes nothing of
a question leaves that question out.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from corpus.glossary import load_glossary
from corpus.text import HAN, fold, to_traditional
from eval.cases import Case

Variant = Callable[[Case], str]
"""A case -> its question, put otherwise; the same where it cannot be."""

_WORD = re.compile(r"[A-Za-z]{5,}")
_SMALL = {
    "zh": re.compile(
        r"请问|什么|哪些|哪个|怎么|如何|是否|有没有|吗|呢|的|了|是|应该|应当|要求|规定|对于|关于|以及|我们|一下|[？?。，,]"
    ),
    "en": re.compile(
        r"\b(?:what|which|how|who|when|where|why|does|do|did|is|are|was|were|the|a|an|of|to|in|on|for|by|with|and|or|that|"
        r"this|it|its|there|any|say|says|said|about|should|must|can|please|tell|me)\b|[?,]|\.(?=\s|$)",
        re.IGNORECASE,
    ),
}
_POLITE = {
    "zh": ("您好，请问一下，", "麻烦了，谢谢！"),
    "en": ("Hi, could you please tell me: ", " Thank you very much!"),
}


def _pick(case: Case, n: int) -> int:
    """A number below `n` that depends on the case's id alone."""
    return int(hashlib.sha256(case.id.encode()).hexdigest(), 16) % n


def typo(case: Case) -> str:
    """Two neighbouring letters of a long word swapped; in Chinese a character doubled."""
    words = [match for match in _WORD.finditer(case.question)]
    if words:
        word = words[_pick(case, len(words))]
        at = word.start() + 1 + _pick(case, len(word[0]) - 3)
        swapped = case.question[at + 1] + case.question[at]
        return case.question[:at] + swapped + case.question[at + 2 :]
    places = [match.end() for match in HAN.finditer(case.question)]
    if not places:
        return case.question
    at = places[_pick(case, len(places))]
    return case.question[:at] + case.question[at - 1] + case.question[at:]


def traditional(case: Case) -> str:
    """Simplified characters as the traditional ones that stand for them most often."""
    return to_traditional(case.question)


def mixed(case: Case) -> str:
    """The longest term of the glossary in the other language."""
    folded = fold(case.question)
    found = [
        (end - start, start, end, term) for start, end, term in load_glossary().find(folded.text) if end - start > 1
    ]
    if not found:
        return case.question
    _, start, end, term = max(found, key=lambda one: one[:2])
    place = folded.span(start, end)
    other = term.en[0] if case.lang == "zh" else term.zh[0]
    return f"{case.question[: place.start]}{other}{case.question[place.end :]}"


def keywords(case: Case) -> str:
    """What is left without question words and small words, as people type into a search box."""
    left = " ".join(_SMALL[case.lang].sub(" ", case.question).split())
    return left if len(left) > 1 else case.question


_FRAMES: Mapping[str, tuple[tuple[re.Pattern[str], str], ...]] = {
    "zh": tuple(
        (re.compile(pattern), put)
        for pattern, put in (
            (r"^什么是(.+?)[？?]?$", r"\1指的是什么？"),
            (r"(?<![会该要])有哪些(?=[？?]|$)", "都包括什么"),
            (r"是什么", "指什么"),
            (r"(?:要求|规定)是什么", "怎么规定的"),
            (r"多长时间|多久", "多少时间"),
            (r"(?:如何|怎么|怎样)(?=应对|处理|防范|管理)", "用什么办法"),
            (r"是否", "是不是"),
            (r"有没有", "是否有"),
            (r"应当|应该", "需要"),
        )
    ),
    "en": tuple(
        (re.compile(pattern, re.IGNORECASE), put)
        for pattern, put in (
            (
                r"^what is (?:meant by )?((?!\w+ed\b|said|to |being )(?:(?! called| meant)[^,:;])+?)\?*$",
                r"What does \1 refer to?",
            ),
            (r"^what does (.+?) say (?:about|on) (.+?)\?*$", r"What can be read in \1 on \2?"),
            (r"^which (.+?) are (.+?)\?*$", r"Name the \1 that are \2."),
            (r"^how long (?:must|should|do) ", "For how much time must "),
            (r"^does (.+?) (require|ban|prohibit|mention|cover|allow) (.+?)\?*$", r"Is it so that \1 \2s \3?"),
        )
    ),
}

_HALVES = re.compile(
    r"^(?P<first>[^，,：:？?]{4,})[，,]\s*(?P<last>(?!and |or )[^，,：:？?]{8,})[？?]+$", re.IGNORECASE
)


def paraphrase(case: Case) -> str:
    """The first frame that fits put otherwise; where none does, the two halves of the question the other way round."""
    for pattern, put in _FRAMES[case.lang]:
        told = pattern.sub(put, case.question, count=1)
        if told != case.question:
            return told
    halves = _HALVES.match(case.question)
    if not halves:
        return case.question
    first, last = halves["first"], halves["last"]
    return f"{last}，{first}？" if case.lang == "zh" else f"{last[0].upper()}{last[1:]}, {first[0].lower()}{first[1:]}?"


def polite(case: Case) -> str:
    """Wrapped in a greeting and thanks."""
    before, after = _POLITE[case.lang]
    return f"{before}{case.question}{after}"


VARIANTS: Mapping[str, Variant] = {
    "typo": typo,
    "traditional": traditional,
    "mixed": mixed,
    "keywords": keywords,
    "paraphrase": paraphrase,
    "polite": polite,
}


def changed(cases: Sequence[Case], variant: Variant) -> list[Case]:
    """The cases whose question the variant puts otherwise, so put; those typed oddly from the start are left as they are."""
    plain = (case for case in cases if not case.extra.get("variant"))
    put = ((case, variant(case)) for case in plain)
    return [replace(case, question=question) for case, question in put if question != case.question]
