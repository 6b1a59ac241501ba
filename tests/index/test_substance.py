"""Substance: every label in both languages with near misses, verbatim spans, symmetry, recurring substitutions."""

from __future__ import annotations

from functools import cache

import pytest
from built import built_retriever, bundled

from corpus.records import LANGS, Finding, Lang
from index import substance as module
from index.leaves import Leaf, leaves
from index.substance import substance, substitutions

PAIR = ("aisgf@1.0", "aisgf@2.0")
OPPOSITE = {
    "obligation_stronger": "obligation_weaker",
    "actor_added": "actor_removed",
    "object_added": "object_removed",
    "item_added": "item_removed",
}
TURNED = OPPOSITE | {b: a for a, b in OPPOSITE.items()}
LABELS = (
    "obligation_stronger", "obligation_weaker", "actor_added", "actor_removed", "object_added", "object_removed",
    "number_changed", "item_added", "item_removed", "definition_changed", "reference_changed",
)  # fmt: skip


def leaf(text: str, heading: str = "", places: tuple[str, ...] = (), parent: str | None = None) -> Leaf:
    return Leaf("1", parent, heading, text, places)


def found(old: str, new: str, lang: Lang) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    return {one.label: (one.old, one.new) for one in substance([leaf(old)], [leaf(new)], lang)}


# --- every label fires, from either side

CHANGES: list[tuple[Lang, str, str, str, tuple[str, ...], tuple[str, ...]]] = [
    ("zh", "obligation_stronger", "机房应当配备值守。", "机房必须配备值守。", ("应当",), ("必须",)),
    ("zh", "obligation_stronger", "鼓励团队公布测试脚本。", "团队应公布测试脚本。", ("鼓励",), ("应",)),
    ("zh", "obligation_stronger", "夜间需有人值守。", "夜间需有人值守，严禁无人运行。", ("需",), ("严禁",)),
    ("en", "obligation_stronger", "Rooms should be staffed.", "Rooms must be staffed.", ("should",), ("must",)),
    ("en", "obligation_stronger", "Teams are encouraged to publish scripts.", "Teams should publish scripts.", ("are encouraged",), ("should",)),
    ("en", "obligation_stronger", "Staff should log visits.", "Staff shall log visits.", ("should",), ("shall",)),
    ("zh", "obligation_weaker", "不得在夜间重启。", "不宜在夜间重启。", ("不得",), ("宜",)),
    ("zh", "obligation_weaker", "各组应公布脚本。", "各组可以公布脚本。", ("应",), ("可以",)),
    ("en", "obligation_weaker", "Night restarts are prohibited.", "Night restarts should be rare.", ("are prohibited",), ("should",)),
    ("en", "obligation_weaker", "Providers should post the script.", "Providers may post the script.", ("should",), ("Providers may",)),
    ("zh", "actor_added", "定期演练。", "科研机构定期演练。", (), ("科研机构",)),
    ("zh", "actor_added", "及时通报。", "及时向监管部门通报。", (), ("监管部门",)),
    ("en", "actor_added", "Drill often.", "Service providers drill often.", (), ("Service providers",)),
    ("en", "actor_added", "Report it soon.", "Report it soon to the competent authorities.", (), ("competent authorities",)),
    ("zh", "actor_removed", "开发者写好说明。", "写好说明。", ("开发者",), ()),
    ("zh", "actor_removed", "重点领域使用者每日巡检。", "每日巡检。", ("重点领域使用者",), ()),
    ("en", "actor_removed", "Developers write the manual.", "Write the manual.", ("Developers",), ()),
    ("en", "actor_removed", "The general public is told.", "It is told.", ("The general public",), ()),
    ("zh", "object_added", "上线前检查。", "上线前检查，防止数据投毒。", (), ("数据投毒",)),
    ("zh", "object_added", "留好记录。", "留好记录并做去标识化。", (), ("去标识化",)),
    ("en", "object_added", "Check it first.", "Check it first against data poisoning.", (), ("data poisoning",)),
    ("en", "object_added", "Keep a note.", "Keep a note of prompt injection.", (), ("prompt injection",)),
    ("zh", "object_removed", "堵住后门，再上线。", "先自查，再上线。", ("后门",), ()),
    ("zh", "object_removed", "不得用于网络武器。", "不得外借。", ("网络武器",), ()),
    ("en", "object_removed", "Close every backdoor.", "Close every window.", ("backdoor",), ()),
    ("en", "object_removed", "No cyber weapons here.", "No bicycles here.", ("cyber weapons",), ()),
    ("zh", "number_changed", "日志留六个月。", "日志留一年。", ("六个月",), ("一年",)),
    ("zh", "number_changed", "自2024年3月起试用三级，占20%。", "自2025年3月起试用五级，占30%。", ("2024年3月", "三级", "20%"), ("2025年3月", "五级", "30%")),
    ("en", "number_changed", "Logs stay for six months.", "Logs stay for two years.", ("six months",), ("two years",)),
    ("en", "number_changed", "From March 2024, three levels.", "From March 2025, 5 levels.", ("March 2024", "three levels"), ("March 2025", "5 levels")),
    ("zh", "item_added", "检查门窗、水管、电线。", "检查门窗、水管、屋顶、电线。", (), ("屋顶",)),
    ("zh", "item_added", "包括铅笔、橡皮、直尺等文具。", "包括铅笔、橡皮、圆规和直尺等文具。", (), ("圆规",)),
    ("en", "item_added", "Tools such as hammers, saws, and drills.", "Tools such as hammers, pliers, saws, and drills.", (), ("pliers",)),
    ("en", "item_added", "It covers roofs, walls, and doors of a house.", "It covers roofs, walls, floors, and doors of a house.", (), ("floors",)),
    ("zh", "item_removed", "培训教师、医生、司机、厨师。", "培训教师、医生、厨师。", ("司机",), ()),
    ("zh", "item_removed", "涉及苹果、香蕉、樱桃等水果。", "涉及苹果、樱桃等水果。", ("香蕉",), ()),
    ("en", "item_removed", "Train teachers, nurses, drivers, and cooks.", "Train teachers, nurses, and cooks.", ("drivers",), ()),
    ("en", "item_removed", "Fruit like apples, plums, and cherries in bowls.", "Fruit like apples and cherries in bowls.", ("plums",), ()),
    ("zh", "definition_changed", "演练是指每年一次的预演。", "演练是指每季一次、全员参加的预演。", ("每年一次的预演",), ("每季一次、全员参加的预演",)),
    ("zh", "definition_changed", "出现“走样”，即成品与图纸不符。", "出现“走样”，即成品与样品不符。", ("成品与图纸不符",), ("成品与样品不符",)),
    ("en", "definition_changed", "A drill refers to a yearly rehearsal.", "A drill refers to a rehearsal of all staff.", ("a yearly rehearsal",), ("a rehearsal of all staff",)),
    ("en", "definition_changed", "A mockup means a model made of paper.", "A mockup means a model made of any material.", ("a model made of paper",), ("a model made of any material",)),
    ("zh", "reference_changed", "评分见后。", "评分见附件2。", (), ("附件2",)),
    ("zh", "reference_changed", "依《演练办法》和第五章办理。", "依4.1.2(b)办理。", ("《演练办法》", "第五章"), ("4.1.2(b)",)),
    ("en", "reference_changed", "The grades are below.", "The grades are in Appendix 2.", (), ("Appendix 2",)),
    ("en", "reference_changed", "See the Rehearsal Measures and chapter 5.", "See 4.1.2(b).", ("Rehearsal Measures", "chapter 5"), ("4.1.2(b)",)),
]  # fmt: skip


@pytest.mark.parametrize(("lang", "label", "old", "new", "gone", "come"), CHANGES)
def test_a_change_is_found_with_its_words(
    lang: Lang, label: str, old: str, new: str, gone: tuple[str, ...], come: tuple[str, ...]
) -> None:
    changes = found(old, new, lang)
    assert set(changes.get(label, ((), ()))[0]) == set(gone)
    assert set(changes[label][1]) == set(come)
    assert found(new, old, lang)[TURNED.get(label, label)] == changes[label][::-1]
    assert not found(old, old, lang)


def test_every_label_has_two_examples_in_both_languages() -> None:
    counted = {(lang, label): sum(row[:2] == (lang, label) for row in CHANGES) for lang in LANGS for label in LABELS}
    assert min(counted.values()) >= 2
    documented = {value for name, value in vars(module).items() if name.isupper() and name.lower() == value}
    assert documented == set(LABELS)


# --- near misses

MISSES: list[tuple[Lang, str, str, str]] = [
    ("zh", "obligation", "研发者应评估潜在偏见。", "评估潜在偏见。"),
    ("zh", "obligation", "应在合同中写明用途，支持使用者选择。", "在合同中写明用途，支持使用者选择。"),
    ("zh", "obligation", "应当定期演练。", "需要定期演练。"),
    ("zh", "obligation", "应当归档，便于查找。", "应归档，必需品另放。"),
    ("en", "obligation", "Developers should assess bias.", "Assess bias."),
    ("en", "obligation", "Teams should drill.", "Teams ought to drill."),
    ("en", "obligation", "Teams should drill, and the need to report remains.", "Teams should drill; this is a must."),
    ("zh", "actor", "可能误导用户。", "可能误导路人。"),
    ("zh", "actor", "保存用户数据。", "保存数据。"),
    ("zh", "actor", "使用者每日巡检。", "用户每日巡检。"),
    ("en", "actor", "It may mislead users.", "It may mislead."),
    ("en", "actor", "Store user data.", "Store data."),
    ("en", "actor", "Users check daily.", "The user checks daily."),
    ("zh", "object", "防止数据和程序泄露。", "防止数据泄露。"),
    ("zh", "object", "尊重监督和控制权利。", "尊重监督。"),
    ("zh", "object", "企业应鼓励改进。", "必须改进。"),
    ("en", "object", "Prevent poisoning of data.", "Prevent data poisoning."),
    ("en", "object", "Developers must act.", "They should act."),
    ("zh", "number", "日志留六个月，每两周查一次。", "日志留6个月，每2周查一次。"),
    ("zh", "number", "试用半年，分三级。", "试用6个月，分3个等级。"),
    ("zh", "number", "一个团队，一旦出错，见附件1。", "某团队如果出错，见附件。"),
    ("en", "number", "Logs stay for six months, in two tiers.", "Logs stay for 6 months, in 2 levels."),
    ("en", "number", "For half a year or 20%.", "For six months or 20 percent."),
    ("en", "number", "One team of the G20, see Appendix 1.", "A team, see the appendix."),
    ("zh", "item", "检查门窗、水管、电线。", "检查电线、门窗、水管。"),
    ("zh", "item", "检查门窗、水管、电线。", "种植白菜、萝卜、黄瓜。"),
    ("zh", "item", "设计、研发、测试都要记录。", "设计、研发都要记录，测试另记。"),
    ("en", "item", "Check doors, pipes, and wires.", "Check wires, doors and pipes."),
    ("en", "item", "Check doors, pipes, and wires.", "Plant beans, roots, and herbs."),
    ("en", "item", "Tools such as saws, drills, and hammers.", "Tools such as saws, drills, hammers, and other tools."),
    ("zh", "definition", "演练是指每年一次的预演。", "“演练”指的是：每年一次的预演。"),
    ("zh", "definition", "演练是指预演。", "即使下雨也要演练。"),
    ("zh", "definition", "演练是指预演。", "值班是指夜间留守。"),
    ("en", "definition", "A drill refers to a rehearsal.", "A drill means a rehearsal."),
    ("en", "definition", "A drill means a rehearsal.", "Sorted by technical means that work."),
    ("en", "definition", "A drill refers to a rehearsal.", "A bolt refers to a kind of screw."),
    ("zh", "reference", "见附件二和第5章。", "见附件2和第五章。"),
    ("zh", "reference", "在1.0版中，占3.5。", "在2.0版中，占4.5。"),
    ("en", "reference", "See Appendix 1.", "See appendix one, that is Appendix 1."),
    ("en", "reference", "Version 1.0 of the plan for the law.", "Version 2.0 of the measures."),
]  # fmt: skip


@pytest.mark.parametrize(("lang", "label", "old", "new"), MISSES)
def test_a_near_miss_is_no_finding(lang: Lang, label: str, old: str, new: str) -> None:
    assert not [name for name in found(old, new, lang) if name.startswith(label)]


@pytest.mark.parametrize(
    ("lang", "duty", "no_duty"),
    [
        *(("zh", "各组必须记录。", f"各组{words}。") for words in (
            "推广应用", "应对风险", "及时响应", "观察反应", "说明相应情况", "稳定供应", "适应变化", "评估效应", "梳理需求",
            "突出重要事项", "写明主要事项", "做到可信", "保持可控", "更加可靠", "可能出错", "做到可解释", "情况不可预料", "取得认可", "结果不准确", "可以图表等形式呈现",
            "备好急需物资", "遵守要求", "列出要素", "适宜人数", "技术支持", "划定禁止性行为", "提升应急能力",
        )),
        *(("en", "Teams must keep records.", words) for words in (
            "Gaps can lead to harm.", "Users may be misled.", "Attackers can steal the weights.", "Leaks may occur.",
            "It is hard to fix should any fault arise.", "There is no need to hurry.", "Ranked by technical needs.",
            "The recommended list grows.", "List the prohibited uses.", "This can encourage harm.", "They can hide a flaw.", "Rates fell in May.",
        )),
    ],
)  # fmt: skip
def test_words_that_only_look_like_duties(lang: Lang, duty: str, no_duty: str) -> None:
    assert not [name for name in found(duty, no_duty, lang) if name.startswith("obligation")]


@pytest.mark.parametrize(
    ("lang", "old", "new", "label"),
    [
        ("zh", "研发者应对模型进行测试。", "研发者必须对模型进行测试。", "obligation_stronger"),
        ("zh", "系统不应外借。", "系统不得外借。", "obligation_stronger"),
        ("en", "Users should not share keys.", "Users must not share keys.", "obligation_stronger"),
        ("en", "Backups need to be kept.", "Backups should be kept.", "obligation_weaker"),
    ],
)
def test_duties_in_words_that_look_like_none(lang: Lang, old: str, new: str, label: str) -> None:
    assert label in found(old, new, lang)


# --- headings, glossaries, sides


@pytest.mark.parametrize(
    ("lang", "old", "new", "place"),
    [
        ("zh", "开发者写好说明。", "写好说明。", "研发者指引"),
        ("en", "Developers write the manual.", "Write the manual.", "Guidance for developers"),
    ],
)
def test_an_actor_whom_the_headings_name_is_not_removed(lang: Lang, old: str, new: str, place: str) -> None:
    assert [one.label for one in substance([leaf(old)], [leaf(new)], lang)] == ["actor_removed"]
    assert not substance([leaf(old)], [leaf(new, places=(place,))], lang)


@pytest.mark.parametrize(
    ("lang", "place", "old", "new", "changed"),
    [
        ("zh", "术语", "走样 成品与图纸不符。\n演练 预演。", "演练 预演。\n走样 成品与样品不符。\n多次演练 每年的预演。", ("成品与图纸不符。", "成品与样品不符。")),
        ("en", "Terminology", "Mockup A paper model.\nDrill A rehearsal.", "Drill A rehearsal.\nMockup A clay model.", ("A paper model.", "A clay model.")),
    ],
)  # fmt: skip
def test_a_glossary_is_compared_term_by_term(
    lang: Lang, place: str, old: str, new: str, changed: tuple[str, str]
) -> None:
    findings = substance([leaf(old, place, (place,))], [leaf(new, place, (place,))], lang)
    assert [one for one in findings if one.label == "definition_changed"] == [
        Finding("definition_changed", changed[:1], changed[1:])
    ]
    entries = [[leaf(text, "走样" if lang == "zh" else "Mockup", (place,), "A3")] for text in changed]
    assert [(one.label, one.old, one.new) for one in substance(*entries, lang)] == [
        ("definition_changed", changed[:1], changed[1:])
    ]


@pytest.mark.parametrize("lang", LANGS)
def test_an_empty_side_has_no_findings(lang: Lang) -> None:
    for text in ("开发者必须保存日志六个月。", "Developers must keep logs for six months."):
        assert substance([leaf(text)], [], lang) == substance([], [leaf(text)], lang) == ()


def test_words_are_shown_as_written() -> None:
    assert found("日志留６个月。", "日志留１２个月。", "zh") == {"number_changed": (("６个月",), ("１２个月",))}
    assert found("Logs stay.", "Logs stay for Six\u2003Months.", "en") == {"number_changed": ((), ("Six\u2003Months",))}


# --- the bundled lineages


@cache
def sides(lang: Lang) -> list[tuple[list[Leaf], list[Leaf]]]:
    """The leaves of every link of the bundled lineage."""
    old, new = ({leaf.path: leaf for leaf in leaves(bundled(edition, lang))} for edition in PAIR)
    links = built_retriever().lineages[*PAIR, lang].links
    return [([old[path] for path in link.old], [new[path] for path in link.new]) for link in links]


@pytest.mark.parametrize("lang", LANGS)
def test_findings_are_verbatim_and_in_order(lang: Lang) -> None:
    seen = set()
    for old, new in sides(lang):
        findings = substance(old, new, lang)
        labels = [one.label for one in findings]
        assert labels == sorted(set(labels), key=LABELS.index)
        for one in findings:
            assert one.old or one.new
            for words, side in ((one.old, old), (one.new, new)):
                assert all(any(word in leaf.text or word in leaf.heading for leaf in side) for word in words)
        assert (old and new) or not findings
        seen |= set(labels)
    assert {"actor_removed", "object_added", "object_removed", "item_added", "reference_changed"} <= seen


@pytest.mark.parametrize("lang", LANGS)
def test_swapping_the_sides_swaps_the_labels(lang: Lang) -> None:
    for old, new in sides(lang):
        there, back = substance(old, new, lang), substance(new, old, lang)
        turned = {Finding(TURNED.get(one.label, one.label), one.new, one.old) for one in there}
        assert set(back) == turned


@pytest.mark.parametrize("lang", LANGS)
def test_a_side_against_itself_has_no_findings(lang: Lang) -> None:
    for pair in sides(lang):
        assert all(substance(side, side, lang) == () for side in pair)


# --- substitutions

REPLACED: dict[Lang, tuple[list[tuple[str, str]], list[tuple[str, str, int]]]] = {
    "zh": (
        [
            ("选购智能产品前比价。", "选购智能应用前比价。"),
            ("定期检修智能产品。", "定期检修智能应用。"),
            ("智能产品下线时清点。", "智能应用下线时清点。"),
            ("把智能产品交给保管员。", "把智能应用交给保管员。"),
            ("门卫每天登记。", "值守人每天登记。"),
            ("门卫夜间巡逻。", "值守人夜间巡逻。"),
            ("请门卫开门。", "请值守人开门。"),
            ("换一把旧锁。", "换一把新锁。"),
        ],
        [("智能产品", "智能应用", 4), ("门卫", "值守人", 3)],
    ),
    "en": (
        [
            ("Compare smart products first.", "Compare smart applications first."),
            ("Repair the smart products often.", "Repair the smart applications often."),
            ("Count smart products at the end.", "Count smart applications at the end."),
            ("Lend smart\u2003products to guards.", "Lend smart applications to guards."),
            ("The porter signs in.", "The watchman signs in."),
            ("Ask the porter for keys.", "Ask the watchman for keys."),
            ("Call the porter at night.", "Call the watchman at night."),
            ("Buy an old lock.", "Buy a new lock."),
        ],
        [("smart products", "smart applications", 4), ("porter", "watchman", 3)],
    ),
}


@pytest.mark.parametrize("lang", LANGS)
def test_recurring_substitutions_are_listed_once_in_their_longest_form(lang: Lang) -> None:
    links, wanted = REPLACED[lang]
    assert substitutions(links, lang) == wanted
    assert substitutions([(new, old) for old, new in links], lang) == [(new, old, n) for old, new, n in wanted]
    assert substitutions(links[:2], lang) == []


@pytest.mark.parametrize("lang", LANGS)
def test_what_is_replaced_often_within_one_link_is_no_substitution(lang: Lang) -> None:
    (old, new), *_ = REPLACED[lang][0]
    assert substitutions([(old * 5, new * 5), (old, new)], lang) == []
