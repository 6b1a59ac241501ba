"""Measures that answer a risk, as the text's own mapping table has it: a list for questions that ask for measures.

"怎么防数据投毒？"  ->  3.1.2(b) is found  ->  its row of the table, T.3.1.2(b)  ->  4.1.2(b), 4.1.2(c), …
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.mapping import rows as mapping_rows
from corpus.records import Document
from index.fusion import best_first

RISKS = 3
"""How many of the best risks are followed into the table."""
_ASKED = re.compile(
    r"措施|应对|对策|对付|办法|药方|补救|缓解|防范|怎么防|如何防|怎样防|解决|映射|对照表"
    r"|\b(?:counter)?measures?\b|\bremed(?:y|ies)\b|\bmitigat|\bsafeguards?\b|\brespon[sd]|\bfix(?:es)?\b"
    r"|\baddress|\bdealt? with\b"
    r"|\bcounter|\bprevent|\btackl|\bcures?\b|\bbe done\b|\bdefen[cs]e|\bmap(?:s|ped|ping)?\b"
)


def asks_for_measures(folded: str) -> bool:
    """Whether a folded question asks for measures: `asks_for_measures("数据投毒怎么防")`, "countermeasures to poisoning"."""
    return _ASKED.search(folded) is not None


def answers(documents: Iterable[Document], clauses: Mapping[str, int]) -> dict[int, list[int]]:
    """By row of a risk's clause: the rows of its line of the table and of the measures in it; `clauses`: rows by id."""
    found: defaultdict[int, dict[int, None]] = defaultdict(dict)
    for document in documents:
        for row in mapping_rows(document):
            ids = [f"{document.edition}#{path}" for path in (row.risk, row.path, *row.measures)]
            if ids[0] in clauses:
                found[clauses[ids[0]]] |= dict.fromkeys(clauses[one] for one in ids[1:] if one in clauses)
    return {risk: list(rows) for risk, rows in found.items()}


def following(
    answered: Mapping[int, Sequence[int]], scores: NDArray[np.float64], shown: NDArray[np.int32]
) -> Iterator[tuple[int, float]]:
    """Passages of the table and of its measures for the best risks by `scores`, `(clauses,)`; `shown`: of each clause."""
    risks = [row for row in best_first(scores) if row in answered][:RISKS]
    for risk in risks:
        yield from ((int(shown[row]), float(scores[risk])) for row in answered[risk] if shown[row] >= 0)
