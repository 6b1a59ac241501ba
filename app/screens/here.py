"""What every screen is given: the assistant over the live index, the language of the interface, who is looking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.answering.assistant import Assistant
from app.messages import tell
from app.screens.access import Visitor
from app.screens.clause_view import Documents
from corpus.catalogue import load_catalogue
from corpus.ids import DEFAULT_WORK
from corpus.records import LANGS, Document, Lang


@dataclass(frozen=True)
class Here:
    """One run of a screen."""

    assistant: Assistant
    lang: Lang
    visitor: Visitor

    @property
    def documents(self) -> Documents:
        """Every document that answers, by id and part."""
        return self.assistant.retriever.documents

    def say(self, key: str, **parts: object) -> str:
        """A label in the language of the interface."""
        return tell(key, self.lang, **parts)

    def editions(self) -> list[str]:
        """The editions whose text is here, those of the framework first, newest first."""
        found = [*reversed(self.assistant.retriever.editions_with_text)]
        return sorted(found, key=lambda edition: not edition.startswith(f"{DEFAULT_WORK}@"))

    def bodies(self, edition: str) -> dict[Lang, Document]:
        """The texts of an edition by language."""
        found = {lang: self.documents.get((f"{edition}/{lang}", "body")) for lang in LANGS}
        return {lang: document for lang, document in found.items() if document}


def edition_title(edition: str, lang: Lang) -> str:
    """An edition as a list names it: `2.0版`, `Edition 2.0`; other works by their title."""
    known = load_catalogue().edition(edition)
    return tell("scope_version", lang, version=known.version) if known.work == DEFAULT_WORK else known.title[lang]


def nature(documents: Sequence[Document], lang: Lang) -> str:
    """What kind of text an edition has here, by language: `中 官方文本 · EN 自编要点`."""
    names = {"zh": "中", "en": "EN"}
    return " · ".join(f"{names[one.lang]} {tell(one.status, lang)}" for one in documents)
