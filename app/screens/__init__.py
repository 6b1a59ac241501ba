"""The chat in Streamlit: ask, read the answer sentence by sentence, open the clause behind every citation.

    start       title, ways to the screens, language; the script that `streamlit run` executes
    access      who is looking and what they may do; how often one may ask
    opening     the assistant, shared by all sessions; the first build, as a child process
    here        what every screen is given
    state       what one browser session remembers: turns, the clause that is open, the language; the address line
    ask         the chat; with welcome, drafting (a language model), evidence (the pane), feedback
    compare     two editions; with structure (chapters as a picture and as a table)
    read        an edition clause by clause in both languages; with source_page (the page of a PDF)
    terms       a concordance
    evaluation  runs of question sets          library   what is in the corpus; add, fetch, build
    tasks       commands as child processes, one at a time; working draws them
    turn_view   Turn -> plain values for the component that draws it
    clause_view Clause -> plain values for the component that draws it
    nodes       trees of plain values for everything else
    components  the components (turn.js, pane.js, sheet.js) and their style sheets

Screens describe; `app.answering` and `index` decide. We chose components over Markdown for everything that comes from a
document or a user: text travels as values and is drawn with `textContent`, so it can never become markup, and a
citation is a real button (a Markdown link would open a new tab and lose the session).

A question that goes on from the last answer is asked as `app.answering.followups` reads it. The reading is shown under the
words typed, with a button that asks these as they stand: a rule may misread, and then nothing is lost.

The folder of `start` is first on `sys.path` under Streamlit: no module here may be named like one of our packages or
like a module of the standard library.
"""
