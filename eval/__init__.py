"""How good it is: question cases, measures, runs, reports. Knows `corpus` and `app.answering`, and no screen.

Read in this order: `cases`, `measures` (`score`, `nuggets`, `citations`, `refusals`, `retrieval`, `overall`),
`intervals`, `summary`, `run`, `report`, `terminal`, `systems`, `stock`, `lineage`, `metamorphic`.

    cases.jsonl -> Case -> ask -> answer -> Score per case and measure -> Summary -> answers, rows, summary, report

Decisions:

* We chose to score the JSON that `ask --json` prints over the `Answer` record, because a run that was killed goes on
  from `answers.jsonl`, another program's answers can be scored, and what users get is what is measured.
* We chose rows first, averages second: a case that a measure cannot judge keeps its row, with a reason. A missing
  answer scores 0 wherever it can; it never vanishes (after ir_measures).
* We chose string nuggets and clause ids over a judging model: the same run gives the same rows, in Chinese as in
  English. Faithfulness without a reference is left out, because an assistant that echoes its sources maxes it out.
* We chose Wilson intervals for shares of cases and a bootstrap over pairs for means, because a question and its
  translation are not two independent observations (Miller, "Adding Error Bars to Evals", arXiv 2411.00640).
* Times stand in `answers.jsonl` and in the summary, never in `rows.jsonl`: a second run writes the same rows.
"""
