"""Answering many questions by a fleet of Ray workers (`index.fleet`), each with one assistant over the same home.

    eval run --ray local ─ questions ─> answers(home, …) in a worker ─┐
                         └ questions ─> answers(home, …) in a worker ─┴─ answers, in the order asked

A batch whose worker is killed is asked again elsewhere; answers are written by `eval run` alone, each once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import RayFailed
from index.fleet import Place, fleet_at

if TYPE_CHECKING:
    from app.cli.session import Session
    from eval.run import Ask

Question = tuple[str, Mapping[str, str] | None]
"""A question and its scope."""
TOGETHER = 8
"""Questions in one task; so many answers at most are made anew where a worker is killed."""


def answered(
    session: Session, place: Place, questions: Sequence[Question], made_from: tuple[str, str], llm: bool
) -> Iterator[dict[str, Any]]:
    """The answers, in the order of the questions. `made_from`: the generation that is to answer, and the digest of the code.

    Raises `RayUnavailable`, `RayFailed`, and what a worker's own failure is.
    """
    home = str(session.home.root.resolve())
    with fleet_at(place) as fleet:
        session.say("ray_works", workers=fleet.workers)
        batches = (list(questions[at : at + TOGETHER]) for at in range(0, len(questions), TOGETHER))
        for found in fleet.map(answers, batches, home, made_from, llm):
            yield from found


def answers(home: str, made_from: tuple[str, str], llm: bool, questions: Sequence[Question]) -> list[dict[str, Any]]:
    """In a worker: the objects of `ask --json`, or what is wrong with the question itself, one a question."""
    from eval.run import asked

    ask, here = _kept(home, llm)
    if here != made_from:
        raise RayFailed(
            f"a Ray worker answers from index {here[0]}, code {here[1]}, not from {made_from[0]}, {made_from[1]}",
            way_out="give all machines the same home and the same version of Tiaowen, and build nothing meanwhile",
        )
    return [asked(ask, question, scope) for question, scope in questions]


@lru_cache(maxsize=1)
def _kept(home: str, llm: bool) -> tuple[Ask, tuple[str, str]]:
    """How a worker asks, opened once, with the generation and the digest of the code that answer."""
    from app.cli.run_command import asking, code_digest

    assistant, ask = asking(Path(home), llm)
    return ask, (assistant.retriever.generation, code_digest())
