"""What a user may name as a store, and what is said of what is none, holds a password, or lacks its package."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest
from store_servers import PASSWORD

from corpus.errors import StoreUnavailable, UnusableInput
from index.stores.milvus import access
from index.stores.place import Place, open_store, place_of


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("http://127.0.0.1:19530", "milvus"),
        ("https://li@milvus.example.org", "milvus"),
        ("postgresql://li@db.example.org:5432/tiaowen?sslmode=require", "postgres"),
        ("postgres://db.example.org/条文", "postgres"),
    ],
)
def test_a_store_is_named_by_its_uri(written: str, kind: str) -> None:
    assert place_of(written) == Place(kind, written)


def test_files_have_no_place_and_a_milvus_lite_file_an_absolute_one() -> None:
    assert place_of("faiss") is None
    found = place_of("milvus-lite:向量.db")
    assert found is not None and found.uri.startswith("milvus-lite:/") and found.uri.endswith("向量.db")


@pytest.mark.parametrize("written", ["", "redis://host", "http://", "postgresql://h:port/x", "chroma", "milvus-lite:"])
def test_what_is_no_store_is_told_with_those_that_are(written: str) -> None:
    with pytest.raises(UnusableInput, match=r"is no store; write faiss, http://HOST:19530, milvus-lite:PATH or"):
        place_of(written)


@pytest.mark.parametrize(
    "written",
    [
        f"postgresql://li:{PASSWORD}@db/tiaowen",
        f"http://root:{PASSWORD}@host:19530",
        f"postgresql://li@db/tiaowen?password={PASSWORD}",
        f"https://host?token={PASSWORD}",
        f"redis://li:{PASSWORD}@host",
    ],
)
def test_a_password_in_a_uri_is_refused_and_never_repeated(written: str) -> None:
    with pytest.raises(UnusableInput) as told:
        place_of(written)
    assert PASSWORD not in str(told.value)


@pytest.mark.parametrize(
    ("uri", "password", "address", "token"),
    [
        ("http://h:19530", "", "http://h:19530", ""),
        ("https://h/库", "a-token", "https://h/库", "a-token"),
        ("http://root@h:1", "秘密", "http://h:1", "root:秘密"),
        ("http://root@h:1", "root:秘密", "http://h:1", "root:秘密"),
        ("milvus-lite:/a@b.db", "ignored", "/a@b.db", ""),
    ],
)
def test_milvus_is_told_user_and_password_apart_from_its_address(
    uri: str, password: str, address: str, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TIAOWEN_STORE_PASSWORD", raising=False)
    monkeypatch.setenv("MILVUS_TOKEN", password)
    assert access(Place("milvus", uri)) == {"uri": address, "token": token}


@pytest.mark.parametrize(
    ("uri", "module", "extra"),
    [
        ("http://h:1", "pymilvus", "milvus"),
        ("milvus-lite:/x.db", "milvus_lite", "milvus"),
        ("postgres://h/d", "psycopg2", "postgres"),
    ],
)
def test_a_missing_extra_is_told_with_the_command(
    uri: str, module: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    where = place_of(uri)
    assert where is not None
    with pytest.raises(StoreUnavailable, match=rf"needs the package {module}; run: pip install 'tiaowen\[{extra}\]'"):
        open_store(replace(where, owner="0" * 16), "1" * 16, 32, 10)
