"""The bundled corpus: our own digests, read by the same reader and outline as official texts."""

from __future__ import annotations

from importlib.resources import files

from corpus.errors import BrokenInvariant
from corpus.records import Document, Lang, Part
from ingest.outline import Origin, outline
from ingest.plain import read_markdown


def bundled_documents() -> list[Document]:
    """The digests of every edition, part and language that `corpus/bundled/` holds, by document id and part."""
    folder = files("corpus").joinpath("bundled")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".md"))
    return [_document(folder.joinpath(name).read_bytes(), name) for name in names]


def _document(data: bytes, name: str) -> Document:
    extract = read_markdown(data)
    front = dict(extract.front)
    edition, _, lang = front.get("document", "").partition("/")
    if front.get("status") != "digest" or lang not in ("zh", "en"):
        raise BrokenInvariant(f"{name}: a bundled text names its document and has the status digest")
    language: Lang = "zh" if lang == "zh" else "en"
    part: Part = "notice" if front["part"] == "notice" else "body"
    origin = Origin(edition, part, language, "digest", "text", front["official"], None, extract.reader, front["note"])
    return outline(extract.blocks, origin)
