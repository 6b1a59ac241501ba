"""From question to verified answer.

    question ─ kinds ─> type ─┬─ lookup ┐
                              ├─ list, clause, definition, mapping ┤─> statements + citations ─ verify ─> Answer
                              ├─ diff (from the lineage) ┤
                              └─ count (exhaustive search) ┘

Read in this order: `words`, `comparison`, `kinds`, `evidence`, `compose`, `differences`, `occurrences`, `verify`, `assistant`;
for the checks `figures`, `signs`, `matching`, `claims`, `recount`, `verify`;
then `followups`: how a question that goes on from an answer becomes one that stands by itself.

Answers are extractive: what a statement claims is quoted, and code copies the quotation from the document. Connecting
words are ours (`words`) and claim nothing. We chose this over generation because it can be checked without a model. That
they claim nothing is checked, too, by the function that any sentence of a language model must pass (`claims.supported`).
"""
