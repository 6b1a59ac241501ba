"""The command line: `tiaowen`. Stands on top and may import everything, each piece inside the command that needs it."""

from app.cli.main import app, main

__all__ = ["app", "main"]
