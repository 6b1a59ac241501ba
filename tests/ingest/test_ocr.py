"""OCR: what is kept when it is interrupted, what is repaired and dropped, and that it reads Chinese and English."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import io
import json
import os
from collections.abc import Callable, Generator, Sequence
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from corpus.errors import OcrUnavailable
from ingest import ocr
from ingest.layout import Line, Page
from ingest.ocr_phrases import Clear, rephrase
from ingest.ocr_repair import is_speckle, repair
from ingest.ocr_spelling import respell, untwin
from ingest.pdf import read_pdf

SCAN = ocr.Scan("f" * 64, (0, 1, 2), 3)
NOTO = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")


class Counting:
    """A recogniser without a model: says the page's number, and remembers which pages it was shown."""

    def __init__(self, version: str = "counting 1") -> None:
        self.version = version
        self.shown: list[int] = []

    def __call__(self, bitmap: ocr.Bitmap) -> list[Line]:
        self.shown.append(bitmap.page)
        return [Line(f"第{bitmap.page}页 Al risk", 50, 100, 200, 112, 0.97)]


def blank(wanted: Sequence[int]) -> Generator[ocr.Bitmap, None, None]:
    """White pages of 4 × 2 pixels."""
    for page in wanted:
        yield ocr.Bitmap(page, 4, 2, 1.0, bytes([255]) * 8)


def stop_at(page: int) -> ocr.Progress:
    """A user who presses Ctrl-C when so many pages are done."""

    def progress(done: int, _total: int, _left: float) -> None:
        if done == page:
            raise KeyboardInterrupt

    return progress


def test_a_reading_goes_on_where_it_was_interrupted(tmp_path: Path) -> None:
    first, second = Counting(), Counting()
    with pytest.raises(KeyboardInterrupt):
        ocr.read(SCAN, render=blank, cache=tmp_path, progress=stop_at(2), recogniser=first)
    assert first.shown == [0, 1]
    read = ocr.read(SCAN, render=blank, cache=tmp_path, recogniser=second)
    assert second.shown == [2]
    assert [lines[0].text for lines in read.values()] == ["第0页 AI risk", "第1页 AI risk", "第2页 AI risk"]


def test_a_page_is_lost_when_the_interruption_falls_into_it(tmp_path: Path) -> None:
    class Interrupted(Counting):
        def __call__(self, bitmap: ocr.Bitmap) -> list[Line]:
            if bitmap.page == 1:
                raise KeyboardInterrupt
            return super().__call__(bitmap)

    with pytest.raises(KeyboardInterrupt):
        ocr.read(SCAN, render=blank, cache=tmp_path, recogniser=Interrupted())
    second = Counting()
    ocr.read(SCAN, render=blank, cache=tmp_path, recogniser=second)
    assert second.shown == [1, 2]


def test_a_second_reading_renders_nothing(tmp_path: Path) -> None:
    def refuse(wanted: Sequence[int]) -> Generator[ocr.Bitmap, None, None]:
        raise AssertionError(f"rendered {wanted}")
        yield

    once = ocr.read(SCAN, render=blank, cache=tmp_path, recogniser=Counting())
    assert ocr.read(SCAN, render=refuse, cache=tmp_path, recogniser=Counting()) == once


@pytest.mark.parametrize(
    ("scan", "version"),
    [(ocr.Scan("e" * 64, SCAN.pages, 3), "counting 1"), (SCAN, "counting 2")],
    ids=["another file", "another version"],
)
def test_the_cache_is_of_this_file_and_this_version(tmp_path: Path, scan: ocr.Scan, version: str) -> None:
    ocr.read(SCAN, render=blank, cache=tmp_path, recogniser=Counting())
    other = Counting(version)
    ocr.read(scan, render=blank, cache=tmp_path, recogniser=other)
    assert other.shown == [0, 1, 2]


@pytest.mark.parametrize(
    "broken", ["", "{", "[]", '{"lines": 3}', '{"lines": [["short"]]}', '{"lines": [[1,2,3,4,5,6]]}']
)
def test_a_broken_page_of_the_cache_is_read_again(tmp_path: Path, broken: str) -> None:
    whole = ocr.read(SCAN, render=blank, cache=tmp_path, recogniser=Counting())
    for path in tmp_path.iterdir():
        path.write_text(broken, encoding="utf-8")
    again = Counting()
    assert ocr.read(SCAN, render=blank, cache=tmp_path, recogniser=again) == whole
    assert again.shown == [0, 1, 2]
    assert all(json.loads(path.read_text(encoding="utf-8"))["lines"] for path in tmp_path.iterdir())


def test_progress_counts_the_pages_of_the_cache_as_done(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    with pytest.raises(KeyboardInterrupt):
        ocr.read(SCAN, render=blank, cache=tmp_path, progress=stop_at(1), recogniser=Counting())

    def note(done: int, total: int, left: float) -> None:
        assert left >= 0
        told.append((done, total))

    ocr.read(SCAN, render=blank, cache=tmp_path, progress=note, recogniser=Counting())
    assert told == [(2, 3), (3, 3)]


def test_without_the_extra_the_first_page_in_need_is_named() -> None:
    def absent(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    with pytest.raises(OcrUnavailable) as caught:
        ocr.rapid(ocr.Scan("f" * 64, (4, 5), 92), version_of=absent)
    assert (
        str(caught.value)
        == "page 5 of 92 has no text layer; install rapidocr and onnxruntime: pip install rapidocr onnxruntime"
    )


@pytest.mark.parametrize(
    ("read", "printed"),
    [
        ("Al safety and Ai risks of the Al", "AI safety and AI risks of the AI"),
        ("(Al), Al-generated, AlGC, GenAl's, XAl", "(AI), AI-generated, AIGC, GenAI's, XAI"),
        ("Align, Alibaba, Aid and Airport stay", "Align, Alibaba, Aid and Airport stay"),
        ("使用Al技术，Ai应用", "使用AI技术，AI应用"),
        ("hígh-rísk secüríty nörms", "high-risk security norms"),
        ("风险ü级", "风险u级"),
        ("安全,风险;治理:原则", "安全，风险；治理：原则"),
        ("risk, measure; rule: norm", "risk, measure; rule: norm"),
        ("完善API,提升AI;按2.0版:制定", "完善API，提升AI；按2.0版：制定"),
        ("term: 术语, risk 10:30", "term: 术语, risk 10:30"),
        ("共同原则(附件1)，包括(监管)部门", "共同原则（附件1），包括（监管）部门"),
        ("(以下简称", "(以下简称"),
        ("框架(以下简称", "框架（以下简称"),
        ("人工智能(AI)治理", "人工智能（AI）治理"),
        ("(a)加强管理(b) x", "(a) 加强管理(b) x"),
        ("(a）加强管理", "(a) 加强管理"),
        ("（1)选取", "(1)选取"),
        ("（a）管理", "（a）管理"),
        ("(监管）部门", "（监管）部门"),
        ("3.1.2数据安全", "3.1.2 数据安全"),
        ("3.1Inherent risks", "3.1 Inherent risks"),
        ("(f)“自我”意识", "(f) “自我”意识"),
        ("5.2的要求适用", "5.2的要求适用"),
        ("2.0版框架", "2.0版框架"),
        ("3.5万条数据", "3.5万条数据"),
        ("1.应用场景", "1.应用场景"),
        ("(c)Pollution and 10.Explicit label", "(c)Pollution and 10.Explicit label"),
        ("Use of.AI and management ofAI", "Use of AI and management of AI"),
        ("对OpenAI和GenAI", "对OpenAI和GenAI"),
        ("We. should support the. main rules and. norms", "We should support the main rules and norms"),
        ("e.g. this, i.e. that, laws etc. and no. three", "e.g. this, i.e. that, laws etc. and no. three"),
        ("They comply. we see. risks of AI. The end", "They comply. we see. risks of AI. The end"),
        ("We rely on it. The rest is. AI can.Others", "We rely on it. The rest is. AI can.Others"),
        ("OfAI risks, ofai", "Of AI risks, ofai"),
        ("Ⅱ. Risk levels", "II. Risk levels"),
        ("Ⅱ级风险", "Ⅱ级风险"),
        ("a)keep as it is (b)this too", "a)keep as it is (b)this too"),
        ("安全，， 风险。。", "安全，风险。"),
        ("norms,, and;; rules", "norms, and; rules"),
        ("安全 风险 AI 治理", "安全风险 AI 治理"),
        ("3.1 模型  安全 2.0 版", "3.1 模型安全 2.0 版"),
        ("总则……………3", "总则……………3"),
        ("general rules........ 3", "general rules........ 3"),
        ("第⼀⻚", "第一页"),
    ],
)
def test_known_confusions_are_repaired(read: str, printed: str) -> None:
    assert repair(read) == printed
    assert repair(printed) == printed


@pytest.mark.parametrize(
    ("line", "dirt"),
    [
        (Line("E", 500, 60, 510, 70, 0.62), True),
        (Line("·", 20, 60, 22, 62, 0.55), True),
        (Line("|l", 3, 3, 9, 40, 0.7), True),
        (Line("注", 70, 90, 80, 100, 0.95), False),
        (Line("…15", 470, 90, 500, 100, 0.6), False),
        (Line("●", 300, 90, 306, 96, 0.97), False),
        (Line("an unclear but long line", 70, 90, 300, 100, 0.6), False),
        (Line("恶”", 70, 90, 80, 100, 0.81), False),
    ],
)
def test_speckle_is_dropped_and_text_is_not(line: Line, dirt: bool) -> None:
    assert is_speckle(line) is dirt


def test_lines_are_put_into_reading_order() -> None:
    seen = [
        Line("右 right", 300, 101, 360, 113, 0.9),
        Line("下 below", 60, 140, 120, 152, 0.9),
        Line("左 left", 60, 100, 120, 112, 0.9),
    ]
    assert [line.text for line in ocr.clean(seen)] == ["左 left", "右 right", "下 below"]


WORDS = {"ecosystem": 3, "safety": 9, "risks": 9, "control": 2, "controls": 2, "responsible": 2, "responsibly": 2}


@pytest.mark.parametrize(
    ("read", "printed"),
    [
        ("Safoty riaks", "Safety risks"),
        ("ecosyrtem安全", "ecosystem安全"),
        ("ecoayrtem", "ecosystem"),
        ("lgovernance Ecoystem", "lgovernance Ecosystem"),  # a lost letter, not one too many
        ("contro secosystem", "contro secosystem"),
        ("rika", "rika"),  # too short to tell
        ("governance 治理", "governance 治理"),  # nothing near
        ("responsiblx", "responsiblx"),  # two words as near
        ("controls", "controls"),
    ],
)
def test_doubtful_words_are_spelt_as_elsewhere_in_the_document(read: str, printed: str) -> None:
    assert respell(read, WORDS) == printed


@pytest.mark.parametrize(
    ("read", "printed"),
    [
        ("fuli", "full"),
        ("harmfui", "harmful"),
        ("fail", "fail"),  # not `fall`: two words
        ("Ali", "Ali"),  # a name
        ("安全fuli", "安全full"),
    ],
)
def test_an_i_at_the_end_of_a_word_is_an_l(read: str, printed: str) -> None:
    assert untwin(read, {"full": 3, "fall": 5, "all": 9, "harmful": 2}) == printed


CLEAR = Clear(
    height=16,
    text=(
        "(f) Emergence of self-awareness and loss of control. It is safe, and loss is rare.",
        "(a) Illegal collection and use of data. Use of data is lawful.",
        "5.4 Strengthening supply chain safety and knowledge and capabilities of tools",
        "(e) 挑战现行社会秩序。应用带来生产工具的改变，挑战传统社会秩序。",
        "(a) 输出决策不可靠，扩大智能鸿沟。",
    ),
    words={"and": 9, "of": 9, "data": 2, "capacity": 2, "supply": 2, "safety": 9, "personal": 2, "chain": 2},
)


@pytest.mark.parametrize(
    ("read", "printed"),
    [
        ("relf-awarnes and loes of", "self-awareness and loss of"),
        ("Megal collection and use of", "Illegal collection and use of"),
        ("supply cham safety", "supply chain safety"),
        ("knowledge and capacity of", "knowledge and capacity of"),  # a word of its own
        ("data and spersonal", "data and spersonal"),  # a letter too many is the printer's
        ("loes", "loes"),  # one short word says too little
        ("执战现行社会秩序", "挑战现行社会秩序"),
        ("输出決策不可靠", "输出决策不可靠"),
        ("扩大智能鸡", "扩大智能鸿"),
        ("执战社会", "执战社会"),  # too little agrees
        ("推动社会秩序", "推动社会秩序"),  # as good as either
        ("完善管理制度", "完善管理制度"),  # nothing like it
    ],
)
def test_small_type_is_read_by_the_clear_text(read: str, printed: str) -> None:
    assert rephrase(read, CLEAR) == printed
    assert rephrase(printed, CLEAR) == printed


def test_what_two_places_answer_differently_stays() -> None:
    clear = Clear(
        text=("风险分级管理办法", "风险分类管理办法", "safe risk grades", "safe risk grants"), words={"safe": 2}
    )
    assert rephrase("风险分穷管理办法", clear) == "风险分穷管理办法"
    assert rephrase("safe risk grazts", clear) == "safe risk grazts"


def test_sure_lines_teach_and_doubtful_lines_learn(tmp_path: Path) -> None:
    class Table(Counting):
        def __call__(self, bitmap: ocr.Bitmap) -> list[Line]:
            sure = Line("the ecosystem 生态 ecosystem", 50, 100, 200, 112, 0.99)
            return [sure, Line("Ecosyrtem", 50, 200, 90, 212, 0.9), Line("ecosyrtem", 50, 300, 90, 312, 0.96)]

    lines = ocr.read(SCAN, render=blank, cache=tmp_path, recogniser=Table())[0]
    assert [(line.text, line.score) for line in lines[1:]] == [("Ecosystem", 0.9), ("ecosyrtem", 0.96)]


def test_small_lines_learn_however_sure_and_never_teach(tmp_path: Path) -> None:
    class Table(Counting):
        def __call__(self, bitmap: ocr.Bitmap) -> list[Line]:
            text = [
                Line(said, 50, 100 + at, 200, 116 + at, 0.99)
                for at, said in ((0, "挑战现行秩序。"), (20, "a safe tool"))
            ]
            return [*text, Line("执战现行秩序", 50, 200, 90, 209, 0.999), Line("a safc tool", 50, 220, 90, 229, 0.999)]

    lines = ocr.read(SCAN, render=blank, cache=tmp_path, recogniser=Table())[0]
    assert [line.text for line in lines] == ["挑战现行秩序。", "a safe tool", "挑战现行秩序", "a safe tool"]


def test_what_was_recognised_can_be_had_unmended(tmp_path: Path) -> None:
    seen = ocr.recognised(SCAN, render=blank, cache=tmp_path, recogniser=Counting())
    assert [lines[0].text for lines in seen.values()] == ["第0页 Al risk", "第1页 Al risk", "第2页 Al risk"]


SENTENCES = (
    "本页由测试自己写成，用来核对识别的结果。",
    "模型开发者应当记录训练数据的来源、用途和期限；",
    "This page was written by the test, and AI reads every word of it without a model's help",
    "from above. Each line is long enough to fill the width of the page, as printed lines do.",
    "(a) Keep records of the sources of training data; (b) 定期评估风险。",
)


@pytest.fixture(scope="module")
def printed() -> Image.Image:
    """The sentences as a scanner sees them: 1,440 pixels wide, black and white, with dust of one and two pixels."""
    if importlib.util.find_spec("rapidocr") is None:
        pytest.skip("the extra `ocr` is not installed")
    if not NOTO.exists():
        pytest.skip("no Chinese font here: apt-get install fonts-noto-cjk")
    page = Image.new("L", (1440, 2038), 255)
    draw = ImageDraw.Draw(page)
    for row, sentence in enumerate(SENTENCES):
        draw.text((140, 300 + 90 * row), sentence, font=ImageFont.truetype(str(NOTO), 28), fill=0)
    black_and_white = page.point(lambda grey: 255 if grey > 140 else 0)
    for at in range(0, 1440 * 450, 1201):  # dust, evenly spread over the lines
        x, y = at % 1440, 280 + at // 1440
        black_and_white.putpixel((x, y), 0)
        black_and_white.putpixel((x, y + 1), 0)
    return black_and_white


def as_pdf(*pages: Image.Image) -> bytes:
    """A scan: the pages as pictures of 595 × 842 points."""
    out = io.BytesIO()
    pages[0].save(out, "PDF", resolution=1440 / 595 * 72, save_all=True, append_images=pages[1:])
    return out.getvalue()


def squeezed(text: str) -> str:
    """Without spaces, and with half-width marks for full-width ones: neither can be told on such a page."""
    return text.translate(str.maketrans("（），；：", "(),;:")).replace(" ", "")


@pytest.mark.ocr
def test_both_languages_are_read_from_a_dusty_scan(printed: Image.Image, tmp_path: Path) -> None:
    pages = read_pdf(as_pdf(printed), cache=tmp_path).pages
    assert [squeezed(line.text) for line in pages[0].lines] == [squeezed(sentence) for sentence in SENTENCES]
    assert pages[0].ocr and all(line.score > 0.9 for line in pages[0].lines)
    first = pages[0].lines[0]
    assert first.x0 == pytest.approx(140 / 1440 * 595, abs=4) and first.y0 == pytest.approx(310 / 1440 * 595, abs=8)


@pytest.mark.ocr
def test_the_same_page_gives_the_same_lines(printed: Image.Image, tmp_path: Path) -> None:
    data = as_pdf(printed)
    assert read_pdf(data, cache=tmp_path / "one") == read_pdf(data, cache=tmp_path / "two")


OFFICIAL = Path(os.environ.get("TIAOWEN_OFFICIAL", Path(__file__).parents[2].parent / "shared" / "official"))


class OnlyOn:
    """rapidocr on a few pages, nothing on the others: the whole scan takes minutes."""

    def __init__(self, *pages: int) -> None:
        self._rapid = ocr.rapid(SCAN)
        self.version = f"{self._rapid.version} on {pages}"
        self._pages = pages

    def __call__(self, bitmap: ocr.Bitmap) -> list[Line]:
        return self._rapid(bitmap) if bitmap.page + 1 in self._pages else []


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Page]:
    """Pages 9 (Chinese) and 61 (English) of the scan of 2.0."""
    if importlib.util.find_spec("rapidocr") is None:
        pytest.skip("the extra `ocr` is not installed")
    path = OFFICIAL / "framework-2.0.zh-en.scan.pdf"
    if not path.exists():
        pytest.skip(f"{path.name} is not here: set TIAOWEN_OFFICIAL")
    extract = read_pdf(path.read_bytes(), cache=tmp_path_factory.mktemp("ocr"), recogniser=OnlyOn(9, 61))
    assert len(extract.pages) == 92 and all(page.ocr for page in extract.pages)
    return lambda number: extract.pages[number - 1]


def digest(page: Page) -> str:
    return hashlib.sha256("\n".join(line.text for line in page.lines).encode()).hexdigest()[:16]


@pytest.mark.official
@pytest.mark.ocr
@pytest.mark.parametrize(
    ("number", "label", "anchor", "lines"), [(9, "1", "前言", 24), (61, "52", "4.2.2 Addressing", 25)]
)
def test_pages_of_the_scan_are_read(
    scanned: Callable[[int], Page], number: int, label: str, anchor: str, lines: int
) -> None:
    page = scanned(number)
    assert page.label == label and len(page.lines) == lines
    assert any(line.text.startswith(anchor) for line in page.lines)
    assert min(line.score for line in page.lines) > 0.9
