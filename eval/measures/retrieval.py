"""Retrieval: where the gold clauses stand among the hits. Computed by ir-measures, the one door to it.

`R@k`: gold clauses among the first k hits ÷ gold clauses. `nDCG@k`: gain discounted by log2 of the rank, over the best
possible (Järvelin and Kekäläinen, TOIS 2002). `RR`: 1 ÷ rank of the first gold clause (Kantor and Voorhees, TREC-5,
2000). Range [0, 1], higher is better. Gold is `clauses`; the `alt_clauses` earn nothing here.
Edge cases: unscored for an unanswerable case and without gold clauses; no hits score 0.
"""

from __future__ import annotations

from collections.abc import Callable

from corpus.ids import neutral
from eval.cases import Case
from eval.measures.citations import counts_for
from eval.measures.score import AnswerJson, Score, unscored


def ranking(case: Case, answer: AnswerJson) -> list[str]:
    """The hits as a ranked list, best first: a gold id where a hit counts for it, else the hit's clause after `~`.

    Hits of one clause, in either language, are one. A gold clause is found once, by its first hit; a second hit below
    it keeps its place in the list and earns nothing. A hit that counts for two gold clauses stands for the lower one.

    >>> case = Case("q", "？", "zh", clauses=("2.0#3.1",))
    >>> hits = [{"clause": f"aisgf@2.0/{one}", "rank": rank} for rank, one in enumerate(("en#5", "zh#5", "zh#3.1.2"))]
    >>> ranking(case, {"hits": hits})
    ['~aisgf@2.0#5', '2.0#3.1']
    """
    ranked = sorted(answer.get("hits") or (), key=lambda hit: int(hit["rank"]))
    waiting = sorted(case.clauses, key=len, reverse=True)
    places: list[str] = []
    for clause in dict.fromkeys(neutral(hit["clause"]) for hit in ranked):
        gold = next((one for one in waiting if counts_for(clause, one)), None)
        if gold is not None:
            waiting.remove(gold)
        places.append(gold or f"~{clause}")
    return places


def retrieval(name: str) -> Callable[[Case, AnswerJson], Score]:
    """The function of a measure as ir-measures spells it: `retrieval("R@5")`."""

    def score(case: Case, answer: AnswerJson) -> Score:
        if not case.answerable or not case.clauses:
            return unscored("the case has no gold clauses" if case.answerable else "the case is unanswerable")
        places = ranking(case, answer)
        if not places:
            return Score(0.0, "no hits")
        found = [f"{one} at {rank}" for rank, one in enumerate(places, start=1) if not one.startswith("~")]
        return Score(_value(name, case.clauses, places), "; ".join(found) or f"no gold clause in {len(places)} hits")

    return score


def _value(name: str, gold: tuple[str, ...], places: list[str]) -> float:
    import ir_measures

    measure = ir_measures.parse_measure(name)
    run = {place: -float(rank) for rank, place in enumerate(places)}
    return float(ir_measures.calc_aggregate([measure], {"q": dict.fromkeys(gold, 1)}, {"q": run})[measure])
