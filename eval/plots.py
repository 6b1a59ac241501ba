"""Averages with their intervals as small pictures (SVG), for the report: one row a group, a dot on a scale from 0 to 1."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from eval.summary import Estimate

_LEFT, _WIDTH, _ROW, _RIGHT = 110, 220, 22, 90


def intervals_plot(groups: Mapping[str, Estimate], caption: str) -> str:
    """A figure: each group's value, a dot, in its interval, a line; groups without a value are left out.

    Values are shares in [0, 1]. The numbers stand beside the dots, so nothing is told by the picture alone.
    """
    known = [(name, one) for name, one in groups.items() if one.value is not None]
    height = _ROW * len(known) + 24
    parts = [
        f'<line class="axis" x1="{_x(at)}" y1="0" x2="{_x(at)}" y2="{height - 20}"/>'
        f'<text x="{_x(at)}" y="{height - 6}" text-anchor="middle">{at:g}</text>'
        for at in (0, 0.5, 1)
    ]
    parts += [_row(name, one, _ROW * at + _ROW / 2) for at, (name, one) in enumerate(known)]
    width = _LEFT + _WIDTH + _RIGHT
    picture = f'<svg role="img" aria-label="{escape(caption)}" width="{width}" height="{height}">{"".join(parts)}</svg>'
    return f"<figure><figcaption>{escape(caption)}</figcaption>{picture}</figure>"


def _x(value: float) -> float:
    return round(_LEFT + _WIDTH * min(max(value, 0.0), 1.0), 1)


def _row(name: str, one: Estimate, y: float) -> str:
    assert one.value is not None
    line = ""
    if one.lo is not None and one.hi is not None:
        line = f'<line class="ours" x1="{_x(one.lo)}" y1="{y}" x2="{_x(one.hi)}" y2="{y}"/>'
    return (
        f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end">{escape(name)}</text>{line}'
        f'<circle cx="{_x(one.value)}" cy="{y}" r="4"/>'
        f'<text x="{_LEFT + _WIDTH + 8}" y="{y + 4}">{one.value:.3f} (n={one.n})</text>'
    )
