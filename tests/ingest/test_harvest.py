"""What becomes of fetched bytes: preference among sources, one text under several addresses, texts that are not taken."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from corpus.home import Home, keep_raw
from corpus.ledger import Ledger
from corpus.store import CorpusStore, Fetch
from ingest.harvest import Harvest, Outcome
from ingest.intake import status_of

HOST = "http://127.0.0.1:1"
WORDS = {
    "zh": [
        "《人工智能安全治理框架》2.0版发布",
        "今天发布了新的一版。",
        "全文见附件。",
        "欢迎各界参考。各单位可以从本地下载，也可以来信索取印本。",
    ],
    "en": [
        "AI Safety Governance Framework 2.0 released",
        "A new edition is out today.",
        "The text is attached.",
        "All are welcome to use it; those who wish for a printed copy may write to us and will get one.",
    ],
}
Run = Callable[..., dict[str, Outcome]]


def page(lang: str, *more: str, furniture: str = "") -> bytes:
    title, *texts = WORDS[lang]
    body = "".join(f"<p>{text}</p>" for text in [*texts, *more])
    return (
        f"<html><h1 class=title>{title}</h1><div id=BodyLabel>{body}</div><footer>{furniture}</footer></html>".encode()
    )


@pytest.fixture(name="store")
def _store(tmp_path: Path) -> Iterator[CorpusStore]:
    with CorpusStore(tmp_path / "corpus.db") as store:
        yield store


@pytest.fixture(name="harvest")
def _harvest(store: CorpusStore, tmp_path: Path) -> Run:
    """Settle one crawl that brought these pages, given as path=bytes or (edition, part, bytes); `/a` is preferred to `/b`."""
    runs = iter(range(1, 100))

    def run(pages: dict[str, bytes | tuple[str, str, bytes]]) -> dict[str, Outcome]:
        number = next(runs)
        for path, given in pages.items():
            edition, part, data = given if isinstance(given, tuple) else ("aisgf@2.0", "notice", given)
            told = {"status": 200, "sha256": keep_raw(tmp_path / "raw", data), "size": len(data)}
            store.record(Fetch(edition, part, HOST + path, HOST + path, f"2026-11-23T0{number}:00:00Z", **told), number)
        sources = [f"{HOST}/{letter}.htm" for letter in "abc"]
        outcomes = Harvest(Home(tmp_path), store, number, sources, {}).outcomes()
        return {outcome.fetch.url.removeprefix(HOST): outcome for outcome in outcomes}

    return run


def kinds(outcomes: dict[str, Outcome]) -> dict[str, str]:
    return {path: outcome.kind for path, outcome in outcomes.items()}


def standing(store: CorpusStore, edition: str = "aisgf@2.0") -> list[tuple[str, int, str | None]]:
    return [
        (k.document.id, k.revision, (k.document.url or "").removeprefix(HOST))
        for k in store.current()
        if k.document.edition == edition
    ]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_preferred_source_is_used_whatever_came_first(store: CorpusStore, harvest: Run, lang: str) -> None:
    outcomes = harvest(
        {"/b.htm": page(lang, "乙站加了一句。" if lang == "zh" else "B adds this."), "/a.htm": page(lang)}
    )
    assert kinds(outcomes) == {"/a.htm": "added", "/b.htm": "other"}
    assert standing(store) == [(f"aisgf@2.0/{lang}", 1, "/a.htm")]
    assert outcomes["/b.htm"].note == "another text than the one in use"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_preferred_source_that_comes_later_takes_the_place_once(store: CorpusStore, harvest: Run, lang: str) -> None:
    other = page(lang, "乙。" if lang == "zh" else "B.")
    assert kinds(harvest({"/b.htm": other})) == {"/b.htm": "added"}
    assert kinds(harvest({"/a.htm": page(lang), "/b.htm": other})) == {"/a.htm": "revised", "/b.htm": "other"}
    assert kinds(harvest({"/a.htm": page(lang), "/b.htm": other})) == {"/a.htm": "unchanged", "/b.htm": "other"}
    assert standing(store) == [(f"aisgf@2.0/{lang}", 2, "/a.htm")]
    assert kinds(harvest({"/a.htm": other, "/b.htm": other})) == {"/a.htm": "revised", "/b.htm": "same"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_other_furniture_or_another_address_is_the_same_text(store: CorpusStore, harvest: Run, lang: str) -> None:
    assert kinds(harvest({"/a.htm": page(lang), "/b.htm": page(lang, furniture="b")})) == {
        "/a.htm": "added",
        "/b.htm": "same",
    }
    assert kinds(harvest({"/a.htm": page(lang, furniture="今日要闻 news")})) == {"/a.htm": "unchanged"}
    assert standing(store) == [(f"aisgf@2.0/{lang}", 1, "/a.htm")]
    relations = {copy.url.removeprefix(HOST): (copy.relation, copy.document) for copy in Ledger(store).copies()}
    assert relations == {"/a.htm": ("source", f"aisgf@2.0/{lang}"), "/b.htm": ("same", f"aisgf@2.0/{lang}")}


def test_one_article_under_two_works_is_the_preferred_ones(store: CorpusStore, harvest: Run) -> None:
    article = page("zh")
    one, other = ("reading-20250928-1@1", "body", article), ("reading-20250928-2@1", "body", article + b"<!-- 2 -->")
    assert kinds(harvest({"/b.htm": other})) == {"/b.htm": "added"}
    assert kinds(harvest({"/a.htm": one, "/b.htm": other})) == {"/a.htm": "added", "/b.htm": "same"}
    assert [kept.document.id for kept in store.current()] == ["reading-20250928-1@1/zh"]
    assert kinds(harvest({"/a.htm": one, "/b.htm": other})) == {"/a.htm": "unchanged", "/b.htm": "same"}
    assert standing(store, "reading-20250928-1@1") == [("reading-20250928-1@1/zh", 1, "/a.htm")]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_changed_page_is_a_revision_and_a_broken_one_is_not(store: CorpusStore, harvest: Run, lang: str) -> None:
    harvest({"/a.htm": page(lang)})
    more = "另有说明。" if lang == "zh" else "More follows."
    assert kinds(harvest({"/a.htm": page(lang, more)})) == {"/a.htm": "revised"}
    title = WORDS[lang][0]
    wrong = {
        "empty": (f"<html><h1 class=title>{title}</h1><div id=BodyLabel></div></html>", "no text"),
        "wall": ("<html><body>请稍候，正在检查浏览器。Please wait while we check.</body></html>", "does not name"),
        "stump": (
            f"<html><h1 class=title>{title}</h1><div id=BodyLabel>{WORDS[lang][1]}</div></html>",
            "characters where",
        ),
        "newer": (page(lang).decode().replace("2.0", "3.0"), "is about 3.0, not 2.0"),
    }
    for html, why in wrong.values():
        (outcome,) = harvest({"/a.htm": html.encode()}).values()
        assert outcome.kind == "unusable" and why in (outcome.note or "")
        assert standing(store) == [(f"aisgf@2.0/{lang}", 2, "/a.htm")]
    assert kinds(harvest({"/a.htm": page(lang, more)})) == {"/a.htm": "unchanged"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_was_removed_comes_back_with_the_next_crawl(store: CorpusStore, harvest: Run, lang: str) -> None:
    harvest({"/a.htm": page(lang)})
    store.remove(f"aisgf@2.0/{lang}", "notice", "2026-11-23T02:30:00Z")
    assert kinds(harvest({"/a.htm": page(lang)})) == {"/a.htm": "added"}
    assert standing(store) == [(f"aisgf@2.0/{lang}", 2, "/a.htm")]


def test_bytes_of_a_settled_fetch_are_not_read_again(store: CorpusStore, harvest: Run, tmp_path: Path) -> None:
    harvest({"/a.htm": page("zh")})
    (tmp_path / "raw" / hashlib.sha256(page("zh")).hexdigest()).unlink()
    repeated = [*Harvest(Home(tmp_path), store, 1, [], {}).outcomes()]
    assert [(outcome.kind, outcome.documents) for outcome in repeated] == [("added", [])]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_attachment_that_is_not_listed_must_say_what_it_is(store: CorpusStore, tmp_path: Path, lang: str) -> None:
    named = {"zh": "人工智能安全治理框架2.0版", "en": "AI Safety Governance Framework 2.0"}[lang]
    rules = {"zh": "1. 总则\n先评估。\n2. 措施\n再上线。", "en": "1. General\nAssess.\n2. Measures\nDeploy."}[lang]
    said = []
    for run, text in enumerate((f"{rules}\n", f"{named}\n{rules}\n"), start=1):
        told = {"status": 200, "sha256": keep_raw(tmp_path / "raw", text.encode()), "referrer": f"{HOST}/a.htm"}
        store.record(
            Fetch("aisgf@2.0", "body", f"{HOST}/new.txt", f"{HOST}/new.txt", "2026-11-23T01:00:00Z", **told), run
        )
        (outcome,) = Harvest(Home(tmp_path), store, run, [f"{HOST}/a.htm"], {}).outcomes()
        said.append((outcome.kind, outcome.note))
    assert said == [
        ("unusable", "what was fetched is not in the catalogue and does not say that it is 2.0"),
        ("added", None),
    ]


def test_a_kill_between_a_text_and_its_source_is_mended(store: CorpusStore, harvest: Run) -> None:
    harvest({"/a.htm": page("zh")})
    with store.writing():
        store.connection.execute("DELETE FROM copies")
    assert kinds(harvest({"/a.htm": page("zh")})) == {"/a.htm": "unchanged"}
    assert [copy.relation for copy in Ledger(store).copies()] == ["source"]
    assert kinds(harvest({"/a.htm": page("zh", "另有说明。")})) == {"/a.htm": "revised"}


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("https://www.cac.gov.cn/a.pdf", "official"),
        ("http://www.cac.gov.cn/a.pdf", "supplied"),
        ("https://example.org/a.pdf", "supplied"),
        (None, "supplied"),
    ],
)
def test_official_is_what_came_from_a_publisher_with_its_certificate(url: str | None, status: str) -> None:
    assert status_of(b"%PDF-", "aisgf@2.0", url) == status
