"""Every word of an answer that is ours, in both languages. They connect and label; claims stand in quotations."""

from __future__ import annotations

from functools import cache
from string import Formatter

from app.labels import LABELS
from corpus.records import Lang

_WORDS: dict[str, tuple[str, str]] = {
    "quote": ("{place}“{heading}”：“{quote}”{mark}", "{place} “{heading}”: “{quote}”{mark}"),
    "quote_bare": ("{place}：“{quote}”{mark}", "{place}: “{quote}”{mark}"),
    "item": ("{place} {heading}{mark}", "{place} {heading}{mark}"),
    "group_risks": ("相关风险：", "Risks:"),
    "group_measures": ("应对措施：", "Measures:"),
    "group_guidelines": ("安全指引：", "Guidelines:"),
    "group_principles": ("原则与背景：", "Principles and background:"),
    "item_count": ("（{count}条）", " ({count} items)"),
    "place": ("{version}版 §{path}", "{version} §{path}"),
    "place_work": ("{title} §{path}", "{title} §{path}"),
    "place_preface": ("{version}版前言", "{version} preface"),
    "place_notice": ("{version}版发布公告", "{version} release announcement"),
    "place_table": ("{version}版映射表（§{path}）", "{version} mapping table (§{path})"),
    "ask_measures": (
        "{version}版针对“{heading}”有哪些应对措施？",
        "Which measures does {version} have against “{heading}”?",
    ),
    "ask_risks": ("{version}版的{path}针对哪些风险？", "Which risks does {path} of {version} answer?"),
    "ask_change": (
        "{version}版的{path}从{old}版到{new}版有什么变化？",
        "What changed between {old} and {new} in {path} of {version}?",
    ),
    "ask_group": ("{version}版“{heading}”包括哪些？", "What does “{heading}” of {version} include?"),
    "cited_official": ("官方文本", "official text"),
    "cited_supplied": ("自备文本，未核验", "supplied copy, not verified"),
    "cited_digest": ("条文自编要点，非官方文本", "Tiaowen's digest, not official text"),
    "cited_where": ("{title}，{place}（{nature}）", "{title}, {place} ({nature})"),
    "cited_plain": ("“{quote}”，{where}", "“{quote}”, {where}"),
    "cited_digest_of": ("{title}逐条要点（非官方文本）", "{title}: clause-by-clause digest (not official text)"),
    "locator": ("{place}，第{page}页", "{place}, p. {page}"),
    "list_head": (
        "{place}“{heading}”之下共{count}项{mark}：",
        "Under {place} “{heading}” there are {count} items{mark}:",
    ),
    "count_head": ("共{count}项：{place}“{heading}”{mark}。", "{count} items: {place} “{heading}”{mark}."),
    "count_nested": (
        "{place}“{heading}”{mark}共{count}类、{leaves}条：",
        "{place} “{heading}”{mark}: {count} groups, {leaves} items:",
    ),
    "measures_of": ("针对该风险的技术应对措施：\n{names}", "Technical measures against this risk:\n{names}"),
    "governance_of": ("针对该风险的综合治理措施：\n{names}", "Governance measures against this risk:\n{names}"),
    "risks_of": (
        "按映射表，该措施针对的风险：\n{names}",
        "By the mapping table, this measure answers these risks:\n{names}",
    ),
    "edition_parts": ("{version}版由以下部分组成：\n{names}", "The parts of {version}:\n{names}"),
    "occurs": (
        "“{pattern}”在{edition}中出现{count}次（{document}全文检索）。",
        "“{pattern}” occurs {count} times in {edition} ({document}, searched in full).",
    ),
    "occurs_not": (
        "“{pattern}”在{edition}中未出现（{document}全文检索）。",
        "“{pattern}” does not occur in {edition} ({document}, searched in full).",
    ),
    "diff_structure": (
        "{what}：{old}版{old_count}项，{new}版{new_count}项；其中仅见于一版的：\n{names}",
        "{what}: {old_count} in {old}, {new_count} in {new}; found in one edition only:\n{names}",
    ),
    "diff_structure_now": (
        "{what}：{old}版{old_count}项，{new}版{new_count}项；{new}版为：\n{names}",
        "{what}: {old_count} in {old}, {new_count} in {new}; in {new}:\n{names}",
    ),
    "diff_parts": ("章与附件", "Chapters and appendices"),
    "diff_part": ("第{path}章“{heading}”", "Chapter {path}, “{heading}”"),
    "diff_counts": (
        "与此有关的共{count}组：{counts}。",
        "{count} links are about this: {counts}.",
    ),
    "diff_counts_all": ("逐条对应共{count}组：{counts}。", "{count} links, clause by clause: {counts}."),
    "diff_counted": ("{label}{count}", "{label} {count}"),
    "diff_kept": ("其中原样保留或仅有文字调整的{count}组。", "Unchanged, or editorial only: {count}."),
    "diff_duties": (
        "按措辞（应、须、宜、可等）判断，要求加强的{stronger}组，减弱的{weaker}组；另新增{added}条、删除{removed}条。",
        "By their wording (must, shall, should, may), duties are stronger in {stronger} and weaker in {weaker}; "
        "besides, {added} clauses are new and {removed} are gone.",
    ),
    "diff_other_clause": (
        "编号§{path}在两版中不是同一条：{old}版§{path}在{new}版{went}，{new}版§{path}在{old}版{came}。{mark}",
        "§{path} is not the same clause in both: {old} §{path} is {went} in {new}; {new} §{path} is {came} in {old}.{mark}",
    ),
    "diff_there": ("对应{paths}", "{paths}"),
    "diff_nowhere": ("无对应条款", "nowhere"),
    "diff_arrow": ("{old} → {new}", "{old} → {new}"),
    "diff_reworded": ("改写（{count}），按章：{chapters}。", "Reworded ({count}), by chapter: {chapters}."),
    "diff_chapter": ("第{chapter}章{count}组", "chapter {chapter}: {count}"),
    "diff_chapter_other": ("前言与附件{count}组", "preface and appendices: {count}"),
    "diff_substance": ("其中{label}（{count}）：{names}", "Of these, {label} ({count}): {names}"),
    "diff_group": ("{label}（{count}）：\n{names}", "{label} ({count}):\n{names}"),
    "diff_added": ("新增：{new}{mark}", "Added: {new}{mark}"),
    "diff_removed": ("删除：{old}{mark}", "Removed: {old}{mark}"),
    "diff_pair": ("{label}：{old} → {new}{mark}", "{label}: {old} → {new}{mark}"),
    **LABELS,
    "with_substance": ("{label}（{substance}）", "{label} ({substance})"),
    "note_digest": (
        "以上引自条文（Tiaowen）自编的逐条要点，不是官方文本；官方来源：{url}。",
        "Quoted from Tiaowen's own clause-by-clause digest, not from the official text; official source: {url}.",
    ),
    "note_announcement": (
        "{version}版正文尚未收入；以上依据其发布公告。",
        "The text of edition {version} is not in the corpus yet; this rests on its release announcement.",
    ),
    "note_ocr": (
        "引文由扫描页文字识别（OCR）得到，可能有个别错字，请核对原页。",
        "The quotation was read from page images by OCR and may hold single wrong letters; compare the page.",
    ),
    "note_twins": (
        "此处中英文本不一致，引用前请对照另一语言：{reasons}。",
        "The Chinese and English texts differ here; compare the other language before quoting: {reasons}.",
    ),
    "nothing": ("无", "none"),
    "twins_missing_zh": ("{path}只见于中文", "{path} stands in Chinese only"),
    "twins_missing_en": ("{path}只见于英文", "{path} stands in English only"),
    "twins_form": ("{path}一方为段落，一方为列表", "{path} is a paragraph in one language and a list in the other"),
    "twins_length": (
        "{path}篇幅相差异常（中文{zh}字，英文{en}个字母），一方可能有增删",
        "{path} differs unusually in length (Chinese {zh} characters, English {en} letters): one side may add or omit",
    ),
    "twins_repeats_zh": ("{path}的中文重复了{zh}", "the Chinese of {path} repeats {zh}"),
    "twins_repeats_en": ("{path}的英文重复了{en}", "the English of {path} repeats {en}"),
    "twins_strays_zh": ("{path}的中文与{zh}的英文更为接近", "the Chinese of {path} is nearer to the English of {zh}"),
    "twins_strays_en": ("{path}的英文与{en}的中文更为接近", "the English of {path} is nearer to the Chinese of {en}"),
    "twins_terms_zh": ("{path}的“{zh}”只见于中文", "“{zh}”: in the Chinese of {path} only"),
    "twins_terms_en": ("{path}的“{en}”只见于英文", "“{en}”: in the English of {path} only"),
    "twins_rendering": (
        "{path}标题中“{zh}”的英译前后不一：{en}",
        "the heading of {path} renders “{zh}” otherwise: {en}",
    ),
    "twins_force_zh": ("{path}只有中文写明义务（“{zh}”）", "only the Chinese of {path} states a duty (“{zh}”)"),
    "twins_force_en": ("{path}只有英文写明义务（“{en}”）", "only the English of {path} states a duty (“{en}”)"),
    "twins_numbers": (
        "{path}的数量不同（中文：{zh}；英文：{en}）",
        "{path} differs in quantities (Chinese: {zh}; English: {en})",
    ),
    "twins_mapping": (
        "{path}所列措施不同（中文：{zh}；英文：{en}）",
        "{path} lists other measures (Chinese: {zh}; English: {en})",
    ),
    "note_doubtful": (
        "引文由扫描页文字识别（OCR）得到，其中{clauses}识别存疑，请核对原页。",
        "The quotation was read from page images by OCR, {clauses} with doubt; compare the page.",
    ),
    "note_newer": (
        "《框架》{version}版已于{released}发布，其正文尚未收入；以上依据{used}版。",
        "Edition {version} was published on {released}; its text is not in the corpus yet. The answer rests on {used}.",
    ),
    "note_newer_has": (
        "以上依据{used}版；较新的{version}版正文已收入，可改问该版。",
        "The answer rests on {used}; the newer {version} is in the corpus and can be asked about.",
    ),
    "note_other_reworded": (
        "{other}版的对应条款（{paths}）表述不同。",
        "The corresponding clause of edition {other} ({paths}) is worded differently.",
    ),
    "note_other_none": ("{other}版没有对应条款。", "Edition {other} has no corresponding clause."),
    "note_other_number": (
        "编号因版本而异：{other}版的 §{path} 是“{heading}”。",
        "Numbers differ between editions: §{path} of edition {other} is “{heading}”.",
    ),
    "note_language": (
        "所引文本只有英文。",
        "The text quoted exists in Chinese only.",
    ),
    "note_index_behind": (
        "语料已更新而索引未重建，以上依据旧索引；请运行 tiaowen build。",
        "The corpus has changed since the index was built; the answer rests on the old index. Run: tiaowen build.",
    ),
    "note_llm": (
        "以上语句由语言模型（{model}）根据引文连缀：代码逐句核对了它所写的{seen}句，保留得到引文支持的{kept}句。以引文原文为准。",
        "A language model ({model}) put the quotations into these sentences: of {seen} that it wrote, checked by code, "
        "{kept} said only what their quotations say. The quotations are what counts.",
    ),
    "note_llm_fallback": (
        "语言模型（{model}）的草稿未采用：{reason}。以上为直接摘引的答复。",
        "The draft of the language model ({model}) was not used: {reason}. The answer is quoted, without it.",
    ),
    "llm_failed": ("模型或其服务出错{status}", "the model or its server failed{status}"),
    "llm_timed_out": ("未在限时内写完", "it was not finished in time"),
    "llm_cut_off": ("草稿中断，并未用到全部引文", "it broke off before all quotations were used"),
    "llm_empty": ("草稿为空", "it was empty"),
    "llm_unsupported": (
        "{seen}句中仅{kept}句得到引文支持",
        "of {seen} sentences, {kept} said only what their quotations say",
    ),
    "llm_instructed": (
        "它照着提问或文档中夹带的指示写了内容",
        "it followed an instruction that stands in the question or in a document",
    ),
    "declined_off_topic": (
        "这个问题与《人工智能安全治理框架》无关，语料中没有可以回答它的条款。",
        "This question is not about the AI Safety Governance Framework; no clause in the corpus answers it.",
    ),
    "declined_not_in_framework": (
        "《框架》文本没有谈到这一点，因此不作回答。",
        "The text of the framework does not speak of this, so there is no answer to give.",
    ),
    "declined_not_in_edition": (
        "{version}版没有谈到这一点。",
        "Edition {version} does not speak of this.",
    ),
    "declined_elsewhere": (
        "{version}版没有谈到这一点；{others}版谈到，见最接近的条款。",
        "Edition {version} does not speak of this; {others} does, see the nearest clauses.",
    ),
    "premise_still_there": (
        "{version}版并未取消这一内容，见所列条款。",
        "Edition {version} has not taken this out: see the clauses shown.",
    ),
    "premise_count": (
        "问题所说的数目与{version}版不符：“{heading}”之下共{count}项。",
        "The number in the question is not that of {version}: “{heading}” has {count} parts.",
    ),
    "premise_quantity": (
        "问题所说的期限与{version}版的条款不符，见所列条款。",
        "The length of time in the question is not that of the clause in {version}: see the clause shown.",
    ),
    "premise_not_forbidden": (
        "{version}版与此最相关的条款没有禁止性规定，见所列条款。",
        "The clause of {version} nearest to this forbids nothing: see the clause shown.",
    ),
    "premise_no_law": (
        "《框架》不是法律法规，{version}版的性质见其发布公告。",
        "The framework is not a law; its release announcement says what {version} is.",
    ),
    "declined_ambiguous": (
        "这句话没有说明问的是哪一条、哪一件事，请补充。",
        "This does not say which clause or matter is meant; please name it.",
    ),
    "edition_none": ("各版都", "any edition"),
    "edition_named": ("{version}版", "{version}"),
    "none": ("无", "none"),
    "declined_no_such_text": (
        "提问范围只限“{kinds}”，而{version}没有这类正文。有这类正文的版本：{known}。可放宽范围，或取得官方文本。",
        "The scope allows only text that is {kinds}, and there is none of {version}. Editions with such text: {known}. "
        "Widen the scope, or get the official text.",
    ),
    "declined_no_text": (
        "{version}版的正文不在语料中，无法据此回答。已收入正文的版本：{known}。",
        "The text of edition {version} is not in the corpus, so it cannot be answered from. Editions with text: {known}.",
    ),
}
_BESIDE = ("note_", "twins_", "declined_", "premise_")
"""What stands beside an answer or in its place; no statement says it."""
_COUNTING = LABELS.keys() | {
    *("occurs", "occurs_not", "diff_counts", "diff_counts_all", "diff_counted", "diff_kept", "diff_duties"),
    *("diff_reworded", "diff_chapter", "diff_chapter_other"),
}
_CLAIMING = LABELS.keys() | {"diff_added", "diff_removed", "diff_other_clause", "diff_there", "diff_nowhere"}
"""What `recount` says anew, since it is true of some clauses only."""
_COMMA = {"zh": "、", "en": "; "}


def say(key: str, lang: Lang, **parts: object) -> str:
    """One of our wordings in a language: `say("added", "zh") == "新增"`."""
    return _WORDS[key][0 if lang == "zh" else 1].format(**parts)


@cache
def pieces(lang: Lang, counting: bool = False) -> tuple[str, ...]:
    """What our wordings say around what is filled in, longest first: `之下共`, `there are`.

    `counting`: those of statements that rest on a search, labels too. Elsewhere a label is a claim: `recount` looks it up.
    """
    wanted = _COUNTING if counting else _WORDS.keys() - _COUNTING - _CLAIMING
    told = [_WORDS[key][0 if lang == "zh" else 1] for key in wanted if not key.startswith(_BESIDE)]
    found = {text.strip(" §") for said in told for text, *_ in Formatter().parse(said)}
    long = (text for text in found if len(text) > 1 and any(map(str.isalpha, text)))
    return (*sorted(long, key=lambda text: (-len(text), text)), say("nothing", lang))


def join(parts: list[str], lang: Lang) -> str:
    """A list in running text."""
    return _COMMA[lang].join(parts)


def listed(parts: list[str], lang: Lang) -> str:
    """Short parts of a list: `listed(["5.1", "5.2"], "zh") == "5.1、5.2"`, with commas in English."""
    return ("、" if lang == "zh" else ", ").join(parts)


def mark(*markers: int) -> str:
    """Citation marks: `mark(1, 2) == "[1][2]"`, English and Chinese alike."""
    return "".join(f"[{marker}]" for marker in markers)
