"""What the variants of a question cost: the same cases asked plainly and put otherwise, case against case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from eval.cases import Case
from eval.compare import mcnemar
from eval.measures.overall import accuracy
from eval.run import Ask
from eval.summary import DIGITS
from eval.variants import VARIANTS, changed


@dataclass(frozen=True, slots=True)
class Loss:
    """One variant: accuracy of `n` questions asked plainly and put otherwise, those lost and won, and McNemar's exact p."""

    variant: str
    n: int
    plain: float
    varied: float
    lost: tuple[str, ...]
    won: tuple[str, ...]
    p: float


def losses(cases: Sequence[Case], ask: Ask) -> list[Loss]:
    """A row per variant; a variant that changes none of the questions is left out. Each plain question is asked once."""
    plain = {case.id: accuracy(case, ask(case.question, case.scope)).value for case in cases}
    found = []
    for name, variant in VARIANTS.items():
        varied = {case.id: accuracy(case, ask(case.question, case.scope)).value for case in changed(cases, variant)}
        both = {
            one: (plain[one], value) for one, value in varied.items() if value is not None and plain[one] is not None
        }
        if both:
            found.append(_loss(name, both))
    return found


def _loss(name: str, both: Mapping[str, tuple[float | None, float]]) -> Loss:
    lost = tuple(case for case, (before, after) in both.items() if before and not after)
    won = tuple(case for case, (before, after) in both.items() if after and not before)
    n = len(both)
    plain, varied = (round(sum(bool(pair[side]) for pair in both.values()) / n, DIGITS) for side in (0, 1))
    return Loss(name, n, plain, varied, lost, won, round(mcnemar(len(won), len(lost)), DIGITS))


def as_json(found: Sequence[Loss]) -> dict[str, Any]:
    """The object that `eval variants --json` prints."""
    return {"variants": [asdict(one) for one in found]}


def table(found: Sequence[Loss]) -> str:
    """A line per variant, as a terminal shows it."""
    lines = [f"{'':<12} {'n':>5} {'plain':>7} {'varied':>7} {'lost':>5} {'won':>5} {'p':>7}"]
    for one in found:
        counts = f"{len(one.lost):>5} {len(one.won):>5} {one.p:>7.3f}"
        lines.append(f"{one.variant:<12} {one.n:>5} {one.plain:>7.3f} {one.varied:>7.3f} {counts}")
    return "\n".join(lines)
