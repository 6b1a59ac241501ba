"""A run: ask every case, score the answers, write the folder. After `cases` and `measures`, before any reader of runs.

The folder of a run holds

    answers.jsonl   the `ask --json` object of each case, with `id` = the case's id
    cases.jsonl     the cases, as they were read
    rows.jsonl      case × measure: {"case", "measure", "value": number or null, "reason"}; no times
    summary.json    the averages, as `eval run --json` prints them
    measures.json   what each measure is called in both languages, and which way is better
    sections.json   tables beside the measures (lineage, robustness, speed), where they were asked for
    report.html     the same to read, self-contained; report.md, report.zh.md: the averages; junit.xml: for build servers
    meta.json       what was measured: the digest of the cases, and what the caller said of the assistant

It is written under a temporary name beside its place and takes its place when complete. A run that was killed leaves
the temporary folder, and the same run, started again, goes on behind the last whole line of its `answers.jsonl`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from corpus.errors import UnusableInput
from corpus.home import alone
from eval.cases import Case, as_record
from eval.exports import junit, markdown
from eval.measures import measure, standard
from eval.measures.citations import TextOf
from eval.measures.score import AnswerJson, Measure
from eval.report import report
from eval.sections import Section
from eval.sentinels import Sentinel, beaten_by, scored
from eval.summary import DIGITS, Estimate, Scores, Summary, summarise

_LOCK = "lock"
"""Held by the process that writes a folder, and gone from a complete one."""
Scope = Mapping[str, str]
Ask = Callable[[str, Scope | None], dict[str, Any]]
"""Question and scope (`{"edition", "lang"}`, either may be absent; or None) -> the object `ask --json` prints."""

AskAll = Callable[[Sequence[Case]], Iterator[dict[str, Any]]]
"""Cases -> their answers in order, as `asked` gives them."""

OnCase = Callable[[int, int], None]
"""Told after each case: cases answered so far, cases in all."""


def run(
    cases: Sequence[Case],
    ask_all: AskAll,
    out: Path,
    *,
    text_of: TextOf,
    meta: Mapping[str, Any],
    sentinels: Mapping[str, Sentinel] | None = None,
    extra: Sequence[Measure] = (),
    beside: Callable[[], Sequence[Section]] = tuple,
    on_case: OnCase | None = None,
) -> Summary:
    """Ask, score and write the folder `out`; an earlier run there is replaced when this one is complete.

    `meta` names what is measured (digests, versions) and holds no time: an unfinished run is gone on with if its cases
    and `meta` are the same, and begun anew if not. `extra`: measures after the standard ones; sentinels are not held
    against them. `beside`: makes the further tables of the report, once every case is answered.
    Raises `UnusableInput` where `out` holds something else, `HomeUnusable` where another process writes it just now.
    """
    with _writing(out):
        _refuse_foreign(out)
        folder = _folder_beside(out)
    with alone(folder / _LOCK, "evaluation"):
        with _writing(out):
            _begin(folder, {"cases_sha256": _digest(cases), **meta})
        answers = _answers(cases, ask_all, out, folder / "answers.jsonl", on_case)
        trusted = standard(text_of)
        measures = (*trusted, *extra)
        scores = {one.name: [one.score(*both) for both in zip(cases, answers, strict=True)] for one in measures}
        summary = _beside(summarise(cases, measures, scores), scored(cases, answers, trusted, sentinels or {}))
        sections = beside()
        page = report(cases, answers, measures=measures, scores=scores, summary=summary, meta=meta, sections=sections)
        with _writing(out):
            _write(folder / "cases.jsonl", "".join(f"{_json(as_record(case))}\n" for case in cases))
            _write(folder / "rows.jsonl", "".join(f"{row}\n" for row in _rows(cases, measures, scores)))
            _write(folder / "summary.json", f"{_json(summary.as_json(), indent=1)}\n")
            labels = {one.name: {"zh": one.zh, "en": one.en, "better": one.better} for one in measures}
            _write(folder / "measures.json", f"{_json(labels, indent=1)}\n")
            _write(folder / "sections.json", f"{_json([asdict(one) for one in sections], indent=1)}\n")
            _write(folder / "report.html", page)
            _write(folder / "report.md", markdown(summary.as_json(), "en", sections))
            _write(folder / "report.zh.md", markdown(summary.as_json(), "zh", sections))
            _write(folder / "junit.xml", junit(cases, scores["accuracy"], str(meta.get("questions", "cases"))))
    with _writing(out):
        (folder / _LOCK).unlink()
        _put_in_place(folder, out)
    return summary


def _beside(summary: Summary, sentinels: Mapping[str, Mapping[str, Estimate]]) -> Summary:
    """A summary with what the sentinels reach, and where they are as good."""
    beaten = {
        name: names for name, ours in summary.measures.items() if (names := beaten_by(measure(name), ours, sentinels))
    }
    return replace(summary, sentinels=sentinels, beaten_by=beaten)


@contextmanager
def _writing(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UnusableInput(
            f"the run cannot be written to {str(out)!r}: {error.strerror}",
            way_out="free some space, or name another folder with --out",
        ) from error


def _refuse_foreign(out: Path) -> None:
    """An existing folder is replaced only if it is a run or empty."""
    if out.is_dir() and ((out / "summary.json").exists() or not any(out.iterdir())):
        return
    if out.exists():
        raise UnusableInput(f"{str(out)!r} exists and is not a run", way_out="name a new folder with --out")


def _digest(cases: Sequence[Case]) -> str:
    return hashlib.sha256(_json([asdict(case) for case in cases]).encode()).hexdigest()


def _folder_beside(out: Path) -> Path:
    """The temporary folder of a run, beside `out`, made if need be."""
    place = out.resolve()
    folder = place.with_name(f".{place.name}.unfinished")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _begin(folder: Path, meta: Mapping[str, Any]) -> None:
    """Leave in the folder what a killed run with the same `meta` left there, or nothing but `meta`."""
    wanted = f"{_json(meta, indent=1)}\n"
    known = folder / "meta.json"
    if not (known.is_file() and known.read_text(encoding="utf-8") == wanted):
        for file in folder.iterdir():
            if not file.name.startswith(_LOCK):
                file.unlink()
        _write(known, wanted)


def one_by_one(ask: Ask) -> AskAll:
    """Ask the cases in turn, in this process."""
    return lambda cases: (asked(ask, case.question, case.scope) for case in cases)


def _answers(cases: Sequence[Case], ask_all: AskAll, out: Path, path: Path, on_case: OnCase | None) -> list[AnswerJson]:
    """One answer a case: those the file holds already, then those still to be asked, each written at once."""
    answers, size = _kept(cases, path)
    left = cases[len(answers) :]
    with _writing(out), path.open("ab") as file:
        file.truncate(size)
    for case, answer in zip(left, ask_all(left) if left else (), strict=True):
        line = _json({"id": case.id, **answer})
        with _writing(out), path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(f"{line}\n")
        answers.append(json.loads(line))
        if on_case is not None:
            on_case(len(answers), len(cases))
    return answers


def _kept(cases: Sequence[Case], path: Path) -> tuple[list[AnswerJson], int]:
    """The answers of a killed run, as far as whole lines follow the cases, and their bytes; a torn last line is asked again."""
    answers: list[AnswerJson] = []
    size = 0
    for case, line in zip(cases, path.read_bytes().splitlines(True) if path.is_file() else (), strict=False):
        try:
            answer = json.loads(line)
        except ValueError:
            break
        if not line.endswith(b"\n") or not isinstance(answer, dict) or answer.get("id") != case.id:
            break
        answers.append(answer)
        size += len(line)
    return answers, size


def asked(ask: Ask, question: str, scope: Scope | None) -> dict[str, Any]:
    """The answer, or `{"error", "way_out"}` where the question itself cannot be taken (an unknown edition in `scope`).

    Other failures are not the question's and end the run, which can be gone on with.
    """
    try:
        return ask(question, scope)
    except UnusableInput as error:
        return {"error": error.message, "way_out": error.way_out}


def _rows(cases: Sequence[Case], measures: Sequence[Measure], scores: Scores) -> Iterator[str]:
    for at, case in enumerate(cases):
        for one in measures:
            score = scores[one.name][at]
            timed = one.average in ("p50", "p99")
            value = None if timed or score.value is None else round(score.value, DIGITS)
            reason = "a time: see ms in answers.jsonl" if timed else score.reason
            yield _json({"case": case.id, "measure": one.name, "value": value, "reason": reason})


def _put_in_place(folder: Path, out: Path) -> None:
    """Give the complete folder its name. An earlier run steps aside first, since folders cannot be overwritten."""
    place = out.resolve()
    aside = place.with_name(f".{place.name}.earlier")
    shutil.rmtree(aside, ignore_errors=True)
    if place.exists():
        os.replace(place, aside)
    os.replace(folder, place)
    shutil.rmtree(aside, ignore_errors=True)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _json(value: object, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent)
