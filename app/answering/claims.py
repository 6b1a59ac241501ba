"""Whether a sentence says no more than its quotations: the check that every sentence passes before anyone reads it.

    sentence ─ places, editions ─ quotation marks ─> phrases ─┬─ numbers ───┐
    quotations ───────────────────────────────> their sentences ─┴─ signs, words ─> Verdict

A sentence may leave words out; it may not add any, nor take one from under its sign. So every phrase must find one sentence
of one quotation that has all its words, each under as many negations and under the same strength, and all its numbers,
each after the same word. We chose rules over an entailment model because a rule says why, in both languages, and because
what it refuses costs little: the quotation itself stands in its place. It is strict where it cannot tell (other words for
the same thing, another order of negation and noun); it does not see that a condition or an exception was left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.answering.matching import Match, Source, against, sources, unconnected
from app.answering.signs import Phrase, phrases
from corpus.ids import is_below
from corpus.records import Citation, Lang
from corpus.text import HAN, fold
from index.editions import find_editions
from index.numbers import find_paths

_MARKER = re.compile(r"\[(?P<mark>\d+)\]")
_STRAIGHT = re.compile(r'"([^"]*)"')
_OPENING, _CLOSING = "“「", "”」"
_PAGE = re.compile(r"(?:，第[^，]*页|, p\. \S+)$")
_CHAPTER = re.compile(r"第\s*[\d一二三四五六七八九十]+\s*章|(?:附[件录]|\b(?:chapters?|appendix|annex))\s*[\d一二三]+")
_SECTION = re.compile(r"(?:(?P<version>\d\.\d) ?版? ?)?§+\s*(?P<path>[A-Za-z]*\d*(?:\.\d+)*(?:\([a-z]\))?)")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a sentence is supported; if not, by which check it fell, and on which words.

    `reason`: "quotation", "edition", "place", "numbers", "negation", "strength", "words", "party"; "" if it holds.
    """

    holds: bool
    reason: str = ""
    found: str = ""


_HOLDS = Verdict(True)


def supported(sentence: str, quotations: Sequence[Citation], lang: Lang, vouched: Iterable[str] = ()) -> Verdict:
    """Whether the quotations say what a sentence says; `lang`: of the sentence. Marks such as `[1]` are left aside.

    `vouched`: wordings that the caller answers for, as the label of a link (新增) in a sentence on changes.

    >>> from corpus.records import Citation
    >>> def quoting(quote: str, clause: str) -> Citation:
    ...     return Citation(1, clause, "2.0 §6", "", quote, 0, len(quote), None, None, "digest", "text", False, None, "")
    >>> zh = [quoting("应用日志应至少留存六个月，不得公开。", "aisgf@2.0/zh#6")]
    >>> [supported(told, zh, "zh").reason for told in ("日志应至少留存6个月", "日志必须至少留存六个月", "日志公开")]
    ['', 'strength', 'negation']
    >>> en = [quoting("Application logs should be kept for at least six months.", "aisgf@2.0/en#6")]
    >>> [supported(told, en, "en").reason for told in ("Keep logs for at least 6 months.", "Keep logs for three months.")]
    ['', 'numbers']
    """
    own = bare_words(sentence, quotations, vouched)
    if invented := _invented_quotation(own, quotations):
        return Verdict(False, "quotation", invented)
    own, misplaced = _without_places(own, quotations)
    return misplaced or _first_failure(own, quotations, lang)


def bare_words(sentence: str, quotations: Sequence[Citation], words: Iterable[str] = ()) -> str:
    """A sentence without its marks, whole quotations, headings, places, and what else the caller vouches for."""
    text = marks_off(sentence, quotations)
    known = {one.quote for one in quotations} | {one.heading for one in quotations}
    known |= {one.locator for one in quotations} | {_PAGE.sub("", one.locator) for one in quotations} | {*words}
    for one in sorted((one for one in known if one.strip()), key=lambda one: (-len(one), one)):
        if one in text:
            text = _cut_out(text, one)
    return text


def marks_off(text: str, quotations: Iterable[Citation] = ()) -> str:
    """A statement without its citation marks: `marks_off("2.0 §1.1: “Log.”[1][2]") == "2.0 §1.1: “Log.”"`."""
    return _marker(quotations).sub(lambda match: "" if match["mark"] else match[0], text)


def marked(text: str, quotations: Sequence[Citation]) -> list[tuple[str, set[int]]]:
    """A statement cut after each run of marks: what stands before it, and its markers; a "[1]" in a quotation is no mark.

    >>> marked("2.0 §1.1[1][2], 2.0 §1.2[3]", [])
    [('2.0 §1.1', {1, 2}), (', 2.0 §1.2', {3})]
    """
    found: list[tuple[str, set[int]]] = []
    start = 0
    for match in _marker(quotations).finditer(text):
        if not match["mark"]:
            continue
        if found and start == match.start():
            found[-1][1].add(int(match["mark"]))
        else:
            found.append((text[start : match.start()], {int(match["mark"])}))
        start = match.end()
    return found


def _marker(quotations: Iterable[Citation]) -> re.Pattern[str]:
    """A mark, or a whole quotation that has one in it."""
    holding = sorted({one.quote for one in quotations if _MARKER.search(one.quote)}, key=len, reverse=True)
    return re.compile("|".join([*map(re.escape, holding), _MARKER.pattern]))


def _cut_out(text: str, words: str) -> str:
    """A text without words, where they are no part of longer ones: 无 stays in 无关, `in` in `into`."""
    before, *rest = text.split(words)
    for after in rest:
        joined = _joined(before[-1:], words[0], len(words)) or _joined(after[:1], words[-1], len(words))
        before += (words if joined else "\n") + after
    return before


def _joined(outer: str, inner: str, length: int) -> bool:
    """Whether a character beside words makes one word with their end: a letter beside a letter, Han beside a lone Han."""
    if HAN.match(inner):
        return length == 1 and bool(HAN.match(outer))
    return inner.isascii() and inner.isalpha() and outer.isascii() and outer.isalpha()


# --- places and editions


def _without_places(text: str, quotations: Sequence[Citation]) -> tuple[str, Verdict | None]:
    """The text without the editions and clauses it names, or the verdict on one that the quotations are not of."""
    cited = [one.clause for one in quotations]
    named = find_editions(fold(text).text)
    sections = [(match["version"], match["path"]) for match in _SECTION.finditer(text)]
    paths = [*(path for _, path in sections if path), *find_paths(named.rest)]
    editions = {clause.partition("/")[0] for clause in cited}
    known = [clause.partition("#")[2] for clause in cited]
    strange = [edition for edition in (*named.editions, *named.unknown) if edition not in editions]
    if strange := _unsaid(strange, quotations, _editions_in):
        return text, Verdict(False, "edition", strange[0])
    strange = [path for path in paths if not any(is_below(one, path) for one in known)]
    strange = _unsaid(strange, quotations, find_paths)
    strange += [f"{version} §{path}" for version, path in sections if version and not _cited(version, path, cited)]
    if strange:
        return text, Verdict(False, "place", strange[0])
    bare = _CHAPTER.sub(" ", _SECTION.sub(" ", named.rest))
    for path in sorted(paths, key=len, reverse=True):
        if not path.isdigit():
            bare = re.sub(rf"(?<![\w.]){re.escape(path.lower())}(?![\w.(])", " ", bare)
    return bare, None


def _unsaid(names: list[str], quotations: Iterable[Citation], find: Callable[[str], Iterable[str]]) -> list[str]:
    """The editions or clauses among `names` that no quotation speaks of itself."""
    said = {name for one in quotations for name in find(fold(one.quote).text)} if names else set()
    return [name for name in names if name not in said]


def _editions_in(folded: str) -> tuple[str, ...]:
    """The editions of the catalogue that a folded text names."""
    return find_editions(folded).editions


def _cited(version: str, path: str, cited: Iterable[str]) -> bool:
    """Whether a clause of just this edition is cited, or one below it: `1.0 §5.4` is not `2.0 §5.4`."""
    editions = _editions_in(version)
    return any(one.partition("/")[0] in editions and is_below(one.partition("#")[2], path) for one in cited)


def _invented_quotation(text: str, quotations: Sequence[Citation]) -> str:
    """What stands in quotation marks and in no quotation; "" where there is nothing of the kind."""
    wanted = [words for words in _quoted(text) if _solid(words).replace("...", "")]
    texts = [_solid(f"{one.quote}\n{one.heading}") for one in quotations] if wanted else []
    return next((words.strip() for words in wanted if not any(_solid(words) in one for one in texts)), "")


def _quoted(text: str) -> Iterator[str]:
    """What stands in quotation marks; of marks within marks the outer ones, and to the end where they are not closed."""
    depth = start = 0
    for at, char in enumerate(text):
        if char in _OPENING:
            start = start if depth else at + 1
            depth += 1
        elif char in _CLOSING and depth:
            depth -= 1
            if not depth:
                yield text[start:at]
    if depth:
        yield text[start:]
    yield from _STRAIGHT.findall(text)


def _solid(text: str) -> str:
    """Folded, without white space."""
    return "".join(fold(text).text.split())


# --- phrase by phrase


def _first_failure(text: str, quotations: Sequence[Citation], lang: Lang) -> Verdict:
    found: list[Source] | None = None
    for phrase in phrases(text, lang):
        if _says_nothing(phrase):
            continue
        if not unconnected(phrase.words, set()) and (phrase.negations or phrase.strengths):
            return Verdict(False, "negation" if phrase.negations else "strength")
        found = sources(quotations) if found is None else found
        matches = [against(phrase, source) for source in found]
        if all(match.reason for match in matches):
            best = max(matches, key=lambda match: match.share, default=_nowhere(phrase))
            return Verdict(False, best.reason, best.found)
    return _HOLDS


def _nowhere(phrase: Phrase) -> Match:
    return Match("words", " ".join(word.text for word in phrase.words), 0.0)


def _says_nothing(phrase: Phrase) -> bool:
    return not phrase.numbers and _only_counts(phrase)


def only_counts(text: str, lang: Lang) -> bool:
    """Whether nothing is left in a text but numbers and words that connect: `only_counts("3、0。", "zh")`."""
    return all(_only_counts(phrase) for phrase in phrases(text, lang))


def _only_counts(phrase: Phrase) -> bool:
    return not phrase.strengths and not phrase.negations and not unconnected(phrase.words, set())
