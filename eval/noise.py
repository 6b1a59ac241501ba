"""Irrelevant passages that sound like the framework: duties, records and reports, in fields that it does not govern.

96 in each language, the same on every run: twelve fields by eight rules. Our own words.
"""

from __future__ import annotations

from itertools import product

from corpus.records import Lang

HEADING: dict[Lang, str] = {"zh": "其他领域管理要求", "en": "Requirements in other fields"}
_FIELDS: tuple[tuple[str, str], ...] = (
    ("食品冷链运输", "refrigerated food transport"),
    ("生活饮用水供应", "drinking water supply"),
    ("住宅电梯维护", "the upkeep of lifts in residential buildings"),
    ("烟花爆竹储存", "the storage of fireworks"),
    ("农药销售", "the sale of pesticides"),
    ("渔船出海作业", "fishing vessels at sea"),
    ("校车接送", "school bus services"),
    ("公共泳池经营", "public swimming pools"),
    ("锅炉与压力容器使用", "boilers and pressure vessels"),
    ("地铁站应急疏散", "evacuation of underground stations"),
    ("古树名木保护", "the protection of ancient trees"),
    ("宠物诊疗", "veterinary practices"),
)
_RULES: tuple[tuple[str, str], ...] = (
    (
        "从事{0}的单位应当建立安全责任制，明确主要负责人和各岗位的职责。",
        "Whoever runs {1} must set up a system of responsibility for safety and name the person in charge of each post.",
    ),
    (
        "{0}的检查记录保存期限不得少于十八个月，以备主管部门查阅。",
        "Inspection records of {1} must be kept for at least eighteen months and shown to the authority on request.",
    ),
    (
        "发生{0}事故的，应在两小时内报告，并在七日内提交整改方案。",
        "An accident in {1} must be reported within two hours, and a plan of correction handed in within seven days.",
    ),
    (
        "{0}的风险分为三级，按照可能造成的伤害和财产损失确定。",
        "The risks of {1} fall into three levels, set by the harm and the loss of property that may be caused.",
    ),
    (
        "{0}的从业人员每年应接受不少于二十四学时的培训，考核合格后方可上岗。",
        "Staff working in {1} must be trained for at least twenty-four hours a year and pass a test before they start.",
    ),
    (
        "鼓励行业协会制定{0}的自律规范，开展评价并公布结果。",
        "Trade associations are encouraged to draw up rules of conduct for {1}, to rate members and to publish the results.",
    ),
    (
        "向消费者提供{0}服务的，应当公示收费标准、投诉渠道和保险信息。",
        "Those who offer {1} to consumers must display their prices, where to complain and how they are insured.",
    ),
    (
        "{0}使用的设备应当定期检测，超过使用年限的应当及时更换。",
        "Equipment used in {1} must be tested at regular intervals and replaced once it has passed its service life.",
    ),
)


def noise(lang: Lang) -> list[str]:
    """The passages of one language, `noise("en")[k]` being `noise("zh")[k]` in English."""
    side = 0 if lang == "zh" else 1
    return [rule[side].format(*field) for field, rule in product(_FIELDS, _RULES)]
