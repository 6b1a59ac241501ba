"""The chat in Streamlit: ask, read the answer sentence by sentence, open the clause behind every citation.

    chat        what stands where on the page; the script that `streamlit run` executes
    opening     the assistant, shared by all sessions; the first build, as a child process
    state       what one browser session remembers: turns, the clause that is open, the language; the address line
    turn_view   Turn -> plain values for the component that draws it
    drafting    a language model putting an answer into sentences, where one is configured and switched on
    clause_view Clause -> plain values for the component that draws it
    components  the two components (turn.js, pane.js) and their style sheets

Screens describe; `app.answering` and `index` decide. We chose components over Markdown for everything that comes from a
document or a user: text travels as values and is drawn with `textContent`, so it can never become markup, and a
citation is a real button (a Markdown link would open a new tab and lose the session).

A question that goes on from the last answer is asked as `app.answering.followups` reads it. The reading is shown under the
words typed, with a button that asks these as they stand: a rule may misread, and then nothing is lost.

The folder of `chat` is first on `sys.path` under Streamlit: no module here may be named like one of our packages or
like a module of the standard library.
"""
