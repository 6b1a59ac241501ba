"""Checking a question set against the corpus before it is run: ids, pairs, nuggets.

What `cases` cannot see in a line alone: whether the gold clauses exist, whether a question has its translation with the
same gold, and whether a gold clause says what its nuggets look for, in some text of the corpus.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from corpus.ids import is_below, parse_id, short
from corpus.records import LANGS, Document
from eval.cases import Case
from eval.measures.nuggets import holds


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a case: `kind` is `clause`, `pair`, `nugget` or `gold`; an `error` makes a run meaningless."""

    case: str
    kind: str
    message: str
    error: bool


def check(cases: Sequence[Case], documents: Iterable[Document]) -> list[Finding]:
    """Everything found, in the order of the cases; nothing for a set that is whole."""
    texts = _texts(documents)
    pairs: defaultdict[str, list[Case]] = defaultdict(list)
    for case in cases:
        pairs[case.pair].append(case)
    found = []
    for case in cases:
        found += [*_clauses(case, texts), *_pair(case, pairs[case.pair]), *_nuggets(case, texts)]
    return found


def _texts(documents: Iterable[Document]) -> Mapping[str, Mapping[str, list[str]]]:
    """Edition -> path -> what the clause says in each document that has it, heading and place included."""
    texts: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for document in documents:
        for clause in document.clauses:
            texts[document.edition][clause.path].append(f"{clause.path} {clause.heading}\n{clause.text}")
    return texts


def _clauses(case: Case, texts: Mapping[str, Mapping[str, list[str]]]) -> Iterable[Finding]:
    for written in (*case.clauses, *case.alt_clauses):
        wanted = parse_id(written)
        if wanted.edition not in texts:
            yield Finding(case.id, "clause", f"{written}: the edition is not in the corpus", True)
        elif wanted.path not in texts[wanted.edition]:
            yield Finding(case.id, "clause", f"{written}: there is no such clause", True)
    if case.answerable and not (case.clauses or case.nuggets):
        yield Finding(case.id, "gold", "answerable, but neither clauses nor nuggets say how it is judged", True)


def _pair(case: Case, together: Sequence[Case]) -> Iterable[Finding]:
    langs = [one.lang for one in together]
    if sorted(langs) != sorted(LANGS):
        yield Finding(
            case.id, "pair", f"the pair {case.pair} has {', '.join(langs)}, not one question a language", False
        )
    elif len({(one.clauses, one.nuggets, one.answerable, one.refusal, one.versions) for one in together}) > 1:
        yield Finding(case.id, "pair", f"the questions of the pair {case.pair} have different gold", True)


def _nuggets(case: Case, texts: Mapping[str, Mapping[str, list[str]]]) -> Iterable[Finding]:
    """A nugget that no gold clause holds can still be right, a count for instance; so this is a warning."""
    if not case.clauses:
        return
    gold = "\n".join(_gold_texts(case, texts))
    for nugget in case.nuggets:
        if gold and not holds(gold, nugget):
            said = " / ".join(nugget.any)
            yield Finding(
                case.id, "nugget", f"no gold clause says {said!r} ({', '.join(map(short, case.clauses))})", False
            )


def _gold_texts(case: Case, texts: Mapping[str, Mapping[str, list[str]]]) -> Iterable[str]:
    for written in case.clauses:
        wanted = parse_id(written)
        for path, said in texts.get(wanted.edition, {}).items():
            if is_below(path, wanted.path):
                yield from said
