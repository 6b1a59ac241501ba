"""Trees of plain values for the component that draws tables, columns and lists: text travels as text and never as markup.

>>> node("p", "上线前", node("mark", "备份"), lang="zh")
{'tag': 'p', 'children': ['上线前', {'tag': 'mark', 'children': ['备份']}], 'lang': 'zh-CN'}
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from app.screens.clause_view import TAGS, safe_url
from corpus.records import Lang

Node = dict[str, Any]
Child = Node | str | None

TAGS_DRAWN = frozenset(
    {
        "div", "section", "nav", "header", "p", "span", "strong", "em", "small", "mark", "ins",
        "del", "ul", "ol", "li", "table", "caption", "thead", "tbody", "tr", "th", "td", "h2", "h3",
        "h4", "button", "a", "code", "pre", "details", "summary",
    }
)  # fmt: skip
"""What `sheet.js` makes; it checks the same list."""


def node(
    tag: str,
    *children: Child,
    kind: str = "",
    lang: Lang | None = None,
    act: dict[str, Any] | None = None,
    href: str | None = None,
    **attributes: str | int | bool | None,
) -> Node:
    """One element. `kind`: its class; `act`: what a click on a button sends back; `href`: an address outside, dropped unless
    it is of the web; other attributes by their HTML name, `_` for `-`. Raises `ValueError` for a tag that is not drawn."""
    if tag not in TAGS_DRAWN:
        raise ValueError(f"{tag!r} is not drawn")
    found: Node = {"tag": tag, "children": [child for child in children if child]}
    if kind:
        found["kind"] = kind
    if lang:
        found["lang"] = TAGS[lang]
    if act is not None:
        found["act"] = act
    if (address := safe_url(href)) is not None:
        found["href"] = address
    given = {name.replace("_", "-"): value for name, value in attributes.items() if value not in (None, False, "")}
    return found | ({"attributes": given} if given else {})


def table(
    heads: Sequence[Child],
    rows: Iterable[Sequence[Child]],
    *,
    caption: str = "",
    kind: str = "",
    numbers: Iterable[int] = (),
) -> Node:
    """A table with a head line; the first cell of a row heads it. `numbers`: columns set to the right."""
    right = set(numbers)

    def cell(tag: str, at: int, child: Child, scope: str = "") -> Node:
        return node(tag, child, kind="n" if at in right else "", scope=scope)

    head = node("tr", *(cell("th", at, one, scope="col") for at, one in enumerate(heads)))
    body = [
        node("tr", *(cell("td", at, one) if at else cell("th", at, one, scope="row") for at, one in enumerate(row)))
        for row in rows
    ]
    return node(
        "table", node("caption", caption) if caption else None, node("thead", head), node("tbody", *body), kind=kind
    )


def marked(text: str, wanted: str) -> list[Child]:
    """Text cut where `wanted` occurs, in whatever case: `marked("AI and ai", "AI")` marks both."""
    if not wanted:
        return [text]
    folded, sought = text.casefold(), wanted.casefold()
    if len(folded) != len(text):  # letters that casefold makes longer would shift every place behind them
        folded, sought = text, wanted
    parts: list[Child] = []
    at = 0
    while (found := folded.find(sought, at)) >= 0:
        parts += [text[at:found], node("mark", text[found : found + len(wanted)])]
        at = found + len(wanted)
    return [*parts, text[at:]]
