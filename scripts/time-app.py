"""How soon people see something: `python scripts/time-app.py http://127.0.0.1:8501` against a running `tiaowen app`.

Prints milliseconds: the first visit and later ones until the page can be used, then from Enter to the answer on screen.
Needs the extra `dev` and Chromium; nothing is asked of another host.
"""

from __future__ import annotations

import statistics
import sys
import time

from playwright.sync_api import Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
ROUNDS = 10
QUESTIONS = [
    "日志要留存多久？",
    "What is data poisoning?",
    "治理原则有哪些？",
    "What changed between 1.0 and 2.0?",
    "红烧肉怎么做？",
]


def visited(page: Page, url: str) -> float:
    """Milliseconds until the chat can be used."""
    begun = time.perf_counter()
    page.goto(url)
    page.locator(".hint").wait_for()
    return 1000 * (time.perf_counter() - begun)


def answered(page: Page, question: str) -> float:
    """Milliseconds from Enter to the answer."""
    before = page.locator(".answer").count()
    box = page.get_by_test_id("stChatInputTextArea")
    box.fill(question)
    begun = time.perf_counter()
    box.press("Enter")
    page.locator(".answer").nth(before).wait_for()
    return 1000 * (time.perf_counter() - begun)


def main(url: str) -> None:
    """Measure and print."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        visits = []
        for _ in range(ROUNDS):
            context = browser.new_context(viewport={"width": 1280, "height": 800})
            page = context.new_page()
            visits.append(visited(page, url))
            if len(visits) == ROUNDS:
                times = [answered(page, question) for _ in range(3) for question in QUESTIONS]
            context.close()
        browser.close()
    print(f"first visit {visits[0]:.0f} ms, later ones {statistics.median(visits[1:]):.0f} (to {max(visits[1:]):.0f})")
    print(f"answer on screen {statistics.median(times):.0f} ms (to {max(times):.0f}), {len(times)} questions")


if __name__ == "__main__":
    main(sys.argv[1])
