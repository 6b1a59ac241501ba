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
        return re.compile("|".join(_bounded(form) for form in forms) or r"(?!)")

    def find(self, text: str) -> Iterator[tuple[str, Term]]:
        """The forms that occur in `text`, with their terms; English forms as whole words, plural too.

        >>> [term.en[0] for _, term in load_glossary().find("智能体要遵守哪些规定")][:1]
        ['agent']
        """
        for match in self._pattern.finditer(fold(text).text):
            form = match.group()
            at = self._by_form.get(form, self._by_form.get(form.removesuffix("s")))
            if at is not None:
                yield form, self.terms[at]


def _bounded(form: str) -> str:
    return re.escape(form) if HAN.search(form) else rf"(?<![a-z0-9]){re.escape(form)}s?(?![a-z0-9])"


@lru_cache(maxsize=1)
def load_glossary() -> Glossary:
    """The bundled glossary."""
    data = tomllib.loads(files("corpus").joinpath("glossary.toml").read_text(encoding="utf-8"))
    return Glossary(
        tuple(Term((row["zh"], *row.get("zh_also", ())), (row["en"], *row.get("en_also", ()))) for row in data["term"])
    )
