"""How it is found: passages, encoder, vectors, lexical index, retrieval, lineage, calibration. Stands on `corpus` alone.

Read in this order: `passages`, `llama` (the pipeline that makes them), `encoder`, `vectors`, `lexical`, `generation`,
`build`, `question`, `retrieve`, `lineage`, `calibrate`.

We fuse by rank (reciprocal rank fusion, Cormack et al., SIGIR 2009) per language and never compare raw scores across
languages or encoders: they are not on one scale. Twins are collapsed to one clause before the answer sees them.
"""
