"""A language model may put an answer into connected sentences. Nothing that it adds is shown.

    Answer ─ prompt ─> model ─ pieces ─> sentences ─ judge ─> the same Answer in other words, or as it was

    model      LanguageModel, the one method a model has; ModelFailed; pieces within limits of time and size
    settings   which model: TIAOWEN_LLM_URL, TIAOWEN_LLM_MODEL, TIAOWEN_LLM_KEY … of the environment
    llama      the door to LlamaIndex's language models, opened late
    prompt     the numbered quotations as data between marks that cannot be guessed
    suspicion  words that stand only where a text gives orders to a model
    sentences  pieces -> whole sentences, as they come
    judge      a sentence -> whether it is shown, and if not, why
    draft      all of it: `write` and `drafts`

The model gets the quotations of an answer that is finished and verified without it. It may order, connect and shorten.
Each of its sentences must name its quotations and passes `app.answering.claims.supported`; one that does not is dropped. Where
less than half is left, or the model fails, the extractive answer stands and says so. We chose this over letting a model
answer, because the answer stays checkable against its clauses, and over asking a second model whether the first is
right, because that cannot be checked at all.

The key is read from the environment, sent to the configured address and to no other, and never stored: no record, note,
log or message of an error holds it, nor anything that the model's server said about a failure.
"""
