"""Which language model is configured: variables of the environment, and nothing else, so that a key is never on a disk.

TIAOWEN_LLM_URL      an OpenAI-compatible address: http://127.0.0.1:11434/v1 (Ollama), https://host/v1
TIAOWEN_LLM_MODEL    the model's name there
TIAOWEN_LLM_KEY      its key, if it wants one
TIAOWEN_LLM_TIMEOUT  seconds for a whole draft (60); half as much for each piece of it
TIAOWEN_LLM_CLASS    another LlamaIndex class, package.module:Class, instead of the OpenAI-compatible one
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from app.writing.model import LIMITS, LanguageModel, Limits
from corpus.errors import LanguageModelUnavailable, UnusableInput

_EXAMPLE = "http://127.0.0.1:11434/v1"
_LONGEST = 3600.0


@dataclass(frozen=True, slots=True)
class Settings:
    """How to reach a model. The key is left out of `repr`; so is the address, where a key may stand by mistake."""

    model: str
    url: str = field(default="", repr=False)
    key: str = field(default="", repr=False)
    path: str = ""
    limits: Limits = LIMITS


def configured(environ: Mapping[str, str] | None = None) -> Settings | None:
    """The settings of the environment; None where no model is configured.

    Raises `LanguageModelUnavailable` where half of it is set, `UnusableInput` for a value that cannot be.

    >>> configured({"TIAOWEN_LLM_URL": "http://127.0.0.1:11434/v1", "TIAOWEN_LLM_MODEL": "qwen2.5", "TIAOWEN_LLM_KEY": "k"})
    Settings(model='qwen2.5', path='', limits=Limits(total=60.0, piece=30.0, characters=100000))
    """
    given = os.environ if environ is None else environ
    url, model, key, seconds, path = (
        given.get(f"TIAOWEN_LLM_{name}", "").strip() for name in ("URL", "MODEL", "KEY", "TIMEOUT", "CLASS")
    )
    if not url and not path:
        return None
    if not model:
        raise LanguageModelUnavailable("TIAOWEN_LLM_MODEL is not set", way_out="set it to the name of the model")
    if url:
        _check_address(url)
    if path and not _names_a_class(path):
        raise UnusableInput(
            f"TIAOWEN_LLM_CLASS is {path!r}", way_out="write it like llama_index.llms.ollama:Ollama, or unset it"
        )
    return Settings(model, url.rstrip("/"), key, path, _limits(seconds))


def required(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of the environment; raises `LanguageModelUnavailable` where no model is configured."""
    found = configured(environ)
    if found is None:
        raise LanguageModelUnavailable(
            "no language model is configured",
            way_out=f"set TIAOWEN_LLM_URL (such as {_EXAMPLE}) and TIAOWEN_LLM_MODEL, or leave out --llm",
        )
    return found


def open_model(settings: Settings) -> LanguageModel:
    """The model that is configured; raises `LanguageModelUnavailable` where its package is not installed."""
    from app.writing.llama import open_llama

    return open_llama(settings)


def _check_address(url: str) -> None:
    """Whether an address can be asked. It is not shown: people paste keys into addresses."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable:
        raise UnusableInput("TIAOWEN_LLM_URL is no web address", way_out=f"write it like {_EXAMPLE}")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise UnusableInput(
            "TIAOWEN_LLM_URL holds more than an address", way_out="put the key into TIAOWEN_LLM_KEY instead"
        )


def _names_a_class(path: str) -> bool:
    module, _, name = path.partition(":")
    return name.isidentifier() and all(part.isidentifier() for part in module.split("."))


def _limits(seconds: str) -> Limits:
    """`_limits("9").piece == 4.5`; the defaults for no seconds."""
    if not seconds:
        return LIMITS
    try:
        total = float(seconds)
    except ValueError:
        total = math.nan
    if not 0 < total <= _LONGEST:
        raise UnusableInput(
            f"TIAOWEN_LLM_TIMEOUT is {seconds!r}", way_out=f"give seconds from above 0 to {_LONGEST:.0f}, or unset it"
        )
    return Limits(total, total / 2)
