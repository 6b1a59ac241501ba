"""A small answer of our own in two languages, as the assistant composes it, with drafts of it that are right and wrong."""

from __future__ import annotations

from lineages import edition

from app.answering.evidence import make_citation, own_sentences
from corpus.records import Answer, Document, Lang, Span, Statement

TEXTS: dict[Lang, str] = {
    "zh": """1. 日志与备份
1.1 运行日志
运行日志应当至少留存六个月，便于事后追查责任。
1.2 备份
重要文件每天备份到异地机房。备份不得存放在本机。
2. 附则
2.1 施行
本规程自公布起施行。""",
    "en": """1. Logs and backups
1.1 Operation logs
Operation logs should be kept for at least six months so that responsibility can be traced.
1.2 Backups
Important files are copied every day to a remote machine room. Backups must not be stored on the machine itself.
2. Final rules
2.1 Entry into force
These rules apply from the day they are published.""",
}
QUESTIONS: dict[Lang, str] = {"zh": "日志和备份怎么留存？", "en": "How are logs and backups kept?"}
LOGS: dict[Lang, str] = {
    "zh": "运行日志应当至少留存六个月[1]。",
    "en": "Operation logs should be kept for at least six months[1].",
}
FILES: dict[Lang, str] = {
    "zh": "重要文件每天备份到异地机房[2]。",
    "en": "Important files are copied every day to a remote machine room[2].",
}
BACKUPS: dict[Lang, str] = {
    "zh": "备份不得存放在本机[3]。",
    "en": "Backups must not be stored on the machine itself[3].",
}
GOOD: dict[Lang, str] = {lang: f"{LOGS[lang]}\n{FILES[lang]}\n{BACKUPS[lang]}\n" for lang in LOGS}
"""A draft that uses every quotation."""
WRONG: dict[str, dict[Lang, str]] = {
    "an invented citation": {
        "zh": "运行日志至少留存六个月，便于追查责任[99]。",
        "en": "Operation logs should be kept so that responsibility can be traced[99].",
    },
    "a true and an invented citation": {
        "zh": "运行日志便于事后追查责任[1][99]。",
        "en": "Responsibility can be traced by operation logs[1][99].",
    },
    "another quotation's number": {
        "zh": "运行日志便于事后追查责任[2]。",
        "en": "Operation logs should be kept so that responsibility can be traced[2].",
    },
    "a changed number": {
        "zh": "运行日志应当至少留存九个月[1]。",
        "en": "Operation logs should be kept for at least nine months[1].",
    },
    "a stronger duty": {
        "zh": "运行日志必须至少留存六个月[1]。",
        "en": "Operation logs must be kept for at least six months[1].",
    },
    "a negation lost": {
        "zh": "备份存放在本机[3]。",
        "en": "Backups must be stored on the machine itself[3].",
    },
    "a negation added": {
        "zh": "运行日志不应当留存六个月[1]。",
        "en": "Operation logs should not be kept for six months[1].",
    },
    "no mark": {
        "zh": "运行日志便于事后追查责任。",
        "en": "By operation logs responsibility can be traced.",
    },
    "words of its own": {
        "zh": "违反者将由监管部门处以高额罚款[1]。",
        "en": "Violators will be fined heavily by the regulator[1].",
    },
    "hardly a word": {"zh": "是的[1]。", "en": "Yes[1]."},
    "the other language": {
        "zh": "Operation logs should be kept for at least six months[1].",
        "en": "运行日志应当至少留存六个月[1]。",
    },
    "HTML": {
        "zh": "运行日志便于<b>事后</b>追查责任[1]。",
        "en": "By <b>operation</b> logs responsibility can be traced[1].",
    },
    "a script": {
        "zh": "运行日志便于追查责任<script>alert(1)</script>[1]。",
        "en": "Responsibility can be traced<script>alert(1)</script>[1].",
    },
    "a link": {
        "zh": "运行日志便于[事后](http://x.example/)追查责任[1]。",
        "en": "Responsibility can be [traced](http://x.example/) by logs[1].",
    },
    "an address": {
        "zh": "运行日志便于追查责任，见https://x.example[1]。",
        "en": "Responsibility can be traced, see https://x.example[1].",
    },
    "control characters": {
        "zh": "运行日志便于\x1b[31m追查责任[1]。",
        "en": "Responsibility can be \x1b[31mtraced[1].",
    },
    "hidden characters": {
        "zh": "运行日志便于\u202e追查责任[1]。",
        "en": "Responsibility can be \u202etraced[1].",
    },
}

ASKED: dict[Lang, str] = {"zh": "日志要留存多久？", "en": "How long must logs be kept?"}
DRAFT: dict[Lang, str] = {
    "zh": "应用的运行日志至少留存6个月[1]。",
    "en": "Logs should be kept for at least six months [1].",
}
FALSE: dict[Lang, str] = {
    "zh": "应用的运行日志至少留存9个月[1]。",
    "en": "Logs should be kept for at least nine months [1].",
}
"""Of the bundled corpus: a question, a draft, and one with another number."""


def document(lang: Lang) -> Document:
    """The text as a supplied document of edition 2.0."""
    return edition(lang, "2.0", TEXTS[lang])


def answer(lang: Lang, **other: object) -> Answer:
    """Three quotations: clause 1.1, and the two sentences of 1.2, one statement each."""
    of = document(lang)
    spans: list[tuple[str, Span]] = [
        (path, span) for path in ("1.1", "1.2") for span in own_sentences(of, of.by_path[path])
    ]
    citations = tuple(
        make_citation(of, of.by_path[path], span, marker, lang) for marker, (path, span) in enumerate(spans, start=1)
    )
    statements = tuple(Statement(f"“{c.quote}”[{c.marker}]", (c.marker,)) for c in citations)
    row: dict[str, object] = {
        "answer_id": "a1",
        "question": QUESTIONS[lang],
        "lang": lang,
        "editions": ("aisgf@2.0",),
        "type": "lookup",
        "text": "\n".join(statement.text for statement in statements),
        "statements": statements,
        "citations": citations,
        "declined": None,
        "notes": (),
        "hits": (),
        "ms": {"retrieve": 1.0, "compose": 1.0},
    }
    return Answer(**{**row, **other})  # type: ignore[arg-type]
