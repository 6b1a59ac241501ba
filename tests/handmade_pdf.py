"""PDFs written object by object, for files that no library would make."""

from __future__ import annotations

import zlib

FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
WORDS = b"BT /F 12 Tf 60 500 Td (text besides) Tj ET"


def handmade(content: bytes, *more: bytes, pages: int = 1, catalog: bytes = b"") -> bytes:
    """1 catalog (with the entries `catalog`), 2 pages, 3 page, 4 content, then `more` from 5 on; /F is 5, /X is 6."""
    kids = b"[3 0 R]" if pages else b"[]"
    resources = b"<< /Font << /F 5 0 R >> /XObject << /X 6 0 R >> >>"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 600] /Contents 4 0 R /Resources %s >>" % resources
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R %s>>" % catalog,
        b"<< /Type /Pages /Kids %s /Count %d >>" % (kids, pages),
        page,
        stream(content),
        *more,
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        size,
        table,
        size,
        len(out),
    )


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """A stream object: `stream(b"q Q")`."""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), entries, content)


def bomb(megabytes: int, entries: bytes = b"") -> bytes:
    """A stream of a few KB, packed twice, that unpacks to so many megabytes of zeros."""
    return stream(zlib.compress(_zeros(megabytes), 9), b"/Filter [/FlateDecode /FlateDecode] " + entries)


def _zeros(megabytes: int) -> bytes:
    """So many megabytes packed (RFC 1950) without unpacked ones being made: one block again and again, and its checksum."""
    packer = zlib.compressobj(9, wbits=-15)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = ((megabytes << 20) % 65521) << 16 | 1
    return b"\x78\xda" + block * megabytes + b"\x03\0" + checksum.to_bytes(4, "big")
