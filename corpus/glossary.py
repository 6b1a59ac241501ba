"""The glossary: terms of the field in both languages with what users say instead (`glossary.toml`, our own work)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files

from corpus.records import Lang
from corpus.text import HAN, fold


@dataclass(frozen=True, slots=True)
class Term:
    """A concept: its form in the framework first, then what users say.

    `exact`: a translation renders it by one of its forms, so that a clause and its twin both have it or both do not.
    """

    zh: tuple[str, ...]
    en: tuple[str, ...]
    exact: bool = False

    def forms(self, lang: Lang) -> tuple[str, ...]:
        """All forms in one language."""
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True)
class Glossary:
    """Finds terms in a text, longest form first."""

    terms: tuple[Term, ...]

    @cached_property
    def _by_form(self) -> Mapping[str, int]:
        pairs = [(fold(form).text, at) for at, term in enumerate(self.terms) for form in (*term.zh, *term.en)]
        return dict(reversed(pairs))

    @cached_property
    def _by_start(self) -> Mapping[str, tuple[str, ...]]:
        """Forms by their first `_START` characters, longest first; shorter ones by themselves."""
        grouped: dict[str, list[str]] = {}
        for form in sorted(self._by_form, key=lambda form: (-len(form), form)):
            grouped.setdefault(form[:_START], []).append(form)
        return {start: tuple(forms) for start, forms in grouped.items()}

    @cached_property
    def _pairs(self) -> frozenset[str]:
        """The first two characters of forms."""
        return frozenset(form[:2] for form in self._by_form)

    @cached_property
    def _begins(self) -> re.Pattern[str]:
        """Where a form may begin: at a first character of one, and if it is English throughout, not within a word."""
        anywhere = {form[0] for form in self._by_form if HAN.search(form)}
        at_words = {form[0] for form in self._by_form} - anywhere
        characters = ["".join(map(re.escape, sorted(some))) for some in (anywhere, at_words)]
        return re.compile(
            "|".join(f"{where}[{some}]" for where, some in zip(("", _AT_WORD), characters, strict=True) if some)
        )

    def find(self, text: str) -> Iterator[tuple[int, int, Term]]:
        """Start, end and term of every form in `text`, nested ones too, the longest at each place.

        `text` is folded already; English forms are found as whole words, in the plural too.

        >>> [(start, end, term.en[0]) for start, end, term in load_glossary().find("什么是智能体")]
        [(3, 6, 'agent')]
        """
        for place in self._begins.finditer(text):
            at = place.start()
            if text[at : at + 2] not in self._pairs and place.group() not in self._by_start:
                continue
            forms = (form for n in range(_START, 0, -1) for form in self._by_start.get(text[at : at + n], ()))
            found = ((end, form) for form in forms if (end := _end_of(form, text, at)) is not None)
            if first := next(found, None):
                yield at, first[0], self.terms[self._by_form[first[1]]]

    def concepts(self, text: str) -> list[str]:
        """Index terms that stand for concepts whatever the word and the language: `¶智能体` for `agents`.

        >>> load_glossary().concepts("AI agents")[-1:], load_glossary().concepts("智能体")
        (['¶智能体'], ['¶智能体'])
        """
        return [concept(term) for _, _, term in self.find(fold(text).text)]


def concept(term: Term) -> str:
    """The index term of a concept: its Chinese form in the framework."""
    return f"¶{term.zh[0]}"


def stands(form: str, text: str) -> bool:
    """Whether a form stands anywhere in a folded text, inside a longer term too.

    >>> stands("算力", "算力设施"), stands("Large model", "for large models"), stands("port", "support")
    (True, True, False)
    """
    sought = _folded(form)
    at = text.find(sought)
    while at >= 0:
        if _end_of(sought, text, at) is not None:
            return True
        at = text.find(sought, at + 1)
    return False


@lru_cache(maxsize=8192)
def _folded(form: str) -> str:
    return fold(form).text


def _end_of(form: str, text: str, at: int) -> int | None:
    """Where `form` ends if it stands at `at`: anywhere in Chinese, as a whole word or its plural in English."""
    if not text.startswith(form, at):
        return None
    end = at + len(form)
    if HAN.search(form):
        return end
    if at and _WORD_CHARACTER.match(text[at - 1]):
        return None
    ends = (end + len(plural) for plural in ("", "s", "es") if text.startswith(plural, end))
    return next((stop for stop in ends if not _WORD_CHARACTER.match(text[stop : stop + 1])), None)


_WORD_CHARACTER = re.compile(r"[a-z0-9]")
_START = 4
_AT_WORD = "(?<![a-z0-9])"


@lru_cache(maxsize=1)
def load_glossary() -> Glossary:
    """The bundled glossary."""
    data = tomllib.loads(files("corpus").joinpath("glossary.toml").read_text(encoding="utf-8"))
    return Glossary(
        tuple(
            Term((row["zh"], *row.get("zh_also", ())), (row["en"], *row.get("en_also", ())), row.get("exact", False))
            for row in data["term"]
        )
    )
