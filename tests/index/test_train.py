"""The encoder's training: its tokenizer and its held-out pairs. No torch; the dictionary is four lines."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from tokenizers import normalizers

from index.train import Settings, gloss_pairs, normaliser, recall, split, unit
from index.vocabulary import (
    FIELD_TERMS,
    Vocabulary,
    character_rules,
    compile_rules,
    make_tokenizer,
    read_dictionary,
    senses,
    simplifications,
)

DICTIONARY = """# CC-CEDICT
數據 数据 [shu4 ju4] /data/CL:個|个[ge4]/
研究 研究 [yan2 jiu1] /to research; to study/
著名 著名 [zhu4 ming2] /famous; noted/
數據庫 数据库 [shu4 ju4 ku4] /database/
"""


@pytest.fixture(scope="module")
def rules() -> dict[str, str]:
    return character_rules({"數": "数", "據": "据", "說": "说"})


def dictionary(folder: Path) -> Path:
    path = folder / "cc-cedict.txt.gz"
    path.write_bytes(gzip.compress(DICTIONARY.encode()))
    return path


def test_dictionary_is_read(tmp_path: Path) -> None:
    entries = read_dictionary(dictionary(tmp_path))
    assert [(e.traditional, e.simplified, e.senses) for e in entries][:2] == [
        ("數據", "数据", ("data",)),
        ("研究", "研究", ("to research", "to study")),
    ]
    assert entries[0].rich > entries[3].rich, "a classifier marks a common word"


def test_simplifications_leave_characters_that_both_scripts_use(tmp_path: Path) -> None:
    assert simplifications(read_dictionary(dictionary(tmp_path))) == {"數": "数", "據": "据", "庫": "库"}


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ("data/CL:個|个[ge4]/(computing) figures; numbers [shu4]", ("data", "figures", "numbers")),
        ("variant of 標誌|标志[biao1 zhi4]", ()),
        ("surname Shuo/to speak/to say/to explain/to scold", ("to speak", "to say", "to explain")),
    ],
)
def test_senses(definition: str, expected: tuple[str, ...]) -> None:
    assert senses(definition) == expected


def test_compiled_rules_do_what_the_rules_say_and_nothing_else(rules: dict[str, str]) -> None:
    compiled = normalizers.Precompiled(compile_rules(rules))
    wrong = [char for char, new in rules.items() if compiled.normalize_str(f"字{char}字") != f"字{new}字"]
    untouched = [chr(code) for code in range(0x4E00, 0xA000) if chr(code) not in rules]
    assert wrong == []
    assert compiled.normalize_str("".join(untouched)) == "".join(untouched)


@pytest.mark.parametrize(
    ("text", "plain"), [("ＡＩ說：É e\u0301", "ai说:e e"), ("⼈㈠①", "人(一)1"), ("ABC abc 数据", "abc abc 数据")]
)
def test_normaliser(rules: dict[str, str], text: str, plain: str) -> None:
    assert normaliser(rules)(text) == normalizers.Precompiled(compile_rules(rules)).normalize_str(text) == plain


def test_tokenizer_weighs_words(rules: dict[str, str]) -> None:
    english = {"cyber": 5.0, "security": 9.0, "s": 50.0, "e": 50.0}
    chinese = {"研究": 20.0, "研究生": 2.0, "生命": 20.0, "命": 5.0, "生": 5.0, "数据": 1.0}
    tokenizer = make_tokenizer(Vocabulary(english, chinese), rules)
    assert tokenizer.encode("研究生命，數據 Cybersecurity!").tokens == ["研究", "生命", "数据", "cyber", "security"]


def test_held_out_pairs_share_no_sentence_with_the_others() -> None:
    pairs = [(f"第{n // 2}句。", f"Sentence {n // 3}.") for n in range(300)] + [("第0句！", "Something else")]
    held, rest = split(pairs, normaliser({}), Settings(held_out=20))
    assert len(held) == 20
    assert not {zh.strip("。！") for zh, _ in held} & {zh.strip("。！") for zh, _ in rest}
    assert not {en for _, en in held} & {en for _, en in rest}
    assert (held, rest) == split(pairs, normaliser({}), Settings(held_out=20))


def test_gloss_pairs_hold_the_terms_of_the_field(tmp_path: Path) -> None:
    pairs = gloss_pairs(read_dictionary(dictionary(tmp_path)))
    assert ("研究", "to research; to study") in pairs
    assert pairs.count(("大模型", FIELD_TERMS["大模型"])) == 3


def test_recall_counts_the_diagonal() -> None:
    import numpy as np

    vectors = unit(np.array([[1, 0], [0, 1], [1, 0.1]], dtype=np.float32))
    assert recall(vectors @ vectors.T, 1) == 1.0
    assert recall(vectors @ vectors[[1, 0, 2]].T, 2) == pytest.approx(1 / 3, abs=1e-4)
