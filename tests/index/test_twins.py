"""Twins: a faithful translation raises nothing; each way of differing raises its own flag, on its own clause."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from lineages import edition
from ports import EN, ZH, changed

from corpus.records import Disagreement, Document
from index.encoder import Encoder, open_encoder
from index.twins import disagreements, find_twins
from ingest.bundled import bundled_documents


@cache
def encoder() -> Encoder:
    return open_encoder(None)


def found(zh: str = ZH, en: str = EN) -> list[tuple[str, str, str, str]]:
    told = disagreements(edition("zh", "2.0", zh), edition("en", "2.0", en), encoder())
    return [(one.path, one.kind, one.zh, one.en) for one in told]


def test_a_faithful_translation_raises_nothing() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("six months", "ten months", ("1.11", "numbers", "6 month", "10 month")),
        ("is encrypted", "is locked away", ("1.12", "terms", "加密", "")),
        ("Vehicles follow", "Vehicles are required to follow", ("1.8", "force", "", "are required to")),
        (
            "The warehouse is kept dry and aired, and goods are stored apart according to their kind, fragile ones below.",
            "When the weather station gives a warning, the control room tells all gangs to pause work at once.",
            ("1.9", "repeats", "", "1.7"),
        ),
        ("papers.", "papers. A ship lowers its gangway after mooring, and the crew come and go with their papers.", ("1.6", "repeats", "", "1.6")),
        (
            "papers.",
            "papers. Visitors wear a helmet and a badge, wait at the gate until somebody fetches them, and leave by the "
            "same way before dusk falls over the harbour basin.",
            ("1.6", "length", "18", "186"),
        ),
        ("\n1.10 Dangerous goods\nDangerous goods are stored apart and guarded, and the keys are shared between two people.", "",
         ("1.10", "missing", "危险品", "")),
    ],
)  # fmt: skip
def test_english_that_strays_is_flagged_with_the_reason(old: str, new: str, wanted: tuple[str, ...]) -> None:
    assert wanted in (told := found(en=changed(EN, old, new)))
    assert {path for path, *_ in told} == {wanted[0]}


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("六个月", "九个月", ("1.11", "numbers", "9 month", "6 month")),
        ("系统用户的个人信息加密保存", "系统用户的资料加密保存", ("1.12", "terms", "", "personal information")),
        ("车辆按照", "车辆必须按照", ("1.8", "force", "必须", "")),
        ("仓库保持干燥通风，货物按照种类分开存放，易碎的放在下层。", "气象站发布预警后，调度室通知各个班组立即暂停作业。", ("1.9", "repeats", "1.7", "")),
        ("\n1.3 照明\n码头照明每周检修一次，坏灯当天更换并留下记录。", "", ("1.3", "missing", "", "Lighting")),
    ],
)  # fmt: skip
def test_chinese_that_strays_is_flagged_with_the_reason(old: str, new: str, wanted: tuple[str, ...]) -> None:
    assert wanted in (told := found(zh=changed(ZH, old, new)))
    assert {path for path, *_ in told} == {wanted[0]}


def test_a_text_under_the_wrong_number_is_told_to_stray() -> None:
    weather = "When the weather station gives a warning, the control room tells all gangs to pause work at once."
    warehouse = (
        "The warehouse is kept dry and aired, and goods are stored apart according to their kind, fragile ones below."
    )
    swapped = EN.replace(weather, "@").replace(warehouse, weather).replace("@", warehouse)
    assert ("1.7", "strays", "", "1.9") in found(en=swapped)
    assert {path for path, *_ in found(en=swapped)} == {"1.7", "1.9"}


def test_a_list_on_one_side_and_a_paragraph_on_the_other() -> None:
    zh = edition("zh", "2.0", ZH)
    text = EN.replace(", then lift", ",\nthen lift").replace(", and sign", ",\nand sign")
    en = edition("en", "2.0", text)
    assert [(one.path, one.kind, one.zh, one.en) for one in disagreements(zh, en, encoder())] == [
        ("1.1", "form", "1", "3")
    ]


def test_a_term_rendered_in_two_ways_in_headings() -> None:
    zh = f"{ZH}\n2.2 衍生风险\n船多则浪大。\n2.3 应对衍生风险\n限制航速。"
    en = f"{EN}\n2.2 Derivative risks\nMany ships make waves.\n2.3 Against secondary risks\nSpeed is limited."
    assert found(zh, en) == [("2.3", "rendering", "衍生安全风险", "secondary risk / derivative risk")]


def test_a_whole_group_that_is_missing_is_told_once() -> None:
    zh = f"{ZH}\n3. 附图\n3.1 泊位图\n泊位自东向西编号。\n3.2 航道图\n航道每年测量。"
    assert found(zh, f"{EN}\n3. Maps") == [("3", "missing", "附图", "")]


def test_an_official_text_is_not_held_against_a_digest() -> None:
    zh, en = edition("zh", "2.0", ZH), edition("en", "2.0", changed(EN, "six months", "ten months"))
    (twins,) = find_twins([zh, en], encoder())
    assert (twins.edition, twins.part, twins.pairs) == ("aisgf@2.0", "body", 15)
    assert twins.about("1.11") == (Disagreement("1.11", "numbers", "6 month", "10 month"),)
    assert twins.about("1.12") == ()
    assert find_twins([zh, replace(en, status="digest")], encoder()) == []
    assert find_twins([zh], encoder()) == []


def digest(edition_id: str, lang: str) -> Document:
    return next(d for d in bundled_documents() if d.id == f"{edition_id}/{lang}" and d.part == "body")


@pytest.mark.parametrize("edition_id", ["aisgf@1.0", "aisgf@2.0"])
def test_the_bundled_digests_agree_but_for_what_the_official_texts_differ_in(edition_id: str) -> None:
    told = disagreements(digest(edition_id, "zh"), digest(edition_id, "en"), encoder())
    official = {
        "aisgf@1.0": {("3.2.1(c)", "terms")},
        "aisgf@2.0": {
            *(("5.10", "repeats"), ("5.11", "force"), ("T.3.2.2(b)", "missing"), ("4.3", "rendering")),
            *((f"T.3.2.1({letter})", "mapping") for letter in "abcd"),
            *((path, "rendering") for path in ("5.1", "5.2", "5.11")),
        },
    }
    paths = {one.path for one in told}
    assert official[edition_id] <= {(one.path, one.kind) for one in told}
    assert len(paths) <= 0.1 * len(digest(edition_id, "zh").clauses)
