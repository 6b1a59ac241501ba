"""Fits what `index.wording` knows: `python -m index.learn_wording`. Development only; needs scikit-learn (extra `models`) and,
in the home, an index of the bundled texts and no others.

Answered are the calibration's answerable questions and the readers' questions; not answered those in the field that the
framework is silent on, that rest on a false premise, or that cannot be understood alone. Folds are made by clause, so that a
question and its near miss never stand on both sides.

The direction of meaning is fitted beside the other signals of a search, so that it says only what they do not: questions
that are near in meaning to a clause and yet ask for what it does not state (amounts, names, reasons, cases). Readers'
questions keep it from taking a subject for a near miss, of which some subjects have more than others.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.editorial import load_editorial
from corpus.glossary import load_glossary
from corpus.home import find_home
from corpus.records import LANGS, Lang
from index.calibrate import REASONS, calibration_questions, near_misses, newest_asked, signals_of
from index.encoder import open_encoder
from index.retrieve import Retriever
from index.wording import within_reason, worded

OUT = Path(__file__).with_name("wording.json")
FOLDS, PENALTY, READERS = 5, 0.5, 0.15
"""Inverse strength of the ridge; weight of a reader's question beside one of the calibration."""
SCALE, JOINT_PENALTY, PLAINLY = 6.0, 0.03, 0.4
"""Length of a question's vector beside the standardised signals; inverse strength of the ridge over both; weight of a plain
question beside one of the calibration."""
OFTEN, LEAST = 4, 0.03
"""An n-gram counts that stands in so many questions and, fitted, weighs so much."""
PLAIN: Mapping[Lang, tuple[str, ...]] = {
    "zh": (
        "框架怎么规定{}？", "{}有哪些规定", "框架对{}有什么要求？", "关于{}，框架是怎么说的？", "{}要注意什么？",
        "框架里的{}是什么意思？", "最新版怎么规定{}？", "什么叫{}？", "{}方面要做到什么？", "哪一条讲{}？",
        "涉及{}的条款有哪些？", "{}为什么重要？", "如何防范{}方面的风险？", "{}怎么管？", "谁来负责{}？",
        "{}该怎么做？", "企业在{}上有什么义务？", "{}有什么风险？", "我想了解{}的内容", "请说明{}的要求",
        "{}这块讲了些什么？", "出了{}的问题怎么办？", "{}", "{} 要求",
    ),
    "en": (
        "What does the framework say about {}?", "What are the rules on {}?", "What does the framework require for {}?",
        "How does the framework deal with {}?", "Which clause is about {}?", "What must be done about {}?",
        "What does the latest version say about {}?", "What is meant by {}?", "What has to be observed for {}?",
        "Who is responsible for {}?", "Why does {} matter?", "How are risks of {} prevented?", "What about {}?",
        "How is {} handled?", "Which measures concern {}?", "What duties do companies have on {}?",
        "Please explain the requirements on {}", "I'd like to know about {}", "Where is {} dealt with?",
        "What are the dangers of {}?", "How should one go about {}?", "Tell me about {}", "{}", "{} requirements",
    ),
}  # fmt: skip
"""The plainest questions, which all ask for what there is; without them a word like 规定 would look like a near miss."""
SILENT = ("not_in_framework", "false_premise", "ambiguous")


def main() -> None:
    """Fits both languages, writes the weights and prints how well the folds tell them apart."""
    found: dict[str, Any] = {}
    for lang in LANGS:
        found[lang], figures = fit(lang)
        print(json.dumps({"lang": lang, **figures}))
    found["meaning"], figures = fit_meaning(Retriever.open(find_home().index), found)
    print(json.dumps(figures))
    OUT.write_text(
        json.dumps(found, ensure_ascii=False, indent=0, separators=(",", ":"), sort_keys=True) + "\n", encoding="utf-8"
    )


def fit(lang: Lang) -> tuple[dict[str, Any], dict[str, Any]]:
    """The weights as they are kept, and the area under the curve of the folds."""
    from sklearn.feature_extraction.text import CountVectorizer  # type: ignore[import-untyped, unused-ignore]
    from sklearn.metrics import roc_auc_score  # type: ignore[import-untyped, unused-ignore]

    rows = [row for row in (*calibration_questions(), *near_misses()) if row["lang"] == lang]
    mine = [row for row in rows if row["answerable"] or row["reason"] in SILENT]
    readers = [q for (_, _, one), entry in sorted(load_editorial().items()) if one == lang for q in entry.questions]
    readers += _plain(lang)
    counts = CountVectorizer(analyzer=lambda text: sorted(worded(text, lang)), min_df=OFTEN, binary=True)
    x = counts.fit_transform([*(row["question"] for row in mine), *readers])
    y = np.array([row["answerable"] for row in mine] + [True] * len(readers))
    weights = np.repeat([1.0, READERS], [len(mine), len(readers)])
    fold = np.array([_fold(row) for row in mine] + [-1] * len(readers))
    scores = np.zeros(len(mine))
    for one in range(FOLDS):
        model = _regression().fit(x[fold != one], y[fold != one], sample_weight=weights[fold != one])
        scores[fold[: len(mine)] == one] = model.decision_function(x[fold == one])
    model = _regression().fit(x, y, sample_weight=weights)
    kept = _kept(counts.get_feature_names_out(), model.coef_[0])
    held = {row["id"]: round(float(score), 2) for row, score in zip(mine, scores, strict=True)}
    figures = {"n": len(y), "weights": len(kept), "AUC": round(float(roc_auc_score(y[: len(mine)], scores)), 3)}
    return {"weights": kept, "bias": round(float(model.intercept_[0]), 3), "held_out": held}, figures


def fit_meaning(retriever: Retriever, fitted: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The direction as it is kept, and the area under the curve of the folds, without it and with it, by language."""
    from sklearn.metrics import roc_auc_score  # type: ignore[import-untyped, unused-ignore]

    asked = [row for row in (*calibration_questions(), *near_misses()) if row["reason"] in REASONS]
    plain = [{"lang": lang, "question": q, "answerable": True} for lang in LANGS for q in _plain(lang)]
    readers = [
        {"lang": lang, "question": q, "answerable": True}
        for (_, _, lang), entry in sorted(load_editorial().items())
        for q in entry.questions
    ]
    rows: list[Mapping[str, Any]] = [*asked, *plain, *readers]
    y = np.array([row["answerable"] for row in rows])
    fold = np.array([_fold(row) for row in asked] + [-1] * (len(plain) + len(readers)))
    weight = np.repeat([1.0, PLAINLY, READERS], [len(asked), len(plain), len(readers)])
    chinese = np.array([row["lang"] == "zh" for row in rows])
    encoder = open_encoder(None)
    vectors = SCALE * encoder.encode([retriever.read(row["question"]).read for row in rows], kind="query")
    beside = _beside(retriever, [*asked, *plain], fitted)
    beside = np.vstack([beside, *(_typical(beside, y, chinese, row["lang"]) for row in readers)])
    beside = np.hstack([beside, beside * chinese[:, None], chinese[:, None]])
    x = np.hstack([beside, vectors])
    scores, before, after = np.zeros((3, len(rows)))
    for one in range(FOLDS):
        seen, unseen = fold != one, fold == one
        model = _joint().fit(x[seen], y[seen], weight[seen])
        scores[unseen] = vectors[unseen] @ model.coef_[0][beside.shape[1] :]
        after[unseen] = model.decision_function(x[unseen])
        before[unseen] = _joint().fit(beside[seen], y[seen], weight[seen]).decision_function(beside[unseen])
    weights = SCALE * _joint().fit(x, y, weight).coef_[0][beside.shape[1] :]
    figures = {
        f"AUC {lang}": [round(float(roc_auc_score(y[mine], p[mine])), 3) for p in (before, after)]
        for lang, mine in (("zh", chinese & (fold >= 0)), ("en", ~chinese & (fold >= 0)))
    }
    held = {row["id"]: round(float(score), 2) for row, score in zip(asked, scores, strict=False)}
    return {"weights": [round(float(w), 2) for w in weights], "held_out": held}, {"n": len(y), **figures}


def _typical(beside: NDArray[np.float64], y: NDArray[np.bool_], chinese: NDArray[np.bool_], lang: object) -> Any:
    """The mean signals of what is answered in a language: for a reader's question, which would find itself."""
    mine = y[: len(beside)] & (chinese[: len(beside)] == (lang == "zh"))
    return beside[mine].mean(0)


def _beside(retriever: Retriever, rows: Sequence[Mapping[str, Any]], fitted: Mapping[str, Any]) -> NDArray[np.float64]:
    """`(n, s)`: the other signals of each question's search, standardised; the wording from folds that had not seen it."""
    newest = newest_asked(retriever)
    table = []
    for row in rows:
        signals = replace(signals_of(retriever, row, newest), meaning=0.0)
        held = fitted[row["lang"]]["held_out"]
        worded_so = within_reason(held[row["id"]]) if row.get("id") in held else signals.wording
        asked = signals.alike is not None
        table.append([*replace(signals, wording=worded_so, alike=signals.alike or 0.0).row[:-1], float(asked)])
    found = np.array(table)
    return np.asarray((found - found.mean(0)) / (found.std(0) + 1e-9))


def _plain(lang: Lang) -> list[str]:
    """The plainest questions about each subject, in six of the wordings, turn by turn."""
    return [form.format(term) for at, term in enumerate(_subjects(lang)) for form in PLAIN[lang][at % 4 :: 4]]


def _subjects(lang: Lang) -> list[str]:
    """What the texts deal with: the concepts of the glossary, by their form in the framework."""
    return [term.forms(lang)[0] for term in load_glossary().terms]


def _fold(row: Mapping[str, Any]) -> int:
    """The fold of a question's first clause, else of its own words."""
    about = [*(row.get("clauses") or ()), *(row.get("near") or ()), row["question"]]
    return zlib.crc32(about[0].encode()) % FOLDS


def _regression() -> Any:
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped, unused-ignore]

    return LogisticRegression(C=PENALTY, solver="liblinear", max_iter=2000, random_state=0)


def _joint() -> Any:
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped, unused-ignore]

    return LogisticRegression(C=JOINT_PENALTY, max_iter=3000)


def _kept(names: NDArray[np.str_], weights: NDArray[np.float64]) -> dict[str, float]:
    return {str(names[at]): round(float(weights[at]), 3) for at in np.flatnonzero(np.abs(weights) >= LEAST)}


if __name__ == "__main__":
    main()
