"""The door to LlamaIndex's language models: the OpenAI-compatible one, or any other class of theirs.

What goes out is the prompt and, where there is one, the key; where it goes is the configured address alone. Left to
itself the client underneath would follow redirects with the whole prompt, send a loopback address through a proxy, tell
the server about this machine, and take keys and organisations from `OPENAI_…` variables that were meant for another one.
"""

from __future__ import annotations

import importlib
import ipaddress
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from app.writing.model import ModelFailed, Prompt
from app.writing.settings import Settings
from corpus.errors import LanguageModelUnavailable

if TYPE_CHECKING:
    import httpx

_SENT = frozenset(("host", "accept", "accept-encoding", "connection", "content-type", "content-length", "user-agent"))
"""Headers that leave this machine; with a key `authorization` too."""
_WHOLE = ("stop", "eos", "end_turn")
_MOST_TOKENS = 4096
_CLIENTS = ("httpcore", "httpx", "openai")
"""Libraries whose logs below a warning repeat headers, and what a server answered."""
_ADDRESSES = ("api_base", "base_url")
"""What LlamaIndex's classes call the address."""


@dataclass(frozen=True, slots=True)
class LlamaModel:
    """Any LlamaIndex LLM that streams a chat, as a `LanguageModel`."""

    name: str
    llm: Any = field(repr=False)

    def pieces(self, prompt: Prompt) -> Iterator[str]:
        """What the model streams; a stream that stops without saying that it is done counts as cut off."""
        from llama_index.core.llms import ChatMessage

        ended: str | None = ""
        begun = False
        try:
            for response in self.llm.stream_chat(
                [ChatMessage(role="system", content=prompt.rules), ChatMessage(role="user", content=prompt.material)]
            ):
                ended = _ending(response.raw, ended)
                if response.delta:
                    begun = True
                    yield str(response.delta)
        except Exception as error:
            raise _failure(error, begun) from None
        if ended != "" and ended not in _WHOLE:
            raise ModelFailed("cut_off")

    def points(self, question: str, answer: str, reference: str) -> float | None:
        """What LlamaIndex's `CorrectnessEvaluator` has the model give an answer, 1 to 5; None for no number in it."""
        from llama_index.core.evaluation import CorrectnessEvaluator

        try:
            evaluator = CorrectnessEvaluator(_InTurn(self.llm), parser_function=_points_and_reasons)
            judged = evaluator.evaluate(query=question, response=answer, reference=reference)
        except Exception as error:
            raise _failure(error, begun=False) from None
        points = judged.score
        return float(points) if points is not None and 1 <= points <= 5 else None


@dataclass(frozen=True, slots=True)
class _InTurn:
    """An LLM as LlamaIndex's evaluators call it, asked through the client that goes to the configured address alone."""

    llm: Any

    async def apredict(self, prompt: Any, **values: Any) -> str:
        """The model's words for a prompt with its values."""
        return str(self.llm.predict(prompt, **values))


def _points_and_reasons(said: str) -> tuple[float | None, str]:
    """The number that a judgement begins with: `_points_and_reasons("4.5\\nRight.") == (4.5, "Right.")`."""
    first, _, rest = said.strip().partition("\n")
    found = re.match(r"\D{0,20}(\d(?:\.\d+)?)", first)
    return (float(found[1]) if found else None), rest.strip()


def open_llama(settings: Settings) -> LlamaModel:
    """The model of the settings; raises `LanguageModelUnavailable` where its package is missing or will not have it."""
    try:
        llm = _other(settings) if settings.path else _openai_compatible(settings)
    except ImportError as error:
        raise LanguageModelUnavailable(
            f"the language model needs {error.name or 'a package'}, which is not installed",
            way_out=f"{_way_to(settings)}, or do without the model",
        ) from None
    except Exception as error:
        raise LanguageModelUnavailable(
            f"the language model {settings.model!r} cannot be opened ({type(error).__name__})",
            way_out="compare the TIAOWEN_LLM_ variables with the README, or do without the model",
        ) from None
    for client in _CLIENTS:
        logging.getLogger(client).setLevel(logging.WARNING)
    return LlamaModel(settings.model, llm)


def _way_to(settings: Settings) -> str:
    if settings.path:
        return f"install the package of {settings.path}"
    return "pip install llama-index-llms-openai-like"


def _openai_compatible(settings: Settings) -> Any:
    from llama_index.llms.openai_like import OpenAILike

    return OpenAILike(
        model=settings.model,
        api_base=settings.url,
        api_key=settings.key or "none",
        is_chat_model=True,
        temperature=0.0,
        max_tokens=_MOST_TOKENS,
        max_retries=0,
        timeout=settings.limits.piece,
        http_client=_client(settings),
    )


def _other(settings: Settings) -> Any:
    """A class named in the environment. LlamaIndex's classes agree on `model`, nearly on the rest."""
    module, _, name = settings.path.partition(":")
    made = getattr(importlib.import_module(module), name)
    known = getattr(made, "model_fields", {})
    address = {field: settings.url for field in _ADDRESSES if settings.url and field in known}
    return made(model=settings.model, **address, **({"api_key": settings.key} if settings.key else {}))


def _client(settings: Settings) -> httpx.Client:
    import httpx

    sent = _SENT | ({"authorization"} if settings.key else frozenset())

    def strip(request: httpx.Request) -> None:
        for name in set(request.headers) - sent:
            del request.headers[name]

    return httpx.Client(
        timeout=settings.limits.piece,
        follow_redirects=False,
        trust_env=not _is_loopback(settings.url),
        event_hooks={"request": [strip]},
    )


def _is_loopback(url: str) -> bool:
    """`_is_loopback("http://127.0.0.1:11434/v1")`; a proxy cannot reach such an address."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _ending(raw: Any, before: str | None) -> str | None:
    """Why an OpenAI-compatible stream ended as far as it says so, None while it does not; "" where streams never say."""
    choices = getattr(raw, "choices", None)
    if choices is None:
        return before
    said = getattr(choices[0], "finish_reason", None) if choices else None
    return said or before or None


def _failure(error: Exception, begun: bool) -> ModelFailed:
    """What an error of any client library means, by its kind alone; its words may hold anything."""
    import httpx

    if "timeout" in type(error).__name__.lower():
        return ModelFailed("timed_out")
    if begun and isinstance(error, (httpx.TransportError, ConnectionError)):
        return ModelFailed("cut_off")
    status = getattr(error, "status_code", None)
    return ModelFailed("failed", status if isinstance(status, int) else None)
