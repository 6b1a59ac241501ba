"""What kind of answer a question wants, as far as editions are compared; the other kinds are tested by their answers."""

from __future__ import annotations

import pytest

from app.answering.kinds import kind_of
from index.question import understand


@pytest.mark.parametrize(
    "question",
    [
        "1.0和2.0的原则一样吗？",
        "新旧两版对标识的要求变了没有？",
        "旧版的护栏条款还保留着吗？",
        "前后两个版本的分级办法换了吗？",
        "Did the labelling rules stay the same across the two editions?",
        "Is the register still there in the later version?",
        "What was carried over from the earlier edition?",
        "How did open source shift between the first two versions?",
        "出租车调度那条以前好像没有，是后来加的吧？",
        "备案的门槛，修订后松了还是紧了？",
        "护栏那项措施改叫什么了？",
        "Has the duty to keep records become tighter over time?",
        "Strong passwords: kept, cut or relaxed?",
        "Was watermarking inserted later?",
    ],
)
def test_a_comparison_of_editions_is_read_as_one(question: str) -> None:
    assert kind_of(understand(question)) == "diff"


@pytest.mark.parametrize(
    "question",
    [
        "日志还要保留多久？",
        "模型升级后要重新测试吗？",
        "新版里有护栏吗？",
        "How long are logs kept?",
        "Is a human still in control?",
        "What does the newer version say about guardrails?",
        "Who moves data from one country to another?",
        "用户能不能要求删掉自己的聊天记录？",
        "AI会让就业发生什么变化？",
        "Can users ask for their data to be deleted?",
        "Can we go back to the old version of a product?",
    ],
)
def test_words_of_change_alone_compare_nothing(question: str) -> None:
    assert kind_of(understand(question)) != "diff"


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("对照表给外部攻击配的技术措施是哪条？", "mapping"),
        ("这条措施是对着哪些风险去的？", "mapping"),
        ("核生化那项，综合治理那一栏写了哪几项？", "mapping"),
        ("1.0 table: data leakage, matched measures?", "mapping"),
        ("For loss of control over weapons know-how, what stands in the governance column?", "mapping"),
        ("Against which risks does the table list the assessment system?", "mapping"),
        ("第一版把风险拆成多少项？", "list"),
        ("How many risks does 2.0 count in total, and how do they split over the families?", "list"),
        ("2.0是哪天在哪座城市亮相的？", "who_when"),
        ("On what day and in which city was 2.0 unveiled?", "who_when"),
        ("1.0版有没有谈到智能体？", "count"),
        ("Does 1.0 talk about agents?", "count"),
        ("合成数据这个词怎么解释？", "definition"),
        ("What is the meaning of synthetic data?", "definition"),
    ],
)
def test_a_kind_is_told_by_its_wording(question: str, kind: str) -> None:
    assert kind_of(understand(question)) == kind
