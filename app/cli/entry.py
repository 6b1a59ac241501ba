"""How `tiaowen` starts and ends: arguments that are text, failures as one line on stderr, an exit code, JSON if asked for.

Exit codes: 0 done (a reasoned refusal included), 2 wrong use, 3 a gate missed, 1 anything else.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from typer.exceptions import TyperException

from app.cli.main import app
from app.messages import tell, ui_language
from corpus.errors import TiaowenError, UnusableInput

_LONGEST = 4096
"""Most characters of an argument, as most systems have it for a path."""
INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it; typer turns the interrupt into it."""


def main() -> None:
    """Entry point: runs a command and turns failures into one line and an exit code."""
    as_json = "--json" in sys.argv[1:]
    try:
        _check(sys.argv[1:])
        code = app(standalone_mode=False) or 0
        if code == INTERRUPTED:
            print(tell("interrupted", ui_language()), file=sys.stderr)
        sys.exit(code)
    except TyperException as error:
        message = error.format_message().rstrip(".")
        if "\n" in message:  # the help of a command without arguments
            print(message, file=sys.stderr)
            sys.exit(error.exit_code)
        _fail(message, "see: tiaowen --help", as_json, error.exit_code)
    except TiaowenError as error:
        _fail(error.message, error.way_out, as_json, error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        what = f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}"
        _fail(what, "free some space or name another home with --home DIR; nothing was changed", as_json, 1)


def _check(arguments: Sequence[str]) -> None:
    """Raises `UnusableInput` for an argument that is no text, which could be neither understood nor printed, or far too long."""
    for at, one in enumerate(arguments, start=1):
        if not _is_text(one):
            raise UnusableInput(
                f"argument {at} is not UTF-8 text", way_out="set the terminal to UTF-8 and type it again"
            )
        if len(one) > _LONGEST:
            raise UnusableInput(f"argument {at} has {len(one)} characters", way_out=f"give it {_LONGEST} at most")


def _is_text(argument: str) -> bool:
    if argument.isascii():  # so that `--help` need not import what reads texts
        return True

    from corpus.text import is_text

    return is_text(argument)


def _fail(message: str, way_out: str, as_json: bool, code: int) -> None:
    if as_json:
        print(json.dumps({"error": message, "way_out": way_out}, ensure_ascii=False))
    print(f"tiaowen: {message}; {way_out}" if way_out else f"tiaowen: {message}", file=sys.stderr)
    sys.exit(code)
