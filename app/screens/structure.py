"""What became of the chapters of one edition in another: flows between them, as a Sankey picture and as a table.

A flow counts the links of one label from one chapter to another; what was added comes from nowhere, what was removed goes there.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.compare.table import Table, name_of
from app.compare.words import path_in_words
from app.compare.words import say as word_of
from app.messages import tell
from app.screens.nodes import Node
from app.screens.nodes import table as table_node
from corpus.records import Document, Lang

if TYPE_CHECKING:
    import plotly.graph_objects as go

COLOURS = {
    "added": "#2e9e63", "removed": "#d64545", "split": "#b07aa1", "merged": "#8064a2", "reworded": "#e0a100",
    "moved": "#3b7dd8", "editorial": "#7fa6a0", "unchanged": "#9aa5b1",
}  # fmt: skip
NOWHERE = ""
_NAME: dict[Lang, int] = {"zh": 14, "en": 30}


@dataclass(frozen=True, slots=True)
class Flow:
    """`count` links of a label from one chapter to another; `NOWHERE` is an empty path."""

    old: str
    new: str
    label: str
    count: int


def flows(table: Table) -> list[Flow]:
    """The flows of a table in the order of its documents."""
    counted = Counter(
        (_chapter(table.old, row.link.old), _chapter(table.new, row.link.new), row.link.label) for row in table.rows
    )
    places = [{clause.path: at for at, clause in enumerate(d.clauses)} for d in (table.old, table.new)]

    def order(item: tuple[tuple[str, str, str], int]) -> tuple[int, int, str]:
        (old, new, label), _ = item
        return places[0].get(old, 10_000), places[1].get(new, 10_000), label

    return [Flow(*key, count) for key, count in sorted(counted.items(), key=order)]


def _chapter(document: Document, paths: tuple[str, ...]) -> str:
    """The chapter, or section of a chapter of risks or measures, that a link's first clause stands in."""
    if not paths:
        return NOWHERE
    clause = document.by_path[paths[0]]
    above = [*document.ancestors(clause), clause]
    return above[0].path


def _title(document: Document, path: str, lang: Lang) -> str:
    if path == NOWHERE:
        return tell("nowhere", lang)
    name = name_of(document, document.by_path[path])
    most = _NAME[document.lang]
    shown = name if len(name) <= most else f"{name[:most]}…"
    return f"{path_in_words(path, document.lang)} {shown}" if path != "preface" else shown


def sankey(found: list[Flow], table: Table, lang: Lang) -> go.Figure:
    """The picture: chapters of the old edition on the left, of the new one on the right, a band per flow, coloured by label."""
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
    figure = go.Figure(go.Sankey(node=nodes, link=link, arrangement="snap", textfont={"size": 13, "shadow": "none"}))
    figure.update_layout(margin={"l": 4, "r": 4, "t": 8, "b": 8}, height=420, font={"size": 13})
    return figure


def _translucent(colour: str) -> str:
    """`_translucent("#2e9e63") == "rgba(46,158,99,0.55)"`."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.55)"


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
