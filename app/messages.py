"""Every word of the command line and the screens that is not an answer, in both languages."""

from __future__ import annotations

import locale
import os

from corpus.records import Lang

MESSAGES: dict[str, tuple[str, str]] = {
    "official": ("官方文本", "official"),
    "supplied": ("自备文本（未核验）", "supplied, not verified"),
    "digest": ("自编要点（非官方文本）", "our digest, not official text"),
    "ocr": ("扫描识别", "read by OCR"),
    "low_confidence": ("部分文字识别存疑", "read with doubt in places"),
    "doubtful_clauses": ("识别存疑条款{count}个", "clauses read with doubt: {count}"),
    "translation": ("官方英译", "official translation"),
    "no_text": ("无正文", "no text"),
    "clauses": ("条款", "clauses"),
    "body": ("正文", "body"),
    "notice": ("发布公告", "announcement"),
    "twins": (
        "中英对照  {part}  {pairs}对条款，其中{differ}条两种语言不一致（tiaowen status --json 列出）",
        "zh–en  {part}  {pairs} pairs of clauses; in {differ} the languages differ (listed by tiaowen status --json)",
    ),
    "disagrees": ("中英不一致", "Chinese and English differ"),
    "index": ("索引", "index"),
    "index_current": ("与语料一致", "in step with the corpus"),
    "index_behind": ("落后于语料，请运行 tiaowen build", "behind the corpus, run: tiaowen build"),
    "index_none": ("尚未建立，请运行 tiaowen build", "none yet, run: tiaowen build"),
    "newest": (
        "最新版为{version}（{released}发布）：{state}",
        "The newest edition is {version}, published {released}: {state}",
    ),
    "has_text": ("正文已收入", "its text is in the corpus"),
    "lacks_text": ("正文未收入", "its text is not in the corpus"),
    "sources": ("引文", "Quotations"),
    "notes": ("说明", "Notes"),
    "read_as": ("按此理解：{text}", "Read as: {text}"),
    "because": ("读者会这样问：{question}", "as readers ask: {question}"),
    "nearest": ("最接近的条款（不是答案）", "Nearest clauses (not an answer)"),
    "declined": ("未作回答", "No answer"),
    "building": (
        "尚无索引，正在用内置语料建立（约几秒）……",
        "no index yet: building one from the bundled corpus (a few seconds) ...",
    ),
    "built": (
        "已建立索引 {generation}：{documents}个文档，{passages}个段落，{lineages}份沿革，编码器 {encoder}",
        "built index {generation}: {documents} documents, {passages} passages, {lineages} lineages, encoder {encoder}",
    ),
    "added": (
        "已加入 {document}：{clauses}个条款，{status}，第{revision}次修订",
        "added {document}: {clauses} clauses, {status}, revision {revision}",
    ),
    "added_same": (
        "该文件已在语料中，未作改动",
        "this file is in the corpus already, nothing changed",
    ),
    "removed": (
        "已移出 {document}（{revisions}次修订仍留存，可用 tiaowen text --sha256 核对）；有自编要点的，恢复自编要点",
        "removed {document} ({revisions} revisions stay checkable with tiaowen text --sha256); "
        "our digest, where there is one, takes its place again",
    ),
    "then_build": ("请运行 tiaowen build 更新索引", "now run: tiaowen build"),
    "offer": (
        "提示：以上为自编要点。取得官方文本：tiaowen crawl --edition {version}，或 tiaowen add 文件 --edition {version}",
        "This is our digest. For the official text: tiaowen crawl --edition {version}, or tiaowen add FILE --edition {version}",
    ),
    "answer_id": ("答复编号 {id}（重现：tiaowen replay {id}）", "Answer {id} (again with: tiaowen replay {id})"),
    "receipt_lost": (
        "本次答复未能登记，tiaowen replay 将无法重现：{reason}",
        "this answer was not noted, tiaowen replay will not know it: {reason}",
    ),
    "replay_changed": (
        "当时的答复出自索引 {old}（Tiaowen {old_version}），以下出自现在的索引 {new}（Tiaowen {new_version}），可能有所不同",
        "that answer was made from index {old} (Tiaowen {old_version}), this one from the present index {new} "
        "(Tiaowen {new_version}); they may differ",
    ),
    "replay_behind": (
        "索引仍为 {new}，但语料与当时不同，答复附注可能有所不同；请运行 tiaowen build",
        "the index is {new} as it was, but the corpus is not; the notes may differ, run: tiaowen build",
    ),
    "no_answer_id": ("{written} 不是答复编号", "{written} is no answer id"),
    "answer_id_form": (
        "编号见答复末尾，取前{shortest}位以上的十六进制数字",
        "an answer ends with its id: give its first hexadecimal digits, {shortest} at least",
    ),
    "answer_unknown": ("此处没有编号为 {written} 的答复", "no answer {written} was given in this home"),
    "answer_elsewhere": (
        "请核对答复末尾的编号，或用 --home 目录 指明当时的数据目录",
        "check the id at the end of the answer, or name the home it was asked in with --home DIR",
    ),
    "answer_ambiguous": (
        "有{count}个答复编号以 {written} 开头",
        "{count} answers have an id that begins with {written}",
    ),
    "more_digits": ("请多给几位：{shown}", "give more digits: {shown}"),
    "reading_page": ("识别第{done}/{total}页，约剩{left}秒", "reading page {done} of {total}, about {left} s left"),
    "interrupted": (
        "已中断；已识别的页都已保存，再次运行即可继续",
        "interrupted; the pages read so far are kept, run the same command to go on",
    ),
    "eval_progress": ("已答{done}/{of}题", "{done} of {of} cases answered"),
    "eval_lineage": ("正在评测沿革……", "measuring the lineage ..."),
    "eval_robustness": (
        "正在评测其他问法、噪声与被改动的条款……",
        "measuring other wordings, noise and doctored clauses ...",
    ),
    "eval_bench": ("正在测速度与内存……", "measuring speed and memory ..."),
    "bench_size": ("正在测{size}个合成段落……", "measuring {size} synthetic passages ..."),
    "fetched": ("已取得 {url}（{size}字节）", "fetched {url} ({size} bytes)"),
    "not_modified": ("未变化 {url}", "not modified {url}"),
    "fetch_failed": ("未能取得 {url}：{error}", "could not fetch {url}: {error}"),
    "skipped": ("{url} 未解析：{error}", "{url} was not parsed: {error}"),
    "crawl_resumed": (
        "接着上次中断的爬取：已取得的{count}项不再请求",
        "going on with the crawl that was cut short: {count} pages are not asked for again",
    ),
    "crawl_done": (
        "取得{fetched}项：新增文本{added}项，修订{revised}项，内容相同的其他网址{same}项，未能取得{failed}项",
        "{fetched} fetches: {added} new texts, {revised} revised, {same} further addresses of the same text, {failed} failed",
    ),
    "site": (
        "网站动态（上次爬取：{checked}；上次查看发布列表：{lists}）：",
        "On the sites (last crawl: {checked}; lists of publications last looked at: {lists}):",
    ),
    "never": ("从未", "never"),
    "list_missing": (
        "未能查看发布列表：{url}（{reason}）",
        "a list of publications could not be read: {url} ({reason})",
    ),
    "site_nothing": ("没有语料之外的新内容", "nothing that the corpus lacks"),
    "new_edition": (
        "疑似目录之外的新版本 {edition}：{title}（{date}）{url}",
        "may be an edition that the catalogue lacks, {edition}: {title} ({date}) {url}",
    ),
    "related": (
        "目录之外的相关页面：{title}（{date}）{url}",
        "about the work, not in the catalogue: {title} ({date}) {url}",
    ),
    "changed": (
        "{edition} 的页面有变化，未采用：{url}（{reason}）",
        "page of {edition} changed and was not taken over: {url} ({reason})",
    ),
    "unreadable": (
        "{edition} 的页面未能读入：{url}（{reason}）",
        "page of {edition} could not be read: {url} ({reason})",
    ),
    "other_text": ("{edition} 另有文字不同的副本，未采用：{url}", "another text of {edition}, not in use: {url}"),
    "date_differs": (
        "{edition} 的页面所印日期为{date}，目录为{reason}：{url}",
        "page of {edition} prints {date}, the catalogue has {reason}: {url}",
    ),
    "text_missing": (
        "{edition} 的正文尚未收入：{url}（{reason}）",
        "the text of {edition} is not in the corpus: {url} ({reason})",
    ),
    "unreached": ("上次爬取没有连上任何网站：{url}（{reason}）", "the last crawl reached no site: {url} ({reason})"),
    "not_fetched": ("没有取得文件", "no file was fetched"),
    "lineage": ("沿革", "Lineage"),
    "mapping": ("映射", "Mapping"),
    "fetched_on": ("获取于{day}", "fetched {day}"),
    "added_on": ("加入于{day}", "added {day}"),
    "parsed_lines": (
        "  {lines}段：正文{kept}段；未收{dropped}；存疑条款{doubtful}个，映射表{rows}行",
        "  {lines} paragraphs: {kept} of text; dropped {dropped}; {doubtful} doubtful clauses, {rows} table rows",
    ),
    "parsed": (
        "  {pages}页{lines}行：正文{kept}行；未收{dropped}；存疑条款{doubtful}个，映射表{rows}行",
        "  {pages} pages, {lines} lines: {kept} of text; dropped {dropped}; {doubtful} doubtful clauses, {rows} table rows",
    ),
    "parsed_blank": ("空白页{blank}页", "{blank} blank pages"),
    "dropped_nothing": ("无", "nothing"),
    "dropped_cover": ("封面{count}行", "{count} of the cover"),
    "dropped_contents": ("目录{count}行", "{count} of the contents"),
    "dropped_running_head": ("页眉{count}行", "{count} running heads"),
    "dropped_page_number": ("页码{count}行", "{count} page numbers"),
    "serving": ("条文已启动：{url}", "Tiaowen is running at {url}"),
    "page": ("第{page}页", "p. {page}"),
    "composed": (
        "与经{through}推得的沿革一致率 {agree}",
        "agreement with the lineage through {through}: {agree}",
    ),
    "parity": ("中英沿革一致率 {agree}", "Chinese and English lineages agree: {agree}"),
    # --- screens
    "app_title": ("条文 Tiaowen", "Tiaowen 条文"),
    "app_lead": (
        "《人工智能安全治理框架》问答：每一句都可核对条款",
        "Ask China's AI Safety Governance Framework: every sentence can be checked against its clause",
    ),
    "ask_placeholder": ("输入问题，中英文均可", "Ask in English or Chinese"),
    "scope_edition": ("版本", "Edition"),
    "scope_language": ("答复语言", "Answer language"),
    "scope_auto": ("随提问语言", "As asked"),
    "scope_newest": ("最新正文（{version}）", "Newest with text ({version})"),
    "scope_version": ("{version}版", "Edition {version}"),
    "scope_all": ("全部版本", "All editions"),
    "scope_llm": ("由语言模型连缀", "Let the language model write"),
    "scope_llm_hint": (
        "语言模型只能排序、连接、缩短引文；每一句都经代码核对，得不到引文支持的删去",
        "The model may only order, connect and shorten the quotations; code checks every sentence and drops the unsupported",
    ),
    "writing": ("语言模型正在写，以下各句已核对……", "The language model is writing; these sentences are checked ..."),
    "switch": ("English", "中文"),
    "switch_hint": ("Show the interface in English", "界面改用中文"),
    "as_it_stands": ("不是这个意思，按原话提问", "Not what I meant: ask my words as they stand"),
    "in_zh": ("（用中文回答）", "(answer in Chinese)"),
    "in_en": ("（用英文回答）", "(answer in English)"),
    "question": ("提问", "Question"),
    "answer": ("答复", "Answer"),
    "failed": ("未能处理", "This could not be done"),
    "unexpected": (
        "程序出错，详情见启动本程序的终端；可运行 tiaowen build 后重试",
        "The program failed; the terminal it was started from has the details. Run tiaowen build and try again",
    ),
    "gate_missed": ("未达门槛：{bound}，实为 {value}", "gate missed: {bound}, measured {value}"),
    "imported": ("已写入{file}：{count}题", "{count} cases written to {file}"),
    "not_written": ("{file}无法写入：{reason}", "{file} cannot be written: {reason}"),
    "name_another": ("用 --out 指定另一个文件", "name another file with --out"),
    "check_error": ("错误", "error"),
    "check_warning": ("提示", "warning"),
    "checked": ("{cases}题，{errors}处错误，{warnings}处提示", "{cases} cases, {errors} errors, {warnings} warnings"),
    "evidence": ("文本实际写的是", "What the text does say"),
    "show_more": ("显示其余部分", "Show the rest"),
    "citation": ("引文{marker}：{place}", "Citation {marker}: {place}"),
    "clause_pane": ("条款", "Clause"),
    "clause_hint": (
        "点按答复中的引文编号，在此查看条款全文",
        "Select a citation number in an answer to read its clause here",
    ),
    "clause_id": ("条款编号", "Clause id"),
    "breadcrumb": ("所在章节", "Place in the document"),
    "children": ("下级条款", "Clauses below it"),
    "close": ("关闭条款", "Close the clause"),
    "official_source": ("官方来源", "Official source"),
    "show_twin_zh": ("看中文对应条款", "Show it in Chinese"),
    "show_twin_en": ("看英文对应条款", "Show it in English"),
    "only_digests": (
        "语料中目前只有自编要点，不是官方文本。取得官方文本：`tiaowen crawl --edition {version}`",
        "The corpus holds our own digests so far, not the official text. To fetch that: `tiaowen crawl --edition {version}`",
    ),
    "examples": ("可以这样问", "Questions to start with"),
    "example_1": ("人工智能安全治理原则有哪些？", "What are the principles of AI safety governance?"),
    "example_2": ("3.1.1(f)写了什么？", "What does clause 3.1.1(f) say?"),
    "example_3": ("2.0版与1.0版相比有哪些变化？", "What changed between edition 1.0 and edition 2.0?"),
    "example_4": ("3.0版是什么时候发布的？", "When was edition 3.0 published?"),
    "cannot_open": ("无法打开索引", "The index cannot be opened"),
    "rebuild": ("重建索引", "Rebuild the index"),
}


def tell(key: str, lang: Lang, **parts: object) -> str:
    """A message in a language: `tell("official", "zh") == "官方文本"`."""
    return MESSAGES[key][0 if lang == "zh" else 1].format(**parts)


def ui_language(chosen: str | None = None) -> Lang:
    """The language of messages: as chosen, else the locale's."""
    named = chosen or next((os.environ[k] for k in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(k)), None)
    named = named or (locale.getlocale()[0] or "")
    return "zh" if named.lower().startswith(("zh", "chinese")) else "en"
