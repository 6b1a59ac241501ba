"""A reviewer's decisions about the lineage, `lineage-overrides.toml`: they win over what was computed."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from corpus.catalogue import load_catalogue
from corpus.errors import UnusableInput
from corpus.records import LANGS, Lang

_KEYS = {"old", "new", "langs", "from", "to", "note"}


@dataclass(frozen=True, slots=True)
class Override:
    """What clauses of `old`, an edition id, became in `new`, in the lineages of `langs`, by whose decision."""

    old: str
    new: str
    langs: tuple[Lang, ...]
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    note: str


@lru_cache(maxsize=1)
def load_overrides() -> tuple[Override, ...]:
    """The bundled decisions."""
    return read_overrides(files("corpus").joinpath("lineage-overrides.toml").read_text(encoding="utf-8"))


def read_overrides(text: str) -> tuple[Override, ...]:
    """Decisions from TOML. Raises `UnusableInput` with the number of one that is not whole."""
    catalogue, found = load_catalogue(), []
    for number, row in enumerate(tomllib.loads(text).get("override", ()), start=1):
        if (
            set(row) != _KEYS
            or not (row["from"] or row["to"])
            or not row["note"]
            or not set(row["langs"]) <= set(LANGS)
        ):
            raise UnusableInput(
                f"lineage-overrides.toml: override {number} is not whole",
                way_out="give old, new, langs, from, to (one of them not empty) and note",
            )
        editions = catalogue.edition(row["old"]).id, catalogue.edition(row["new"]).id
        found.append(Override(*editions, tuple(row["langs"]), tuple(row["from"]), tuple(row["to"]), row["note"]))
    return tuple(found)
