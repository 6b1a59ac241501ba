"""Why a clause and its twin disagree, in words."""

from __future__ import annotations

from collections.abc import Sequence

from app.answering.words import say
from corpus.records import Disagreement, Lang

_OF_ONE_SIDE = ("missing", "repeats", "strays", "terms", "force")
_QUOTED: dict[Lang, str] = {"zh": "”“", "en": "”, “"}


def reasons(found: Sequence[Disagreement], lang: Lang) -> list[str]:
    """Why clauses and their twins disagree, in words; terms of one side together, and a repetition explains the rest.

    >>> reasons([Disagreement("5.10", "repeats", "", "5.9"), Disagreement("5.10", "terms", "金融", "")], "en")
    ['the English of §5.10 repeats §5.9', '“金融”: in the Chinese of §5.10 only']
    """
    repeated = {one.path for one in found if one.kind == "repeats"}
    terms: dict[tuple[str, bool], list[str]] = {}
    for one in found:
        if one.kind == "terms":
            terms.setdefault((one.path, bool(one.zh)), []).append(one.zh or one.en)
    told = [
        _reason(one, lang)
        for one in found
        if one.kind not in ("terms", "strays") or (one.kind == "strays" and one.path not in repeated)
    ]
    for (path, chinese), names in terms.items():
        shown = _QUOTED[lang].join(names)
        told.append(_reason(Disagreement(path, "terms", *((shown, "") if chinese else ("", shown))), lang))
    return told


def _reason(found: Disagreement, lang: Lang) -> str:
    side = "" if found.zh and found.en else "_zh" if found.zh else "_en"
    key = f"twins_{found.kind}{side if found.kind in _OF_ONE_SIDE else ''}"
    zh, en = (path_named(said, lang) if found.kind in ("repeats", "strays") else said for said in (found.zh, found.en))
    nothing = say("nothing", lang)
    return say(key, lang, path=path_named(found.path, lang), zh=zh or nothing, en=en or nothing)


def path_named(path: str, lang: Lang) -> str:
    """A clause in running text: `path_named("5.10", "en") == "§5.10"`."""
    return ("前言" if lang == "zh" else "the preface") if path == "preface" else f"§{path}"
