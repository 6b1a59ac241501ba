"""What became of the chapters, or sections, of one edition in another: flows between them, as a Sankey picture and as a table.

A flow counts the links of one label from one of them to another; what was added comes from nowhere, what was removed goes there.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.compare.table import Table, name_of
from app.compare.words import path_in_words
from app.compare.words import say as word_of
from app.messages import tell
from app.screens.nodes import Node, node
from app.screens.nodes import table as table_node
from corpus.records import Document, Lang

if TYPE_CHECKING:
    import plotly.graph_objects as go

COLOURS = {
    "added": "#2e9e63", "removed": "#d64545", "split": "#b07aa1", "merged": "#8064a2", "reworded": "#e0a100",
    "moved": "#3b7dd8", "editorial": "#7fa6a0", "unchanged": "#9aa5b1",
}  # fmt: skip
NOWHERE = ""
_NAME: dict[Lang, int] = {"zh": 24, "en": 52}
"""Letters shown of a heading."""
CHAPTERS, SECTIONS = 1, 2
"""How deep the clauses are that a flow joins."""


@dataclass(frozen=True, slots=True)
class Flow:
    """`count` links of a label from one clause, with all below it, to another; `NOWHERE` is an empty path."""

    old: str
    new: str
    label: str
    count: int


def flows(table: Table, depth: int = CHAPTERS) -> list[Flow]:
    """The flows of a table between clauses of a depth, in the order of its documents."""
    counted = Counter(
        (_above(table.old, row.link.old, depth), _above(table.new, row.link.new, depth), row.link.label)
        for row in table.rows
    )
    places = [{clause.path: at for at, clause in enumerate(d.clauses)} for d in (table.old, table.new)]

    def order(item: tuple[tuple[str, str, str], int]) -> tuple[int, int, str]:
        (old, new, label), _ = item
        return places[0].get(old, 10_000), places[1].get(new, 10_000), label

    return [Flow(*key, count) for key, count in sorted(counted.items(), key=order)]


def _above(document: Document, paths: tuple[str, ...], depth: int) -> str:
    """The clause of a depth that a link's first clause stands in; a shallower one is its own."""
    if not paths:
        return NOWHERE
    clause = document.by_path[paths[0]]
    return [*document.ancestors(clause), clause][:depth][-1].path


def _title(document: Document, path: str, lang: Lang) -> str:
    if path == NOWHERE:
        return tell("nowhere", lang)
    name = name_of(document, document.by_path[path])
    most = _NAME[document.lang]
    shown = name if len(name) <= most else f"{name[:most]}…"
    return f"{path_in_words(path, document.lang)} {shown}" if path != "preface" else shown


def sankey(found: list[Flow], table: Table, lang: Lang, ink: str) -> go.Figure:
    """The picture: the old edition on the left, the new one on the right, a band per flow, coloured by label; `ink`: of words."""
    import plotly.graph_objects as go

    olds = list(dict.fromkeys(flow.old for flow in found))
    news = list(dict.fromkeys(flow.new for flow in found))
    names = [_title(table.old, path, lang) for path in olds] + [_title(table.new, path, lang) for path in news]
    link: dict[str, Any] = {
        "source": [olds.index(flow.old) for flow in found],
        "target": [len(olds) + news.index(flow.new) for flow in found],
        "value": [flow.count for flow in found],
        "color": [_translucent(COLOURS[flow.label]) for flow in found],
        "customdata": [word_of(flow.label, lang) for flow in found],
        "hovertemplate": "%{customdata} %{value}<extra></extra>",
    }
    nodes = {
        "label": names,
        "color": "#6b7785",
        "pad": 14,
        "thickness": 14,
        "hovertemplate": "%{label} %{value}<extra></extra>",
    }
    words = {"size": 13, "shadow": "none", "color": ink}
    figure = go.Figure(go.Sankey(node=nodes, link=link, arrangement="snap", textfont=words))
    height = max(420, 26 * max(len(olds), len(news)))
    figure.update_layout(margin={"l": 4, "r": 4, "t": 8, "b": 8}, height=height, font={"size": 13})
    return figure


def _translucent(colour: str) -> str:
    """`_translucent("#2e9e63") == "rgba(46,158,99,0.55)"`."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.55)"


def legend(found: list[Flow], lang: Lang) -> Node:
    """What the colours mean, with the links of each label."""
    counts = Counter[str]()
    for flow in found:
        counts[flow.label] += flow.count
    items = [
        node("li", node("span", kind=f"swatch {label}"), f"{word_of(label, lang)} {counts[label]}")
        for label in COLOURS
        if counts[label]
    ]
    return node("ul", *items, kind="legend")


def structure_table(found: list[Flow], table: Table, lang: Lang) -> Node:
    """The same in words."""
    heads = [
        tell("structure_from", lang, version=table.version("old")),
        tell("structure_to", lang, version=table.version("new")),
        word_of("kind", lang),
        tell("structure_count", lang),
    ]
    rows = [
        [_title(table.old, f.old, lang), _title(table.new, f.new, lang), word_of(f.label, lang), str(f.count)]
        for f in found
    ]
    return table_node(heads, rows, numbers=(3,))
