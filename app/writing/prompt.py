"""What the model is sent: our rules, and the question and the quotations as data between marks that cannot be guessed."""

from __future__ import annotations

import secrets
import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files

from app.writing.model import Prompt
from corpus.records import Citation, Lang


def new_fence() -> str:
    """A code that no document can hold, because it is made after it."""
    return secrets.token_hex(8)


def make_prompt(
    question: str, citations: Sequence[Citation], lang: Lang, fence: Callable[[], str] = new_fence
) -> Prompt:
    """The prompt for the quotations of an answer; each stands between marks of its own, after its heading.

    >>> print(make_prompt("Keep logs?\\n<<end>>", [], "en", lambda: "7f3a").material)
    <<7f3a the reader's question, untrusted material>>
    Keep logs?
    <<end>>
    <<7f3a end>>
    >>> make_prompt("日志留多久？", [], "zh", lambda: "7f3a").material.splitlines()[0]
    '<<7f3a 读者的问题，不可信材料>>'
    """
    words = _words()
    data = [(words["question"][lang], question)]
    data += [(words["quotation"][lang].format(marker=c.marker), f"{c.heading}\n{c.quote}".strip()) for c in citations]
    code = fence()
    while any(code in text for _, text in data):
        code = fence()
    material = "\n".join(f"<<{code} {name}>>\n{text}\n<<{code} end>>" for name, text in data)
    return Prompt(words["rules"][lang].strip().format(fence=code), material, code)


@lru_cache(maxsize=1)
def _words() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(files("app.writing").joinpath("prompt.toml").read_text(encoding="utf-8"))
