"""What became of every clause, as a table (对照表): for the terminal, a browser, a spreadsheet, a word processor.

Read in this order: `words`, `table`, `sentences`, `page` (HTML), `sheet` (CSV), `word` (Word).

    lineage, both texts, filters -> table.compared -> Table of rows -> page / sheet / word

Nothing is compared here: every row is a link of the lineage, every cell a slice of a clause.
"""
