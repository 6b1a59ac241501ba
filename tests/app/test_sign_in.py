"""Signing in by OIDC, with a provider on loopback: who is not signed in sees nothing, operators are those named."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing import ask, served, visiting
from built import copied_home
from signing import CLIENT, SECRET, provided

from app.cli.app_command import free_port
from app.messages import tell
from corpus.records import Lang

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("lang", "email", "verified", "operator"),
    [
        ("zh", "Li@example.org", True, True),
        ("en", "li@example.org", False, False),
    ],
)
def test_people_sign_in_and_operators_are_those_named(
    browser: Browser,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    lang: Lang,
    email: str,
    verified: bool,
    operator: bool,
) -> None:
    """A name that the provider did not verify opens no more than any other."""
    from playwright.sync_api import expect

    monkeypatch.setenv("TIAOWEN_OPERATORS", "li@example.org")
    home = copied_home(tmp_path / "home")
    port = free_port("127.0.0.1", 0)
    with provided() as provider:
        provider.email, provider.verified = email, verified
        secrets = tmp_path / "auth.toml"
        secrets.write_text(
            f'[auth]\nredirect_uri = "http://127.0.0.1:{port}/oauth2callback"\ncookie_secret = "{"x" * 40}"\n'
            f'client_id = "{CLIENT}"\nclient_secret = "{SECRET}"\n'
            f'server_metadata_url = "{provider.url}/.well-known/openid-configuration"\n',
            encoding="utf-8",
        )
        locale = {"zh": "zh-CN", "en": "en-US"}[lang]
        with (
            served(home.root, tmp_path, "--auth", str(secrets), port=port) as url,
            visiting(browser, locale=locale, viewport={"width": 1280, "height": 800}) as context,
        ):
            page = context.new_page()
            page.goto(f"{url}/?view=library")
            expect(page.get_by_text(tell("sign_in_first", lang))).to_be_visible()
            expect(page.locator("table, .st-key-view, .st-key-build_index")).to_have_count(0)
            page.get_by_role("button", name=tell("sign_in", lang)).click()
            expect(page.locator(".st-key-view")).to_be_visible()
            page.goto(f"{url}/?view=library")
            expect(page.locator("table").first).to_be_visible()
            expect(page.locator(".st-key-build_index")).to_have_count(int(operator))
            page.goto(url)
            ask(page, "日志要留存多久？")
            page.get_by_role("button", name=tell("sign_out", lang)).click()
            expect(page.get_by_text(tell("sign_in_first", lang))).to_be_visible()
