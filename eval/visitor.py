"""A person at the chat, as the server sees one: a WebSocket that speaks Streamlit's messages, without a browser.

A run of the script begins with a `BackMsg` that names what was typed, and ends with `script_finished`; in between come the
elements of the page. The messages are Streamlit's own, taken from the installed package, so that they are never out of step.
Large elements that a visitor says to have are sent by their digest alone, as to a browser.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

_LARGEST = 64 * 2**20
_OPENING = 60.0
_SPOKEN = Subprotocol("streamlit")
_TURN = "tiaowen_turn"


class PageFailed(Exception):
    """A run that ended with an exception on the page, or a page without a place to ask."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a question came to: the answer as it is copied from the page, "" for none; why there is none; seconds until the
    answer stood on the page, and until the whole page did."""

    text: str
    error: str
    answered_s: float
    finished_s: float


class Visitor:
    """One session: `async with Visitor(url) as one: await one.ask("…")`. `url`: such as `http://127.0.0.1:8501`."""

    def __init__(self, url: str, locale: str = "en") -> None:
        self._address = url.replace("http", "ws", 1) + "/_stcore/stream"
        self._locale = locale
        self._kept: dict[str, Any] = {}
        self._box = ""
        self._socket: ClientConnection

    async def __aenter__(self) -> Visitor:
        """Connect and load the page."""
        self._socket = await connect(
            self._address,
            subprotocols=[_SPOKEN],
            max_size=_LARGEST,
            proxy=None,
            open_timeout=_OPENING,
        )
        await self._run("")
        if not self._box:
            raise PageFailed("the page has no place to ask")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._socket.close()

    async def ask(self, question: str) -> Told:
        """Type a question and wait for the page; raises `PageFailed` where the script fails or no turn appears."""
        return await self._run(question)

    async def _run(self, question: str) -> Told:
        from streamlit.proto.BackMsg_pb2 import BackMsg
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

        message = BackMsg()
        state = message.rerun_script
        state.context_info.locale = self._locale
        state.cached_message_hashes.extend(self._kept)
        if question:
            typed = state.widget_states.widgets.add(id=self._box)
            typed.chat_input_value.data = question
        started = time.perf_counter()
        await self._socket.send(message.SerializeToString())
        turn: tuple[str, float] | None = None
        while True:
            got = await self._socket.recv()
            one = ForwardMsg.FromString(got if isinstance(got, bytes) else got.encode())
            kind = one.WhichOneof("type")
            if kind == "ref_hash":
                one = self._kept[one.ref_hash]
                kind = one.WhichOneof("type")
            elif one.metadata.cacheable:
                self._kept[one.hash] = one
            if kind == "script_finished" and one.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                break
            if kind == "delta" and one.delta.WhichOneof("type") == "new_element":
                turn = self._element(one.delta.new_element, started) or turn
        return self._told(question, turn, time.perf_counter() - started)

    def _element(self, element: Any, started: float) -> tuple[str, float] | None:
        """Note the place to ask; a turn's data, with the seconds until it came; raises `PageFailed` for an exception."""
        kind = element.WhichOneof("type")
        if kind == "exception":
            raise PageFailed(element.exception.message or element.exception.type)
        if kind == "chat_input":
            self._box = element.chat_input.id
        if kind == "bidi_component" and element.bidi_component.component_name.endswith(_TURN):
            return data_of(element.bidi_component), time.perf_counter() - started
        return None

    @staticmethod
    def _told(question: str, turn: tuple[str, float] | None, seconds: float) -> Told:
        if not question:
            return Told("", "", seconds, seconds)
        if turn is None:
            raise PageFailed("no turn appeared")
        view = json.loads(turn[0])["view"]
        return Told(view.get("plain", ""), view.get("error", ""), turn[1], seconds)


def data_of(component: Any) -> str:
    """The JSON that a component is given, whatever way it travels."""
    return str(component.mixed.json if component.WhichOneof("data") == "mixed" else component.json)
