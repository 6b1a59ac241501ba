"""Streamlit, with the index opened while the server starts, so that the first visitor does not wait for it.

`python -m app.screens.serving run app/screens/start.py --server.port 8501` takes what `streamlit` takes.
"""

from __future__ import annotations

import logging
import threading

from streamlit.web import cli

from app.screens.opening import warm


def main() -> None:
    """Run Streamlit's command line; ends as it does."""
    logging.getLogger(
        "streamlit.runtime.scriptrunner_utils.script_run_context"
    ).disabled = True  # warming has no session
    threading.Thread(target=warm, daemon=True).start()
    cli.main(prog_name="streamlit")


if __name__ == "__main__":
    main()
