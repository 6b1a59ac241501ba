"""Markers of questions that no edition deals in (`outside.toml`): one signal of the calibrated refusal, not a veto."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=1)
def load_outside() -> re.Pattern[str]:
    """One pattern over all markers, for folded text.

    >>> bool(load_outside().search("what fine does the eu ai act set?")), bool(load_outside().search("日志留存多久"))
    (True, False)
    """
    data = tomllib.loads(files("corpus").joinpath("outside.toml").read_text(encoding="utf-8"))
    return re.compile("|".join(f"(?:{marker})" for markers in data.values() for marker in markers))
