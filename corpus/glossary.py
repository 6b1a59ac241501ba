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
    """A concept: its form in the framework first, then what users say."""

    zh: tuple[str, ...]
    en: tuple[str, ...]

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
    def _pattern(self) -> re.Pattern[str]:
        forms = sorted(self._by_form, key=len, reverse=True)
        return re.compile(f"(?=({'|'.join(_bounded(form) for form in forms) or '(?!)'}))")

    def find(self, text: str) -> Iterator[tuple[int, int, Term]]:
        """Start, end and term of every form in `text`, nested ones too, the longest at each place.

        `text` is folded already; English forms are found as whole words, in the plural too.

        >>> [(start, end, term.en[0]) for start, end, term in load_glossary().find("什么是智能体")]
        [(3, 6, 'agent')]
        """
        for match in self._pattern.finditer(text):
            form = match[1]
            at = self._by_form.get(form, self._by_form.get(form.removesuffix("s")))
            if at is not None:
                yield match.start(1), match.end(1), self.terms[at]

    def concepts(self, text: str) -> list[str]:
        """Index terms that stand for concepts whatever the word and the language: `¶智能体` for `agents`.

        >>> load_glossary().concepts("AI agents")[-1:], load_glossary().concepts("智能体")
        (['¶智能体'], ['¶智能体'])
        """
        return [concept(term) for _, _, term in self.find(fold(text).text)]


def concept(term: Term) -> str:
    """The index term of a concept: its Chinese form in the framework."""
    return f"¶{term.zh[0]}"


def _bounded(form: str) -> str:
    return re.escape(form) if HAN.search(form) else rf"(?<![a-z0-9]){re.escape(form)}s?(?![a-z0-9])"


@lru_cache(maxsize=1)
def load_glossary() -> Glossary:
    """The bundled glossary."""
    data = tomllib.loads(files("corpus").joinpath("glossary.toml").read_text(encoding="utf-8"))
    return Glossary(
        tuple(Term((row["zh"], *row.get("zh_also", ())), (row["en"], *row.get("en_also", ()))) for row in data["term"])
    )
