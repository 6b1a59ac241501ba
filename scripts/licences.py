"""The licences of everything that Tiaowen needs: `python scripts/licences.py > docs/licences.md`.

Starts at Tiaowen's own requirements, extras included, and follows those of each package that is installed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

EXTRAS = ("", "ocr", "llm", "oidc", "models", "milvus", "postgres", "ray")
"""What users install; `dev` is for tests alone."""
ALLOWED = re.compile(
    r"MIT|BSD|Apache|ISC|PSF|Python Software Foundation|MPL|Mozilla|LGPL|Zope|ZPL|Unlicense|CC0|HPND|zlib|Public Domain|0BSD|"
    r"Academic Free"
)
HEAD = """# Licences of dependencies

What `pip install 'tiaowen[ocr,llm,oidc,models,milvus,postgres,ray]'` brings, with the licence that each package declares.
Written by `python scripts/licences.py`; `tests/test_licences.py` holds every one against a list of those that may
be used with ours.

| package | version | licence |
|---|---|---|"""


def needed(name: str = "tiaowen") -> dict[str, metadata.Distribution]:
    """The installed distributions that a package needs, at any depth, by name; itself left out."""
    found: dict[str, metadata.Distribution] = {}
    waiting: list[tuple[str, tuple[str, ...]]] = [(name, EXTRAS)]
    seen: set[tuple[str, tuple[str, ...]]] = set()
    while waiting:
        wanted = waiting.pop()
        if wanted in seen:
            continue
        seen.add(wanted)
        for requirement in requirements(*wanted):
            key = canonicalize_name(requirement.name)
            try:
                found[key] = metadata.distribution(key)
            except metadata.PackageNotFoundError:
                continue
            waiting.append((key, ("", *sorted(requirement.extras))))
    found.pop(name, None)
    return dict(sorted(found.items()))


def requirements(name: str, extras: tuple[str, ...]) -> Iterator[Requirement]:
    """What a package requires here, with extras."""
    for text in metadata.distribution(name).requires or ():
        requirement = Requirement(text)
        if requirement.marker is None or any(requirement.marker.evaluate({"extra": extra}) for extra in extras):
            yield requirement


def licence(distribution: metadata.Distribution) -> str:
    """As declared: the SPDX expression, else the classifiers, else the first line of the text."""
    declared = distribution.metadata
    if expression := declared.get("License-Expression"):
        return str(expression)
    classified = [
        one.rpartition(" :: ")[2] for one in declared.get_all("Classifier") or () if one.startswith("License")
    ]
    named = [one for one in classified if one != "OSI Approved"]
    text = str(declared.get("License") or "").strip().splitlines()
    return ", ".join(named) or (text[0][:60] if text else "not declared")


def main() -> None:
    """Print the table."""
    print(HEAD)
    for name, distribution in needed().items():
        print(f"| {name} | {distribution.version} | {licence(distribution)} |")


if __name__ == "__main__":
    main()
