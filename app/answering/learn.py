"""Fits the recognition of comparisons: `python -m app.answering.learn`. Development only; needs scikit-learn (extra `models`).

From `corpus/calibration/comparisons.jsonl` (questions that compare editions, and others that could be taken for it), the
readers' questions of the editorial index and the calibration questions (none of which compares). Weights are sparse (L1)
so that they can be read. In five-fold cross-validation the bar is set where few ordinary questions are taken for
comparisons, and the penalty is the one that then finds most comparisons; the figures on questions that none of this has
seen are those of `tests/app/test_comparison.py`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.answering.kinds import comparison_features, is_diff_by_wording
from corpus.catalogue import load_catalogue
from corpus.editorial import load_editorial
from corpus.records import LANGS, Lang
from index.calibrate import calibration_questions
from index.question import understand

OUT = Path(__file__).with_name("comparison.json")
PENALTIES = (0.3, 1.0, 3.0)
"""Inverse strengths of the penalty."""
MISREAD = 0.004
"""Share of ordinary questions (calibration, readers') that may be taken for comparisons."""
FOLDS = 5
SHARES = (3.0, 1.0, 0.3)
"""Weight of a question of the set itself, of a calibration question, of a reader's question, of which there are most."""
OF_PUBLICATION = ("notice.1", "notice.2", "notice.3")
"""Parts of announcements that tell who published what and when; the others tell what changed."""
NAMED: Mapping[Lang, Sequence[str]] = {
    "zh": ("{version}里，{question}", "按{version}版，{question}", "{version}：{question}",
           "{question}（{year}年版）", "{question}{version}", "最新版里{question}"),
    "en": ("In {version}, {question}", "Under edition {version}: {question}", "{version}: {question}",
           "{question} In the {year} text?", "{question} ({version})", "What does the latest version say: {question}"),
}  # fmt: skip
"""How a question that compares nothing may name an edition; readers' questions seldom do."""
NAMING = 3
"""Every so many readers' questions one is asked of its edition by name."""
Floats = NDArray[np.float64]


def main() -> None:
    """Fits both languages, writes the weights and prints the figures of the cross-validation."""
    found = {}
    for lang in LANGS:
        found[lang], figures = fit(lang)
        print(json.dumps({"lang": lang, **figures}))
    OUT.write_text(json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def examples(lang: Lang) -> tuple[list[str], NDArray[np.bool_], Floats]:
    """Questions, whether each compares, and its weight."""
    rows = files("corpus").joinpath("calibration/comparisons.jsonl").read_text(encoding="utf-8").splitlines()
    own = [row for row in map(json.loads, rows) if row["lang"] == lang]
    others = [row["question"] for row in calibration_questions() if row["lang"] == lang]
    asked = [
        question
        for (edition, path, entry_lang), entry in sorted(load_editorial().items())
        if entry_lang == lang and (not path.startswith("notice") or path in OF_PUBLICATION)
        for question in _some_named(entry.questions, edition, lang)
        if not is_diff_by_wording(understand(question))
    ]
    questions = [*(row["question"] for row in own), *others, *asked]
    compares = np.array([row["compares"] for row in own] + [False] * (len(others) + len(asked)))
    weights = np.repeat(SHARES, [len(own), len(others), len(asked)])
    return questions, compares, weights


def _some_named(questions: Sequence[str], edition: str, lang: Lang) -> Iterator[str]:
    known = load_catalogue().edition(edition)
    for at, question in enumerate(questions):
        yield question
        if at % NAMING == 0:
            form = NAMED[lang][at // NAMING % len(NAMED[lang])]
            yield form.format(version=known.version, year=known.released[:4], question=question)


def fit(lang: Lang) -> tuple[dict[str, Any], dict[str, Any]]:
    """The weights as they are kept, and what the cross-validation found."""
    from sklearn.feature_extraction.text import CountVectorizer  # type: ignore[import-untyped, unused-ignore]

    questions, compares, weights = examples(lang)
    counts = CountVectorizer(analyzer=lambda text: sorted(comparison_features(understand(text))), min_df=3, binary=True)
    x = counts.fit_transform(questions)
    ordinary, tried = weights != SHARES[0], {}
    for penalty in PENALTIES:
        probability = _cross_validated(x, compares, weights, penalty)
        bar = float(np.quantile(probability[ordinary], 1 - MISREAD))
        tried[penalty] = (float((probability[compares] >= bar).mean()), bar)
    penalty = max(tried, key=lambda one: tried[one])
    recall, bar = tried[penalty]
    model = _regression(penalty).fit(x, compares, sample_weight=weights)
    names = counts.get_feature_names_out()
    kept = {str(names[at]): round(float(model.coef_[0, at]), 3) for at in np.flatnonzero(model.coef_[0])}
    figures = {
        "n": len(questions),
        "penalty": penalty,
        "bar": round(bar, 3),
        "recall": round(recall, 3),
        "weights": len(kept),
    }
    return {"weights": kept, "bias": round(float(model.intercept_[0]), 3), "bar": round(bar, 3)}, figures


def _regression(penalty: float) -> Any:
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped, unused-ignore]

    return LogisticRegression(C=penalty, l1_ratio=1.0, solver="liblinear", max_iter=2000, random_state=0)


def _cross_validated(x: Any, y: NDArray[np.bool_], weights: Floats, penalty: float) -> Floats:
    fold = np.arange(len(y)) % FOLDS
    found = np.zeros(len(y))
    for one in range(FOLDS):
        rest = fold != one
        model = _regression(penalty).fit(x[rest], y[rest], sample_weight=weights[rest])
        found[~rest] = model.predict_proba(x[~rest])[:, 1]
    return found


if __name__ == "__main__":
    main()
