"""The page of a PDF on which a clause stands: by command and on the screen for reading."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from built import copied_home
from PIL import Image
from printed_pdf import framework_pdf
from streamlit.testing.v1 import AppTest

from app.cli.session import Session, build_index
from app.messages import tell
from corpus.home import Home
from corpus.records import Lang
from ingest.intake import documents_from, read_file

SCRIPT = Path(__file__).parents[2] / "app" / "screens" / "start.py"
PRINTED = ["1. 总则", "本章说明如何评估风险，并说明评估之后如何记录。" * 30, "2. 措施", "先评估，再上线。" * 60]


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a PDF of several pages as the Chinese text of 2.0."""
    from corpus.home import keep_raw
    from corpus.store import CorpusStore, utc_now

    home = copied_home(tmp_path_factory.mktemp("page") / "home")
    data = framework_pdf(PRINTED)
    keep_raw(home.raw, data)
    with CorpusStore(home.store) as store:
        store.put(documents_from(read_file(data, "framework.pdf", home.ocr), data, "aisgf@2.0"), utc_now())
    build_index(Session(home, "en"))
    return home


def test_the_page_is_written_as_a_picture(tiaowen: Any, printed: Home, tmp_path: Path) -> None:
    pages = []
    for path in ("1", "2"):
        file = tmp_path / f"{path}.png"
        done = tiaowen("page", f"aisgf@2.0/zh#{path}", "-o", str(file), "--json", home=printed)
        assert (done.code, done.err) == (0, "") and done.json["clause"] == f"aisgf@2.0/zh#{path}"
        pages.append(done.json["page"])
        with Image.open(io.BytesIO(file.read_bytes())) as picture:
            assert picture.format == "PNG" and picture.width > 595 and picture.height > picture.width
            assert len(picture.convert("L").getcolors(256) or ()) > 2, "nothing is printed on it"
    assert pages[0] == 1 and pages[1] > pages[0]


def test_a_clause_that_is_not_there_has_no_page(tiaowen: Any, printed: Home, tmp_path: Path) -> None:
    done = tiaowen("page", "aisgf@2.0/zh#9.9", "-o", str(tmp_path / "p.png"), home=printed)
    assert done.code == 2 and done.line.endswith("see: tiaowen outline 2.0") and not (tmp_path / "p.png").exists()


@pytest.mark.parametrize("ui", ["zh", "en"])
def test_the_page_is_shown_beside_the_text_on_demand(printed: Home, monkeypatch: pytest.MonkeyPatch, ui: Lang) -> None:
    monkeypatch.setenv("TIAOWEN_HOME", str(printed.root))
    monkeypatch.delenv("TIAOWEN_ACCESS", raising=False)
    page = AppTest.from_file(str(SCRIPT), default_timeout=120)
    for name, value in {"view": "read", "clause": "aisgf@2.0#2", "ui": ui}.items():
        page.query_params[name] = value
    page.run()
    (toggle,) = page.toggle
    assert toggle.label.startswith(tell("show_page", ui, page="@", text="@").partition("@")[0]) and not page.image
    toggle.set_value(True).run()
    assert not page.exception and len(page.image) == 1
