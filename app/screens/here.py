"""What every screen is given: the assistant over the live index, the language of the interface, who is looking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.answering.assistant import Assistant
from app.messages import tell
from app.screens.access import Visitor
from app.screens.clause_view import Documents, kinds
from corpus.catalogue import load_catalogue
from corpus.ids import DEFAULT_WORK, of_framework
from corpus.records import LANGS, Document, Lang, Part


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
        return sorted(found, key=lambda edition: not of_framework(edition))

    def own_first(self) -> tuple[Lang, ...]:
        """The languages, that of the interface first."""
        return tuple(sorted(LANGS, key=lambda one: one != self.lang))

    def announcements(self) -> list[str]:
        """The editions whose announcement is here, newest first."""
        return sorted({one.edition for one in self.documents.values() if one.part == "notice"}, reverse=True)

    def texts(self, edition: str, part: Part = "body") -> dict[Lang, Document]:
        """The texts of an edition's body, or of its announcement, by language."""
        found = {lang: self.documents.get((f"{edition}/{lang}", part)) for lang in LANGS}
        return {lang: document for lang, document in found.items() if document}


def edition_title(edition: str, lang: Lang) -> str:
    """An edition as a list names it: `2.0版`, `Edition 2.0`; other works by their title."""
    known = load_catalogue().edition(edition)
    return tell("scope_version", lang, version=known.version) if known.work == DEFAULT_WORK else known.title[lang]


def text_title(edition: str, part: Part, lang: Lang) -> str:
    """An edition's body, or its announcement, as a list names it: `3.0版 · 发布公告`."""
    return edition_title(edition, lang) + (f" · {tell('notice', lang)}" if part == "notice" else "")


def nature(documents: Sequence[Document], lang: Lang) -> str:
    """What kind of text an edition has here, by language: `中 官方文本、扫描识别 · EN 自编要点`."""
    names = {"zh": "中", "en": "EN"}
    comma = "、" if lang == "zh" else ", "
    return " · ".join(f"{names[one.lang]} {comma.join(tell(kind, lang) for kind in kinds(one))}" for one in documents)
