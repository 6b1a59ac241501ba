"""The command line: `tiaowen`. Stands on top and may import everything, each piece inside the command that needs it."""

import os

# Before numpy is imported: its products here are so small that a second thread of OpenBLAS only spins. Where cores are shared
# (the app under load, two builds) that took twice the processor time.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from app.cli.entry import main
from app.cli.main import app

__all__ = ["app", "main"]
