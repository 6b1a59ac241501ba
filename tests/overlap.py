"""How far our digests keep from the official wording: the runs that both share.

A digest restates a clause in our own words. Headings and terms carry over; sentences do not. A run is counted
in letters alone (Chinese: ideographs, English: words), so that moving a comma hides nothing.

    >>> [run for run in shared_runs("防范模型输出幻觉内容", "应当防范模型输出幻觉内容的风险", "zh", longest=8)]
    ['防范模型输出幻觉内容']
    >>> list(shared_runs("keep the logs for a while", "operators keep the logs for six months", "en", longest=4))
    []
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

LONGEST = {"zh": 12, "en": 8}
"""The longest run allowed: 13 ideographs or 9 words in common are too many."""

_TOKEN = {"zh": re.compile(r"[\u3400-\u9fff]|[A-Za-z0-9]+"), "en": re.compile(r"[A-Za-z0-9]+(?:['’][a-z]+)?")}


def _tokens(text: str, lang: str) -> list[str]:
    return [token.lower().replace("’", "'") for token in _TOKEN[lang].findall(text)]


def _barred(tokens: list[str], allowed: Sequence[Sequence[str]], barrier: str) -> list[str]:
    """Replace each allowed phrase by a barrier, which never takes part in a run."""
    kept, at = [], 0
    by_first: dict[str, list[Sequence[str]]] = {}
    for phrase in allowed:
        if phrase:
            by_first.setdefault(phrase[0], []).append(phrase)
    while at < len(tokens):
        match = max(
            (p for p in by_first.get(tokens[at], ()) if tokens[at : at + len(p)] == list(p)), key=len, default=None
        )
        kept.append(tokens[at] if match is None else barrier)
        at += 1 if match is None else len(match)
    return kept


def shared_runs(
    ours: str, theirs: str, lang: str, allowed: Sequence[str] = (), longest: int | None = None
) -> Iterator[str]:
    """Yield each maximal run of more than `longest` tokens (characters, words) that `ours` shares with `theirs`."""
    limit = LONGEST[lang] if longest is None else longest
    phrases = [_tokens(phrase, lang) for phrase in allowed]
    mine = _barred(_tokens(ours, lang), phrases, "\x00")
    other = _barred(_tokens(theirs, lang), phrases, "\x01")
    joint = "" if lang == "zh" else " "
    width = limit + 1
    grams = {tuple(other[i : i + width]) for i in range(len(other) - width + 1)}
    start = None
    for i in range(len(mine) - width + 2):
        hit = i <= len(mine) - width and tuple(mine[i : i + width]) in grams
        if hit and start is None:
            start = i
        elif not hit and start is not None:
            yield joint.join(mine[start : i - 1 + width])
            start = None


def main(argv: Sequence[str]) -> int:
    """`python tests/overlap.py LANG OURS.md OFFICIAL.txt...`: print the runs, exit 1 if there is one.

    Headings of OURS (lines that begin with `#`) and the lines of `tests/shared_terms.txt` are allowed.
    """
    lang, ours, *official = argv
    text = Path(ours).read_text(encoding="utf-8")
    headings = [
        re.sub(r"^#+\s*(?:[\d.]+\s*|[(（]\w[)）]\s*|[附件\d]+\s*)?", "", line)
        for line in text.splitlines()
        if line.startswith("#")
    ]
    terms = (Path(__file__).parent / "shared_terms.txt").read_text(encoding="utf-8").splitlines()
    body = "\n".join(line for line in text.split("---", 2)[-1].splitlines() if not line.startswith(("#", "|")))
    theirs = "\n".join(Path(name).read_text(encoding="utf-8") for name in official)
    runs = list(shared_runs(body, theirs, lang, [*headings, *terms]))
    print("\n".join(runs) or "no shared runs")
    return 1 if runs else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
