"""A scan of our own bilingual digest, whose truth is known, read the way an official scan is: file, pages, clauses."""

from __future__ import annotations

import pytest
from error_rate import error_rate, raw
from printed_scan import NOTO, paragraphs, scan_pdf

from corpus.records import LANGS, Document, Lang
from ingest.bundled import bundled_documents
from ingest.intake import documents_from, read_file

PRINTED: dict[Lang, tuple[str, ...]] = {
    "zh": ("1", "1.1", "2", "2.1", "3", "3.1", "3.1.1", "3.1.1(a)", "3.1.1(b)", "3.1.1(c)"),
    "en": ("1", "2", "3", "3.1", "3.1.1", "3.1.1(a)"),
}
"""About 36 lines in each language, on three pages: chapters, sections and items."""
MOST: dict[Lang, float] = {"zh": 0.005, "en": 0.01}


@pytest.fixture(scope="module")
def digests() -> dict[Lang, Document]:
    """Our digest of 2.0 in both languages."""
    bodies = [digest for digest in bundled_documents() if digest.edition == "aisgf@2.0" and digest.part == "body"]
    return {digest.lang: digest for digest in bodies}


@pytest.fixture(scope="module")
def scanned(digests: dict[Lang, Document], tmp_path_factory: pytest.TempPathFactory) -> dict[Lang, Document]:
    """The clauses of `PRINTED`, printed, scanned and read."""
    pytest.importorskip("rapidocr", reason="extra `ocr` is absent")
    if not NOTO.exists():
        pytest.skip("no Chinese font here: apt-get install fonts-noto-cjk")
    parts = []
    for lang, paths in PRINTED.items():
        clauses = [digests[lang].by_path[path] for path in paths]
        lead = [digests[lang].text[clause.lead.start : clause.lead.end].strip() for clause in clauses]
        parts.append((lang, paragraphs(clauses, lead)))
    data = scan_pdf(parts)
    extract = read_file(data, "digest.pdf", tmp_path_factory.mktemp("ocr"))
    assert [page.label for page in extract.pages] == [str(number) for number in range(1, 7)]
    return {document.lang: document for document in documents_from(extract, data, "aisgf@2.0")}


@pytest.mark.ocr
@pytest.mark.parametrize("lang", LANGS)
def test_a_scan_of_the_digest_gives_its_clauses(
    scanned: dict[Lang, Document], digests: dict[Lang, Document], lang: Lang
) -> None:
    document = scanned[lang]
    assert tuple(clause.path for clause in document.clauses) == PRINTED[lang]
    assert (document.reading, document.status) == ("ocr", "supplied")
    printed = [digests[lang].by_path[path] for path in PRINTED[lang]]
    pairs = [
        (f"{truth.heading}\n{truth.text}", f"{read.heading}\n{read.text}")
        for truth, read in zip(printed, document.clauses, strict=True)
    ]
    rate = error_rate(pairs, raw)
    assert rate.characters > (800 if lang == "zh" else 1800)
    assert rate.rate <= MOST[lang], f"{rate}: {[pair for pair in pairs if raw(pair[0]) != raw(pair[1])]}"
