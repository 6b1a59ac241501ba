"""The labels of a lineage, of links and of what changed in substance, in both languages."""

from __future__ import annotations

LABELS: dict[str, tuple[str, str]] = {
    "added": ("新增", "Added"),
    "removed": ("删除", "Removed"),
    "split": ("拆分", "Split"),
    "merged": ("合并", "Merged"),
    "reworded": ("改写", "Reworded"),
    "moved": ("移位", "Moved"),
    "editorial": ("文字调整", "Editorial"),
    "unchanged": ("未变", "Unchanged"),
    "obligation_stronger": ("要求加强", "duty stronger"),
    "obligation_weaker": ("要求减弱", "duty weaker"),
    "actor_added": ("增加主体", "actor added"),
    "actor_removed": ("减少主体", "actor removed"),
    "object_added": ("增加对象", "object added"),
    "object_removed": ("减少对象", "object removed"),
    "number_changed": ("数字或等级改变", "number or grade changed"),
    "item_added": ("增加列举项", "list item added"),
    "item_removed": ("减少列举项", "list item removed"),
    "definition_changed": ("定义改变", "definition changed"),
    "reference_changed": ("引用改变", "reference changed"),
}
