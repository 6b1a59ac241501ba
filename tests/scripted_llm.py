"""Language models that do as a script says: an OpenAI-compatible server on loopback, well-behaved or not, and plain fakes."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from llama_index.core.llms import CompletionResponse, CompletionResponseGen, CustomLLM, LLMMetadata
from loopback import Server

from app.writing.model import Prompt

PATIENCE = 30.0
"""Seconds after which a test that waits for the other side fails instead of hanging."""
_NUMBERED = re.compile(r"<<(\w+) [^\n]*\[(\d+)\][^\n]*>>\n(.*?)\n<<\1 end>>", re.DOTALL)


@dataclass(frozen=True)
class Asked:
    """A request that the server saw."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def rules(self) -> str:
        """What we told the model."""
        return str(self.body["messages"][0]["content"])

    @property
    def material(self) -> str:
        """What we gave it as data."""
        return str(self.body["messages"][1]["content"])

    @property
    def quotations(self) -> dict[int, str]:
        """The numbered quotations in the material, headings included."""
        return {int(number): text for _, number, text in _NUMBERED.findall(self.material)}


class Reply:
    """The answer to one request, written as a stream of server-sent events."""

    def __init__(self, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        self.handler = handler
        self.asked = asked
        handler.close_connection = True

    def begin(self) -> None:
        """Status and headers of a stream."""
        self.handler.send_response(200)
        self.handler.send_header("Content-Type", "text/event-stream")
        self.handler.send_header("Transfer-Encoding", "chunked")
        self.handler.end_headers()

    def event(self, text: str) -> None:
        """One line of `data:`, as it is."""
        line = f"data: {text}\n\n".encode()
        self.handler.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
        self.handler.wfile.flush()

    def say(self, piece: str, ended: str | None = None) -> None:
        """One piece of the draft; `ended`: the reason why it is the last."""
        choice = {"index": 0, "delta": {"role": "assistant", "content": piece}, "finish_reason": ended}
        head = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "scripted"}
        self.event(json.dumps({**head, "choices": [choice]}, ensure_ascii=False))

    def end(self, why: str | None = "stop") -> None:
        """The last piece and the end of the stream; None: without the piece that says so."""
        if why is not None:
            self.say("", why)
            self.event("[DONE]")
        self.handler.wfile.write(b"0\r\n\r\n")

    def refuse(self, status: int, body: str, headers: dict[str, str]) -> None:
        """An answer that is no stream."""
        data = body.encode()
        self.handler.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)), **headers}.items():
            self.handler.send_header(name, value)
        self.handler.end_headers()
        self.handler.wfile.write(data)


Script = Callable[[Reply], None]


class ScriptedServer:
    """`POST /v1/chat/completions` answered by `script`."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.asked: list[Asked] = []
        served = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                asked = Asked(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
                served.asked.append(asked)
                served.script(Reply(self, asked))

            def log_message(self, *_: object) -> None:
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"

    def environment(self, key: str = "", seconds: float = PATIENCE) -> dict[str, str]:
        """The variables that lead to it."""
        given = {"URL": self.url, "MODEL": "scripted:7b", "KEY": key, "TIMEOUT": str(seconds)}
        return {f"TIAOWEN_LLM_{name}": value for name, value in given.items()}


@contextmanager
def serving(script: Script) -> Iterator[ScriptedServer]:
    """A server while the block runs."""
    served = ScriptedServer(script)
    thread = threading.Thread(target=served.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        served.server.shutdown()
        served.server.server_close()
        thread.join()


def lead_to(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, **other: Any) -> None:
    """Configure the server as the model of this process."""
    for name, value in server.environment(**other).items():
        monkeypatch.setenv(name, value)


# --- scripts


def says(*pieces: str, ended: str | None = "stop") -> Script:
    """Streams the pieces, then ends for the reason given; None: without any."""

    def script(reply: Reply) -> None:
        reply.begin()
        for piece in pieces:
            reply.say(piece)
        reply.end(ended)

    return script


def breaks_off(*pieces: str) -> Script:
    """Streams the pieces, then closes the connection in the middle of the stream."""

    def script(reply: Reply) -> None:
        reply.begin()
        for piece in pieces:
            reply.say(piece)

    return script


def garbles(*pieces: str) -> Script:
    """Streams the pieces, then something that is not JSON."""

    def script(reply: Reply) -> None:
        reply.begin()
        for piece in pieces:
            reply.say(piece)
        reply.event('{"choices": [{"delta": {"content": "')
        reply.end(None)

    return script


def refuses(status: int, body: str = "{}", headers: dict[str, str] | None = None) -> Script:
    """Answers with a status and no stream."""
    return lambda reply: reply.refuse(status, body, headers or {})


def obeys(payload: str) -> Script:
    """A gullible model: the first sentence of every quotation, then what an order in its material tells it to say."""

    def script(reply: Reply) -> None:
        reply.begin()
        for number, text in reply.asked.quotations.items():
            first = re.split(r"(?<=。)|(?<=\.)\s", text.splitlines()[-1])[0]
            reply.say(f"{first[:-1]} [{number}]{first[-1]}\n")
        reply.say(payload)
        reply.end()

    return script


# --- without a server


@dataclass(frozen=True)
class Said:
    """A `LanguageModel` that has said all it will say; where it is to fail, it raises `error` in the end."""

    text: str
    error: Exception | None = None
    name: str = "said:1b"

    def pieces(self, _: Prompt) -> Iterator[str]:
        """Three characters at a time, so that marks and words are cut."""
        yield from (self.text[at : at + 3] for at in range(0, len(self.text), 3))
        if self.error:
            raise self.error


class Parrot(CustomLLM):  # type: ignore[misc]
    """A LlamaIndex LLM of our own, in no way OpenAI-compatible; `model` is what it says."""

    model: str
    api_key: str = ""

    @property
    def metadata(self) -> LLMMetadata:
        """Required by LlamaIndex."""
        return LLMMetadata(model_name=self.model)

    def complete(self, prompt: str, formatted: bool = False, **_: Any) -> CompletionResponse:
        """Required by LlamaIndex."""
        return CompletionResponse(text=self.model)

    def stream_complete(self, prompt: str, formatted: bool = False, **_: Any) -> CompletionResponseGen:
        """Word by word."""
        for word in re.findall(r"\S+\s*|\s+", self.model):
            yield CompletionResponse(text=self.model, delta=word)
