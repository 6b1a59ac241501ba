"""Port rules of our own in both languages, translated faithfully: what a twin check must let pass."""

from __future__ import annotations

ZH = """1. 港口规程
1.1 装卸
装卸工先检查吊具，再起吊货物，并在交班时登记。
1.2 值守
夜间由两名值守人员轮换，遇到大风立即停止作业。
1.3 照明
码头照明每周检修一次，坏灯当天更换并留下记录。
1.4 消防
消防器材放在显眼处，通道不得堆放任何杂物。
1.5 培训
新到的工人由老师傅带领，先学习规程再上岗操作。
1.6 船舶
船舶靠岸后放下舷梯，船员凭证件上下码头。
1.7 天气
气象站发布预警后，调度室通知各个班组立即暂停作业。
1.8 车辆
车辆按照标线行驶，在路口减速并且礼让行人。
1.9 仓库
仓库保持干燥通风，货物按照种类分开存放，易碎的放在下层。
1.10 危险品
危险品单独存放，由专人看管，钥匙由两人分管。
1.11 日志
运行日志至少留存六个月，供事后查阅。
1.12 系统
系统用户的个人信息加密保存，不对外提供。
2. 附则
2.1 施行
本规程由港务处解释，自公布起施行。"""
EN = """1. Port rules
1.1 Loading
Dockers check the tackle first, then lift the cargo, and sign the book when the shift ends.
1.2 Watch
At night two watchmen take turns, and work stops at once when the wind is strong.
1.3 Lighting
Quay lights are serviced once a week; a broken lamp is changed the same day and noted down.
1.4 Fire
Fire equipment stands where it is seen, and nothing must be piled up in the passages.
1.5 Training
New workers are led by an old hand, and learn the rules first before they start to work.
1.6 Ships
A ship lowers its gangway after mooring, and the crew come and go with their papers.
1.7 Weather
When the weather station gives a warning, the control room tells all gangs to pause work at once.
1.8 Vehicles
Vehicles follow the marked lanes, slow down at crossings and give way to people on foot.
1.9 Warehouse
The warehouse is kept dry and aired, and goods are stored apart according to their kind, fragile ones below.
1.10 Dangerous goods
Dangerous goods are stored apart and guarded, and the keys are shared between two people.
1.11 Logs
Operation logs are kept for at least six months so that they can be looked up afterwards.
1.12 Systems
Personal information of system users is encrypted and is not given to anybody outside.
2. Final rules
2.1 Entry into force
The port office explains these rules, which apply from the day they are published."""


def changed(text: str, old: str, new: str) -> str:
    """`text` with one passage of it changed."""
    assert text.count(old) == 1
    return text.replace(old, new)
