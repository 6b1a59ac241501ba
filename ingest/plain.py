"""Readers of plain text and Markdown (our digests, a user's own notes), and what they share with the HTML reader.

bytes ─decode─> text ─> lines ─> blocks -> Extract          `ingest.sniff` says which reader to call
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Sequence

from corpus.errors import UnreadableFile
from corpus.text import HAN
from ingest.layout import Block, Extract
from ingest.sniff import media_type

MAX_BYTES = 16 << 20
WAY_OUT = "give the original file (PDF, HTML, Markdown or text)"
SAVE_AS = "open it in an editor, save it as UTF-8, and add that"
BLANK = " \t\r\n\f\v\u00a0\u3000"
_IDEOGRAPH = re.compile(r"[\u2e80-\u2fdf\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_FULL_WIDTH = re.compile(r"[\u3000-\u3004\u3008-\u303f\uff01-\uff65]")
_EITHER_WIDTH = re.compile(r"[“”‘’…—·]")
_UNSEEN = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0001-\U000e007f]"
)
_ENOUGH, _RARE = 20, 0.35
_HEADING = re.compile(r"(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?")
_SEPARATOR = re.compile(r"(?=[^-]*-)[\s:|-]+|(?:```|~~~).*|[*_]{3,}")
_BULLET = re.compile(r"[-*+][ \t]+")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_NUMBERED = re.compile(r"(\d{1,3})(?:[.)][ \t]+|、)")
_INLINE = (
    (re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)"), r"\1"),
    (re.compile(r"\*\*(?=\S)([^*]+)(?<=\S)\*\*|__(?=\S)([^_]+)(?<=\S)__|`([^`]+)`"), r"\1\2\3"),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!|-])"), r"\1"),
)


def join_lines(lines: Iterable[str]) -> str:
    """One paragraph of broken lines: no space between Chinese characters or at full-width punctuation, one otherwise.

    >>> join_lines(["人工智能", "安全，", "AI", "safety "])
    '人工智能安全，AI safety'
    """
    joined = ""
    for line in lines:
        piece = line.strip(BLANK)
        joined += _seam(joined, piece) + piece
    return joined


def _seam(left: str, right: str) -> str:
    if not left or not right:
        return ""
    pair = left[-1] + right[0]
    if _FULL_WIDTH.search(pair):
        return ""
    wide = [bool(_IDEOGRAPH.match(char) or _EITHER_WIDTH.match(char)) for char in pair]
    return "" if all(wide) and _IDEOGRAPH.search(pair) else " "


def visible(text: str) -> str:
    """Without what prints nothing: control characters (terminals obey some), marks of no width or of direction.

    >>> visible("风险\\x1b[31m\\u200b，ri\\xadsk")
    '风险[31m，risk'
    """
    return _UNSEEN.sub("", text)


def within_cap(data: bytes) -> bytes:
    """`data` itself; UnreadableFile if it is over 16 MB (parsers of text slow down or drop text far above that)."""
    if len(data) > MAX_BYTES:
        raise UnreadableFile(f"{len(data)} bytes of text are over the limit of {MAX_BYTES}", way_out=WAY_OUT)
    return data


def record(cells: Sequence[str]) -> Block:
    """A table row: `record(["风险", "措施"]).text == "风险 | 措施"`."""
    return Block(" | ".join(cells), cells=tuple(cells))


def read_text(data: bytes) -> Extract:
    """Read plain text, UTF-8, UTF-16 (with its mark) or GB 18030; every line that is not blank is a block.

    >>> [block.text for block in read_text("前言\\n\\nPreface\\n".encode("gb18030")).blocks]
    ['前言', 'Preface']

    Raises UnreadableFile for a file that is empty, cut off within a character, or not text.
    """
    lines = (line.strip(BLANK) for line in _decode_text(data).split("\n"))
    return _with_blocks(Extract("text/1", blocks=tuple(Block(line) for line in lines if line)))


def _with_blocks(extract: Extract) -> Extract:
    if not extract.blocks:
        raise UnreadableFile("the file has no text", way_out=WAY_OUT)
    return extract


def _decode_text(data: bytes) -> str:
    kind = media_type(within_cap(data), "")
    if not kind.startswith("text/") and kind not in {"application/xml", "application/x-empty"}:
        raise UnreadableFile(f"the file is not text but {kind}", way_out=WAY_OUT)
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = _strictly(data, "utf-16") if wide else _utf8_or_gb18030(data)
    return visible(re.sub(r"\r\n?|[\f\v\x85\u2028\u2029]", "\n", text))


def _utf8_or_gb18030(data: bytes) -> str:
    """GB 18030 only for what cannot be UTF-8: in it a cut-off UTF-8 file would become other characters, unnoticed."""
    try:
        codecs.getincrementaldecoder("utf-8-sig")().decode(data)
    except UnicodeDecodeError:
        return _legible(_strictly(data, "gb18030"))
    return _strictly(data, "utf-8-sig")


def _strictly(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        named = {"gb18030": "UTF-8 or GB 18030", "utf-8-sig": "UTF-8"}.get(encoding, encoding)
        seen = f"{error.reason} at byte {error.start}"
        way_out = SAVE_AS if encoding == "gb18030" else WAY_OUT
        raise UnreadableFile(f"the file is not text in {named}: {seen}", way_out=way_out) from None
    if "\0" in text:
        raise UnreadableFile("the file is not text: it holds zero bytes", way_out=WAY_OUT)
    return text


def _legible(text: str) -> str:
    """`text` itself; Big5 and the like decode as GB 18030 too, but to rare characters that nobody writes together.

    Of the Chinese texts of the framework 99 in 100 ideographs are of level 1 of GB 2312; of Big5 so misread, 46.
    """
    ideographs = HAN.findall(text[:100_000])
    rare = sum(not _is_common(char) for char in ideographs)
    if len(ideographs) >= _ENOUGH and rare > _RARE * len(ideographs):
        raise UnreadableFile("the file is in neither UTF-8 nor GB 18030 but another encoding", way_out=SAVE_AS)
    return text


def _is_common(char: str) -> bool:
    """Whether an ideograph is of GB 2312's level 1, the 3,755 in everyday use: `_is_common("险")`, not `镕`."""
    code = char.encode("gb2312", "ignore")
    return bool(code) and code[0] < 0xD8


def read_markdown(data: bytes) -> Extract:
    """Read Markdown: front matter as pairs, headings with their level, paragraphs whole, table rows cell by cell.

    >>> text = "---\\nstatus: digest\\n---\\n# 前言\\n\\n人工\\n智能\\n\\n| 风险 | 措施 |\\n|---|---|\\n"
    >>> extract = read_markdown(text.encode())
    >>> extract.front, [(block.level, block.text, block.cells) for block in extract.blocks]
    ((('status', 'digest'),), [(1, '前言', ()), (0, '人工智能', ()), (0, '风险 | 措施', ('风险', '措施'))])

    Raises UnreadableFile as `read_text` does.
    """
    front, lines = _front_matter(_without_comments(_decode_text(data)).split("\n"))
    blocks = tuple(_markdown_blocks(lines))
    told = dict(front)
    heading = next((block.text for block in blocks if block.level == 1), "")
    day = told.get("date", "") if _DAY.fullmatch(told.get("date", "")) else ""
    return _with_blocks(Extract("markdown/1", blocks=blocks, front=front, title=told.get("title", heading), date=day))


def _without_comments(text: str) -> str:
    """Without `<!-- -->`; an unclosed one stays. By splitting: a lazy pattern is quadratic in unclosed comments."""
    first, *rest = text.split("<!--")
    return first + "".join(part.partition("-->")[2] if "-->" in part else f"<!--{part}" for part in rest)


def _front_matter(lines: list[str]) -> tuple[tuple[tuple[str, str], ...], list[str]]:
    """`key: value` pairs between a first line `---` and the next one, and the lines after."""
    bare = [line.rstrip() for line in lines]
    if bare[0] != "---" or "---" not in bare[1:]:
        return (), lines
    end = bare.index("---", 1)
    split = (line.partition(":") for line in bare[1:end])
    return tuple((key.strip(), value.strip().strip("\"'")) for key, colon, value in split if colon), lines[end + 1 :]


def _markdown_blocks(lines: Sequence[str]) -> Iterator[Block]:
    paragraph: list[str] = []
    for raw in (*lines, ""):
        line = "" if _SEPARATOR.fullmatch(raw.strip(BLANK)) else raw.strip(BLANK)
        whole = _whole_line(line)
        if paragraph and (not line or whole or _opens_item(line, paragraph[0])):
            yield Block(_plain(join_lines(paragraph)))
            paragraph = []
        if whole:
            yield whole
        elif line:
            paragraph.append(_BULLET.sub("", line, count=1) if _BULLET.match(line) else line)


def _whole_line(line: str) -> Block | None:
    """The block that this line is by itself: a heading or a table row."""
    heading = _HEADING.fullmatch(line)
    if heading:
        return Block(_plain(heading[2]), len(heading[1]))
    if not line.startswith("|"):
        return None
    cells = re.split(r"(?<!\\)\|", line.removeprefix("|").removesuffix("|"))
    return record([_plain(cell.strip(BLANK)) for cell in cells])


def _opens_item(line: str, first: str) -> bool:
    """Whether a line starts a list item; a number does as 1 or after another (a sentence may wrap at `2025. `)."""
    numbered = _NUMBERED.match(line)
    return bool(_BULLET.match(line) or (numbered and (numbered[1] == "1" or _NUMBERED.match(first))))


def _plain(text: str) -> str:
    """The words without inline marks.

    >>> _plain("**风险** 见 [附件](a.pdf)")
    '风险 见 附件'
    """
    for pattern, kept in _INLINE:
        text = pattern.sub(kept, text)
    return text
