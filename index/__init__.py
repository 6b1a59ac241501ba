"""How it is found: passages, encoder, vectors, lexical index, retrieval, lineage, calibration. Stands on `corpus` alone.

Read in this order: `passages`, `llama` (the pipeline that makes them), `arrays`, `table`, `encoder`, `vectors`,
`lexical`, `questions`, `generation`, `build`, `beside`, `spelling`, `editions`, `numbers`, `measures`, `question`, `limits`,
`fusion`, `stores`, `lists`, `coverage`, `retrieve`, `leaves`, `alignment`, `substance`, `lineage`, `calibrate`.
Training the bundled encoder: `train`, `vocabulary`, `tune`, `losses`. Bulk work by Ray: `fleet`, `fleet_start`,
`fleet_encoder`.

We fuse by rank (reciprocal rank fusion, Cormack et al., SIGIR 2009) per language and never compare raw scores across
languages or encoders: they are not on one scale. Twins are collapsed to one clause before the answer sees them.

We chose readers' questions, written clause by clause, over a larger encoder: on the tuning questions over the official
texts they raised R@5 from 0.79 to 0.93, and learning from them raised the small static encoder's own from 0.49 to 0.79,
where a transformer of three layers, distilled and tuned in more time, reached 0.76 (`index/model/README.md`).
"""
