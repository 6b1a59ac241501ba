"""What readers say of an answer, kept in the home and nowhere else: `HOME/feedback.jsonl`, one JSON object a line."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

from corpus.errors import HomeUnusable
from corpus.home import Home
from corpus.records import Answer
from corpus.store import utc_now

LONGEST_REASON = 1000


def place_of_feedback(home: Home) -> Path:
    """The file."""
    return home.root / "feedback.jsonl"


def keep_feedback(home: Home, answer: Answer, good: bool, reason: str, by: str = "") -> None:
    """Append one judgement; a line is written in one piece, so that several readers at once lose nothing.

    Raises `HomeUnusable` where the file cannot be written.
    """
    row = {
        "answer_id": answer.answer_id,
        "question": answer.question,
        "lang": answer.lang,
        "good": good,
        "reason": reason[:LONGEST_REASON],
        "by": by,
        "at": utc_now(),
    }
    line = f"{json.dumps(row, ensure_ascii=False)}\n".encode()
    try:
        handle = os.open(place_of_feedback(home), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            if (written := os.write(handle, line)) < len(line):
                os.ftruncate(handle, os.fstat(handle).st_size - written)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        finally:
            os.close(handle)
    except OSError as error:
        raise HomeUnusable(
            f"feedback cannot be kept: {error.strerror}",
            way_out="free some space, or name another home with --home DIR",
        ) from error
