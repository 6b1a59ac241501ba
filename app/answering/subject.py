"""What the last answer was about: the clauses it cites, and the matter that its question named."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.answering.followup_words import frame_terms, place
from app.answering.selection import probabilities
from app.answering.words import listed
from corpus.glossary import load_glossary
from corpus.ids import is_below, neutral, of_framework
from corpus.records import Answer, Citation, Lang, Span
from corpus.text import HAN, fold

_NAMEABLE = re.compile(r"\d(?:\.\d{1,2}){0,2}(?:\([a-z]\))?|A[123](?:\.\d{1,2}){0,2}")
"""Paths by which a question can name a clause; the preface and the announcement have none."""
_JOINED = re.compile(r"[\s-]*|的|和|与|及|、|\s+(?:of|and|in|or)\s+|['’]s\s+")
"""What stands between two terms of one matter."""
_ARTICLE = re.compile(r"\b(?:a|an|the)\s+$", re.IGNORECASE)


_FAR = 2.0
"""A clause so many times as probable as any other is the one that an answer is about."""


@dataclass(frozen=True, slots=True)
class Cited:
    """A clause that an answer cites. A row of the mapping table counts as its risk."""

    edition: str
    path: str
    heading: str

    @property
    def version(self) -> str:
        """`2.0` of `aisgf@2.0`."""
        return self.edition.partition("@")[2]


@dataclass(frozen=True, slots=True)
class Subject:
    """`whole`: the one clause an answer is about, if there is one: the only one cited, or by far the most probable, the one
    above its list, the risk whose measures it tells; `items`: what it lists or quotes, in order; `topic`: the matter its
    question names, if that is sure.
    """

    whole: Cited | None
    items: tuple[Cited, ...]
    topic: str | None

    @property
    def lists(self) -> bool:
        """Whether the answer lists what stands below its one clause."""
        return self.whole is not None and any(
            is_below(one.path, self.whole.path) for one in self.items if one != self.whole
        )

    @property
    def leaf(self) -> Cited | None:
        """The one clause, unless the answer lists what stands below it."""
        return None if self.lists else self.whole


def subject_of(last: Answer) -> Subject:
    """What an answer was about."""
    cited = tuple(dict.fromkeys(found for citation in last.citations if (found := cited_by(citation))))
    if last.type == "diff":
        cited = tuple(one for one in cited if one.edition == last.editions[-1])
        return Subject(cited[0] if len(cited) == 1 else None, (), topic_of(last.question))
    whole, items = _whole(last.type, cited)
    if whole is None and cited and _stands_out(last, cited[0]):
        whole = cited[0]
    return Subject(whole, items, topic_of(last.question))


def _whole(kind: str, cited: tuple[Cited, ...]) -> tuple[Cited | None, tuple[Cited, ...]]:
    if not cited:
        return None, ()
    first, rest = cited[0], cited[1:]
    if not rest:
        return first, cited
    if kind == "mapping" or all(is_below(one.path, first.path) for one in rest):
        return first, rest
    return None, cited


def _stands_out(last: Answer, first: Cited) -> bool:
    """Whether the clause quoted first is by far the most probable answer: then the question was about that one."""
    chances = probabilities(last.hits, last.lang)
    own = [at for at, hit in enumerate(last.hits) if neutral(hit.passage.clause) == f"{first.edition}#{first.path}"]
    others = [float(chance) for at, chance in enumerate(chances) if at not in own]
    return bool(own) and float(max(chances[own])) >= _FAR * max(others, default=0.0)


def cited_by(citation: Citation) -> Cited | None:
    """The clause of a citation; None if no question can name it."""
    document, _, path = citation.clause.partition("#")
    path = path.removeprefix("T.")
    if not of_framework(document) or not _NAMEABLE.fullmatch(path):
        return None
    heading = " ".join(citation.heading.split()).replace("“", "‘").replace("”", "’")
    return Cited(document.partition("/")[0], path, heading)


def named(clauses: Sequence[Cited], lang: Lang, headed: bool = True) -> str:
    """Clauses of one edition as a question names them.

    >>> named([Cited("aisgf@2.0", "5.9", "共享信息")], "zh"), named([Cited("aisgf@1.0", "3", "Risks")], "en")
    ('2.0版§5.9“共享信息”', 'chapter 3 of 1.0 “Risks”')
    """
    first = clauses[0]
    if len(clauses) > 1:
        return place("clause", lang, version=first.version, paths=listed([f"§{one.path}" for one in clauses], lang))
    if first.path.isdigit():
        where = place("chapter", lang, version=first.version, path=first.path)
    elif "." not in first.path:
        where = place("appendix", lang, version=first.version, path=first.path[1:])
    else:
        where = place("clause", lang, version=first.version, paths=f"§{first.path}")
    return place("headed", lang, place=where, heading=first.heading) if first.heading and headed else where


# --- the matter


def topic_of(question: str) -> str | None:
    """The matter that a question names in the glossary's terms, if it names one only.

    >>> topic_of("开源这块，两个版本有什么不一样？"), topic_of("What dangers come with open-source models?")
    ('开源', 'open-source models')
    >>> topic_of("研发者怎么标注数据？"), topic_of("What does it say?")
    (None, None)
    """
    found = topic_place(question)
    return found.of(question) if found else None


def topic_place(question: str) -> Span | None:
    """Where a question names its one matter."""
    folded = fold(question)
    regions = _regions(folded.text)
    return folded.span(*regions[0]) if len(regions) == 1 else None


def with_article(question: str, place: Span) -> Span:
    """The place of a matter with the article before it: of `agent` in "what is an agent", `an agent`."""
    before = _ARTICLE.search(question[: place.start])
    return Span(before.start(), place.end) if before else place


_VERB = re.compile(r"\b(is|are|was|were|does|do|has|have)(\s+)$", re.IGNORECASE)
_MANY = re.compile(r"(?:[^su]s|elderly|people|children)$", re.IGNORECASE)
_FORMS = (("is", "are"), ("was", "were"), ("does", "do"), ("has", "have"))
"""Of one, of many."""


def agreeing(before: str, words: str) -> str:
    """An English sentence up to a matter, its verb made to agree with it.

    >>> agreeing("How is ", "logs"), agreeing("How are ", "data poisoning"), agreeing("那", "日志")
    ('How are ', 'How is ', '那')
    """
    match = _VERB.search(before)
    if match is None:
        return before
    forms = next(forms for forms in _FORMS if match[1].lower() in forms)
    verb = forms[bool(_MANY.search(words))]
    return f"{before[: match.start()]}{verb.capitalize() if match[1][0].isupper() else verb}{match[2]}"


def is_matter(words: str) -> bool:
    """Whether words name one matter of the framework, and little else: `is_matter("supply chains")`, `is_matter("供应链")`."""
    folded = fold(words).text
    regions = _regions(folded)
    return len(regions) == 1 and 2 * (regions[0][1] - regions[0][0]) > len(folded.strip())


def _regions(folded: str) -> list[tuple[int, int]]:
    """Runs of neighbouring terms, without those that only frame a question."""
    runs: list[tuple[int, int]] = []
    for start, end, term in load_glossary().find(folded):
        if term.zh[0] in frame_terms() or (end - start == 1 and HAN.match(folded[start])):
            continue
        if runs and (start < runs[-1][1] or _JOINED.fullmatch(folded, runs[-1][1], start)):
            runs[-1] = runs[-1][0], max(end, runs[-1][1])
        else:
            runs.append((start, end))
    return runs
