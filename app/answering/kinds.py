"""What kind of answer a question wants, from its words and from what it names. Rules in both languages, no model."""

from __future__ import annotations

import re
from typing import Literal

from corpus.text import fold
from index.question import Query, content_tokens

Kind = Literal[
    "lookup", "list", "definition", "who_when", "scenario", "mapping", "diff", "clause", "yes_no", "count", "summary"
]

_CHANGED = re.compile(
    r"变化|新增|增加了|新加|多出|删除|删掉|删去|去掉|取消了|不再|相比|对比|改动|改了|变严|变宽|更严|沿革|演变|"
    r"\bchang(?:e|es|ed)\b|\bcompared\b|\bcomparison\b|\bnew in\b|\bnewly\b|\badded\b|\badditions?\b|\bdropped\b|"
    r"\bremoved\b|\bdeleted\b|\bno longer\b|\bbecame of\b|\bstricter\b|\bnew (?:risks?|measures?|clauses?|items?)\b"
)
"""Words that make a question one about changes, whether or not it names editions."""
_UNLIKE = re.compile(
    r"区别|差异|不同|修订|修改|更新|一样|相同|比|\bdiffer(?:s|ent|ence|ences)?\b|\bcompare\b|\bsame\b|\bupdat(?:es?|ed)\b|"
    r"\brevis(?:ed|ions?)\b|\bversus\b|\bvs\b|\bfiner\b|\bbetween\b"
)
"""Words that do so only where two editions are named, or editions are spoken of."""
_TWO_EDITIONS = re.compile(r"两个?版|各版|版本之间|上一版|前一版|旧版|\b(?:both|two|the) (?:editions|versions)\b|\b(?:previous|earlier|old) (?:edition|version)\b")
_WHY = re.compile(r"为什么|为何|原因|背景|缘由|\bwhy\b|\breasons?\b|\bmotivat|\bbackground\b|\bneed(?:ed)? for\b")
_OCCURS = re.compile(
    r"(?:有没有|是否|曾)?(?:提到|提及|出现)(?:过|了)?|出现(?:几|多少)次|几次|多少次|"
    r"\bmentions?\b|\bmentioned\b|\boccurs?\b|\bhow many times\b|\bhow often\b|\bcontain the (?:word|term)\b|\bappears?\b"
)
_WHO_WHEN = re.compile(
    r"谁(?:发布|制定|编制|起草|出台|牵头|组织)|何时|什么时候|哪一年|哪天|几月|发布时间|发布(?:日期|机构|单位|方)|哪个(?:部门|机构|单位|委员会)|"
    r"由谁|牵头|主管|法律效力|强制|约束力|法律性质|什么性质|何处发布|在哪里?发布|哪里(?:发布|下载)|哪个网站|官方原文|"
    r"最新(?:的)?(?:版|版本)?是|有没有(?:更新|新)的?版|有新版|"
    r"\b(?:latest|newest|newer|most recent) (?:version|edition|one)\b(?!.*\b(?:say|require|about|regard))|"
    r"\bwho\b.*\b(?:issu|publish|releas|wrote|draft|led|lead|behind|guid|organi|compil|prepar)|^\s*when\b|\bwhen (?:was|were|is|did|will)\b.*\b(?:publi|releas|issu|come out|appear)|"
    r"\bpublication date\b|"
    r"\bpublisher\b|\bpublished by\b|\bissued by\b|\bwhich (?:body|agency|organi[sz]ation|authority|committee)\b|\blegally\b|"
    r"\bbinding\b|\blegal (?:force|status|nature)\b|\bmandatory\b|\bwhere (?:was|is|can)\b.*\b(?:publish|releas|download|found)"
)
_DEFINITION = re.compile(
    r"什么是|是什么意思|什么意思|的?定义|怎么定义|如何定义|指的?是什么|是指什么|何谓|怎么理解|"
    r"\bdefin(?:e|es|ed|ition)\b|\bmeaning of\b|\bwhat does .{1,40} mean\b|\bwhat is meant\b|^\s*what (?:is|are) (?:an? |the )?[\w -]{3,30}\??$"
)
_LIST = re.compile(
    r"哪些|哪几|列出|列举|有几|几(?:条|项|个|类|种|级|大)|多少(?:条|项|个|类|种|级)|分为|分成|包括什么|清单|全部|所有的?|逐一|"
    r"\blist\b|\bwhat are\b|\bwhich\b.*\b(?:are|does|do)\b|\bhow many\b|\benumerate\b|\ball the\b|\beach of\b|\bname the\b"
)
_COUNT = re.compile(r"几(?:条|项|个|类|种|级|大)|有几|多少(?:条|项|个|类|种|级)|\bhow many\b(?! times)")
_MAPPING = re.compile(
    r"(?:哪些|什么|何种|对应).{0,8}措施.{0,12}(?:应对|针对|对应)|(?:应对|针对).{2,30}(?:风险).{0,8}措施|措施.{0,6}对应|映射|"
    r"\bmeasures?\b.{0,30}\b(?:against|address(?:es)?|answer|counter|map|for the risk|correspond)|\bmapping table\b|"
    r"\bcountermeasures?\b.{0,30}\brisk"
)
_SUMMARY = re.compile(
    r"主要(?:内容|讲|说)|概括|总结|概述|大致|整体(?:结构|内容)|框架(?:的)?(?:结构|构成)|有几章|哪几章|"
    r"\bsummar|\boverview\b|\bin short\b|\bstructure of\b|\bhow is .{0,40}(?:structured|organi[sz]ed)\b|\bmain (?:content|points|parts)\b"
)
_CLAUSE = re.compile(
    r"(?:讲|说|写|规定|要求|内容|是)(?:了|的)?(?:是)?(?:什么|啥|哪些)|全文|原文|\bsays?\b|\bstates?\b|\bcontent\b|\bread\b|\babout\b|"
    r"\brequires?\b|\btext of\b|\bshow\b|\bquote\b"
)


def kind_of(query: Query) -> Kind:
    """The kind of answer wanted, from the most particular to the most general.

    >>> from index.question import understand
    >>> kind_of(understand("2.0比1.0新增了哪些风险")), kind_of(understand("What does 5.9 say?"))
    ('diff', 'clause')
    """
    text = fold(query.text).text
    if _OCCURS.search(text):
        return "count"
    if _is_diff(query, text):
        return "diff"
    if is_about_publication(query) and (_WHY.search(text) or _WHO_WHEN.search(text)):
        return "who_when"
    for kind, pattern in _ORDER:
        if pattern.search(text) and _fits(kind, query, text):
            return kind
    return "clause" if query.paths else "lookup"


def _fits(kind: Kind, query: Query, text: str) -> bool:
    if kind == "clause":
        return bool(query.paths)
    if kind == "who_when":
        return not query.paths
    return True


def _is_diff(query: Query, text: str) -> bool:
    """Whether a question is about changes between editions; a question for the reasons of an edition is not."""
    if _WHY.search(text) or (query.latest and len(query.editions) <= 1 and _WHO_WHEN.search(text)):
        return False
    if len(query.editions) > 1 or _CHANGED.search(text):
        return True
    return bool(_UNLIKE.search(text) and not query.editions and _TWO_EDITIONS.search(text))


_ORDER: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("clause", _CLAUSE),
    ("who_when", _WHO_WHEN),
    ("mapping", _MAPPING),
    ("summary", _SUMMARY),
    ("definition", _DEFINITION),
    ("list", _LIST),
)


_FRAMEWORK = re.compile(
    r"为什么|为何|原因|背景|框架|版本|版|文件|基础|多少年|一年|多久|才|又|出|要|个|找|原文|发布|公布|出台|制定|编制|起草|组织|牵头|指导|网站|标准|性质|效力|强制|约束力|法律|国家|时间|日期|单位|部门|机构|最新|更新|"
    r"\d\.\d|更|到底|究竟|现在|目前|这个|该|一|部|份|"
    r"why|reason\w*|need\w*|year\w*|month\w*|old|new|only|main|earlier|come|came|out|website|"
    r"framework|version|edition|document|publi\w*|releas\w*|issu\w*|legal\w*|binding|force|status|nature|mandatory|newer|"
    r"newest|latest|most recent|led|lead|guid\w*|organi\w*|draft\w*|prepar\w*|wrote|date|where|when|who\w*|body|bodies|"
    r"agency|authority|committee|behind|download\w*|found|available|text|full|official\w*|governance|safety|china\w*|one"
)


def is_about_publication(query: Query) -> bool:
    """Whether a question asks about the framework as a publication and about nothing else.

    >>> from index.question import understand
    >>> is_about_publication(understand("Is the framework legally binding?")), is_about_publication(understand("谁来分级"))
    (True, False)
    """
    rest = _FRAMEWORK.sub(" ", fold(query.text).text)
    return not query.outside and not any(len(token) > 1 for token in content_tokens(rest))


def wants_count(query: Query) -> bool:
    """Whether the question asks how many there are."""
    return bool(_COUNT.search(fold(query.text).text))


def diff_words(text: str) -> str:
    """The question without the words that make it a question about differences: what is left is its topic."""
    return _UNLIKE.sub(" ", _CHANGED.sub(" ", text))


def asks_why(query: Query) -> bool:
    """Whether a question asks for reasons: `asks_why(understand("为什么要出2.0版"))`."""
    return bool(_WHY.search(fold(query.text).text))


def asked_label(text: str) -> str | None:
    """`added` or `removed` where a question asks for one of them alone.

    >>> asked_label("2.0新增了哪些风险"), asked_label("What was dropped from 1.0?"), asked_label("what changed")
    ('added', 'removed', None)
    """
    folded = fold(text).text
    if re.search(
        r"新增|增加了|新加|多出|\badded\b|\badditions?\b|\bnew in\b|\bnewly\b|\bnew (?:risks?|measures?|clauses?|items?)\b",
        folded,
    ):
        return "added"
    if re.search(r"删除|删掉|删去|去掉|取消了|不再|\bdropped\b|\bremoved\b|\bdeleted\b|\bno longer\b", folded):
        return "removed"
    return None
