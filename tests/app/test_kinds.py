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
