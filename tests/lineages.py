"""Two tiny editions of our own for the lineage, in both languages: every label once."""

from __future__ import annotations

from corpus.records import Document, Lang
from ingest.layout import Block
from ingest.outline import Origin, outline

OLD: dict[Lang, str] = {
    "zh": """1. 安全风险
1.1 数据泄露
处理个人信息时未加密，会造成敏感数据外泄。
1.2 模型幻觉
模型可能一本正经地编造事实，误导使用者。
1.3 供应链中断
芯片与软件断供，会令系统停止运行。
1.4 日志与备份
运行日志应当留存半年以上，便于事后追查责任。每天夜间把重要文件备份到异地机房，并每季度演练恢复。
2. 治理措施
2.1 人才培养
高校开设安全课程，企业组织在岗培训。
2.2 投诉渠道
向公众公布举报电话和邮箱，限期答复。
2.3 传真通报
用传真机向邻近城市发送纸质通报。""",
    "en": """1. Safety risks
1.1 Data leakage
Personal information processed without encryption may expose sensitive records.
1.2 Model hallucination
A model may invent facts with great confidence and mislead its users.
1.3 Broken supply chain
When chips and software are cut off, systems stop running.
1.4 Logs and backups
Operation logs are kept for at least six months so that responsibility can be traced. Important files are copied every night to a remote machine room, and recovery is rehearsed each quarter.
2. Governance measures
2.1 Training talent
Universities open safety courses, and companies train their employees on the job.
2.2 Complaint channels
A telephone number and a mailbox for complaints are published, with a time limit for the reply.
2.3 Notices by fax
Printed notices are sent to neighbouring cities by fax machine.""",
}
NEW: dict[Lang, str] = {
    "zh": """1. 安全风险
1.1 模型幻觉
模型可能一本正经地编造事实，误导使用者。
1.2 数据泄露
处理个人信息时若未加密传输与存储，或者权限过宽，会造成敏感数据外泄。
1.3 日志
运行日志应当留存半年以上，便于事后追查责任。
1.4 备份
每天夜间把重要文件备份到异地机房，并每季度演练恢复。
2. 治理措施
2.1 供应链中断
芯片与软件断供，会令系统停止运行。
2.2 人才与投诉
高校开设安全课程，企业组织在岗培训。向公众公布举报电话和邮箱，限期答复。
2.3 节能降耗
机房优先采用绿色电力，公布能耗数据。""",
    "en": """1. Safety risks
1.1 Model hallucination
A model may invent facts with great confidence and mislead its users.
1.2 Data leakage
Personal information that is neither transmitted nor stored with encryption, or whose permissions are too wide, may expose sensitive records.
1.3 Logs
Operation logs are kept for at least six months so that responsibility can be traced.
1.4 Backups
Important files are copied every night to a remote machine room, and recovery is rehearsed each quarter.
2. Governance measures
2.1 Broken supply chain
When chips and software are cut off, systems stop running.
2.2 Talent and complaints
Universities open safety courses, and companies train their employees on the job. A telephone number and a mailbox for complaints are published, with a time limit for the reply.
2.3 Saving energy
Machine rooms prefer green electricity and publish how much power they use.""",
}
WANTED = {
    (("1.1",), ("1.2",)): ("reworded", "reworded", False),
    (("1.2",), ("1.1",)): ("unchanged", "identical", False),
    (("1.3",), ("2.1",)): ("moved", "identical", True),
    (("1.4",), ("1.3", "1.4")): ("split", "identical", False),
    (("2.1", "2.2"), ("2.2",)): ("merged", "identical", False),
    (("2.3",), ()): ("removed", None, False),
    ((), ("2.3",)): ("added", None, False),
}
"""Old and new paths: label, how far the wording went, whether it moved."""


def edition(lang: Lang, version: str, text: str) -> Document:
    """The document of a text, a block a line."""
    origin = Origin(f"aisgf@{version}", "body", lang, "supplied", "text", reader="text/1")
    return outline([Block(line) for line in text.split("\n")], origin)


def both(lang: Lang) -> tuple[Document, Document]:
    """The old and the new edition."""
    return edition(lang, "1.0", OLD[lang]), edition(lang, "2.0", NEW[lang])
