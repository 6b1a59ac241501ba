"""The pictures of the README: `python scripts/screenshots.py http://127.0.0.1:8501` against a running `tiaowen app`.

Take them over the bundled corpus (`tiaowen --home NEW app`), after `tiaowen --home NEW eval run brief`, so that no official
sentence is in them. Writes docs/screens/<screen>-<language>.png, 128 colours each. Needs the extra `dev` and Chromium.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from urllib.parse import urlencode

from PIL import Image
from playwright.sync_api import Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FOLDER = Path(__file__).parents[1] / "docs" / "screens"
COLOURS = 128
QUESTIONS = {"zh": "日志要留存多久？", "en": "How long must logs be kept?"}
TERMS = {"zh": "开源", "en": "open source"}
LOCALES = {"zh": "zh-CN", "en": "en-US"}


def addresses(lang: str) -> dict[str, dict[str, str]]:
    """What each picture shows."""
    return {
        "ask": {"q": QUESTIONS[lang]},
        "compare": {"view": "compare", "text": lang},
        "read": {"view": "read", "clause": "aisgf@2.0#3.1.1(a)"},
        "terms": {"view": "terms", "words": TERMS[lang]},
        "evaluation": {"view": "evaluation"},
        "library": {"view": "library"},
    }


READY = {
    "ask": ".chip",
    "compare": ".change",
    "read": ".row.here",
    "terms": ".kwic",
    "evaluation": "table",
    "library": "table",
}


def taken(page: Page, url: str, view: str, address: dict[str, str], lang: str) -> Image.Image:
    """One picture."""
    page.goto(f"{url}/?{urlencode({**address, 'ui': lang})}")
    page.locator(READY[view]).first.wait_for()
    if view == "ask":
        page.locator(".chip").first.click()
        page.locator(".pane mark").first.wait_for()
    page.wait_for_timeout(1500)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    return picture.quantize(COLOURS, dither=Image.Dither.NONE)


def main(url: str) -> None:
    """Take and write them all."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for lang, locale in LOCALES.items():
            page = browser.new_context(locale=locale, viewport={"width": 1280, "height": 800}).new_page()
            for view, address in addresses(lang).items():
                file = FOLDER / f"{view}-{lang}.png"
                taken(page, url, view, address, lang).save(file, optimize=True)
                print(f"{file.name} {file.stat().st_size // 1024} kB")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
