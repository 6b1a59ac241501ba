"""Every word of the tables that is ours, in both languages."""

from __future__ import annotations

from app.labels import LABELS
from corpus.records import Lang

WORDS: dict[str, tuple[str, str]] = {
    "title": (
        "《人工智能安全治理框架》{old}版与{new}版对照表",
        "AI Safety Governance Framework: {old} and {new} compared",
    ),
    "made_by": (
        "由条文（Tiaowen）根据逐条沿革生成；单元格文字均摘自下列文本。",
        "Made by Tiaowen from the clause lineage; every cell is taken from these texts.",
    ),
    "side": ("{version}版", "{version}"),
    "kind": ("修订类型", "Kind of change"),
    "substance": ("实质变化", "Substance"),
    "replaced": ("“{old}”改为“{new}”（{count}处）", "“{old}” became “{new}” ({count} times)"),
    "substitutions": ("通篇替换的用语", "Terms replaced throughout"),
    "summary": ("主要变化", "Main changes"),
    "table": ("逐条对照", "Clause by clause"),
    "grounds": ("对应依据", "why these belong together"),
    "shared_terms": ("共有用语：{terms}", "shared terms: {terms}"),
    "mark_gone": ("删去", "gone"),
    "mark_come": ("增加", "come"),
    "mark_away": ("原在此处，移至他处的句子", "a sentence that stood here and moved"),
    "mark_here": ("自他处移来的句子", "a sentence that moved here"),
    "derivations": ("来源表（{new}版各条出自何处）", "Table of derivations (where each clause of {new} comes from)"),
    "destinations": ("去向表（{old}版各条去往何处）", "Table of destinations (where each clause of {old} went)"),
    "clause": ("条款", "Clause"),
    "came_from": ("出自", "Derived from"),
    "went_to": ("去往", "Went to"),
    "none": ("无", "none"),
    "all_links": ("共{count}组", "{count} in all"),
    "shown_links": ("显示{shown}组，共{count}组", "{shown} of {count} shown"),
    "moved_too": ("换至他节", "now under another section"),
    "reviewed": ("经人工核定：{note}", "decided by a reviewer: {note}"),
    "languages_differ": ("另一语言的沿革不同，请核对", "the lineage of the other language differs, please check"),
    "detour_differs": (
        "经中间版本的沿革不同，请核对",
        "the lineage through the editions between differs, please check",
    ),
    "heading_changed": ("标题改变", "heading changed"),
    "low_confidence": ("把握较小（{confidence:.2f}），请核对", "less certain ({confidence:.2f}), please check"),
    "digest": ("自编要点（非官方文本）", "our digest, not official text"),
    "official": ("官方文本", "official text"),
    "supplied": ("自备文本（未核验）", "supplied, not verified"),
    "said_added": ("增加了“{new}”（见{new_places}）", "Added: “{new}” (see {new_places})"),
    "said_removed": ("删除了“{old}”（见{old_places}）", "Removed: “{old}” (see {old_places})"),
    "said_changed": (
        "更改了“{new}”（见{new_places}，{old_places}）",
        "Changed: “{new}” (see {new_places}; {old_places})",
    ),
    "said_moved": (
        "移动了“{new}”（见{new_places}，{old_places}）",
        "Moved: “{new}” (see {new_places}; {old_places})",
    ),
    "said_split": (
        "将“{old}”拆分为“{new}”（见{new_places}，{old_places}）",
        "Split: “{old}” into “{new}” (see {new_places}; {old_places})",
    ),
    "said_merged": (
        "将“{old}”合并为“{new}”（见{new_places}，{old_places}）",
        "Merged: “{old}” into “{new}” (see {new_places}; {old_places})",
    ),
    "preface": ("前言", "preface"),
    "appendix": ("附件{number}", "Appendix {number}"),
    "places": ("{version}版的{paths}", "{version} {paths}"),
    **LABELS,
}


def say(key: str, lang: Lang, **parts: object) -> str:
    """A phrase in a language: `say("added", "zh") == "新增"`."""
    return WORDS[key][0 if lang == "zh" else 1].format(**parts)


def path_in_words(path: str, lang: Lang) -> str:
    """A path as a reader says it: `path_in_words("A1", "zh") == "附件1"`, `"preface"` is 前言; others stay as printed."""
    if path == "preface":
        return say("preface", lang)
    if path[:1] == "A" and path[1:].isdecimal():
        return say("appendix", lang, number=path[1:])
    return path
