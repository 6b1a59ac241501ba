"""Where passages' vectors are searched: the file index beside us, Milvus, or PostgreSQL with pgvector.

Read in this order: `store` (what a store does), `place` (which one, from a URI), `local`, `nodes`, `milvus`, `postgres`,
`filling` (how a generation gets into a store), `upkeep` (which store a home has, what it holds).

Only the lists of passages by meaning come from a store. Ids, limits, lexical search, fusion and answers are ours, so what is
answered does not depend on the engine. What a search may find is a `Where`: numbers of kinds, never text of a user; LlamaIndex's
filters put values into SQL by string formatting.

We write through LlamaIndex's integrations, so that any LlamaIndex application can open what we wrote, and read with the
engine's own client: importing LlamaIndex takes three seconds of every `ask`, its stores pass no deadline on to the client, and
each hit would become a node only to be thrown away.

A generation has a collection of its own, `tiaowen_<owner>_<generation>`, both hexadecimal. The owner is a random number that
a home draws once: two homes with the same corpus on the same server would else share a collection that either may drop.
"""
