"""What every command shares: the home, the language of messages, output, and opening (or first building) the index."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.messages import tell
from corpus.home import Home
from corpus.records import Lang

if TYPE_CHECKING:
    from app.answering.assistant import Assistant
    from index.build import Built
    from index.encoder import Encoder


@dataclass
class Session:
    """The options that stand before the command, and what the running command said about `--json`."""

    home: Home
    lang: Lang
    json: bool = False

    def out(self, value: object, text: Callable[[], str] | str) -> None:
        """Print one JSON value with `--json`, else text."""
        if self.json:
            print(json.dumps(value, ensure_ascii=False, indent=1))
        else:
            print(text if isinstance(text, str) else text())

    def say(self, key: str, **parts: Any) -> None:
        """A message on stderr."""
        print(tell(key, self.lang, **parts), file=sys.stderr, flush=True)


Json = Annotated[bool, typer.Option("--json", help="Print one JSON value on stdout.")]


def of_command(ctx: typer.Context, as_json: bool = False) -> Session:
    """The session of a running command."""
    session: Session = ctx.obj
    session.json = as_json
    return session


def build_index(
    session: Session,
    encoder: str | None = None,
    editorial: bool = True,
    store: str | None = None,
    opened: Callable[[str | None], Encoder] | None = None,
) -> Built:
    """Build from the corpus store and the bundled corpus; `editorial`: with the bundled editorial index and the home's own;
    `store`: where vectors go, as `--store` has it, None for where they are; `opened`: how the encoder is opened, where it is
    to work elsewhere."""
    from corpus.editorial import load_editorial
    from corpus.store import CorpusStore
    from index.build import build
    from index.encoder import open_encoder
    from index.stores.upkeep import chosen, forgotten
    from ingest.bundled import bundled_documents

    session.home.make()
    if store is None and forgotten(session.home.index):
        session.say("store_forgotten")
    place = chosen(session.home.index, store)
    documents = bundled_documents()
    with CorpusStore(session.home.store) as corpus:
        documents += [kept.document for kept in corpus.current()]
        digest = corpus.digest()
    entries = load_editorial(session.home.editorial) if editorial else {}
    return build(
        documents,
        session.home.index,
        encoder,
        editorial=entries,
        store_digest=digest,
        place=place,
        opened=opened or open_encoder,
    )


@contextmanager
def opened_on(session: Session, ray: str | None) -> Iterator[Callable[[str | None], Encoder]]:
    """How an encoder is opened that works where `--ray` says: in this process without it."""
    from index.encoder import open_encoder

    if ray is None:
        yield open_encoder
        return

    from index.fleet import Place, fleet_at
    from index.fleet_encoder import FleetEncoder

    with fleet_at(Place.read(ray)) as fleet:
        session.say("ray_works", workers=fleet.workers)
        yield partial(FleetEncoder, fleet)


def open_assistant(session: Session) -> Assistant:
    """The assistant over the live index; builds one from the bundled corpus where there is none yet."""
    from app.answering.assistant import Assistant
    from corpus.store import store_digest
    from index.generation import current_generation

    if current_generation(session.home.index) is None:
        session.say("building")
        build_index(session)
    return Assistant.open(session.home, store_digest(session.home.store))
