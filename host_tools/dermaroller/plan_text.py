"""A plan as TOML text, from the integers that the device keeps: what `plan show` prints can be checked and pushed."""

import json
from typing import Any

from dermaroller.link import reading
from dermaroller.plan_content import PlanContent
from dermaroller.plan_rules import SERUM, TABLES, TOP, ZONE, Spec


def as_toml(plan: PlanContent) -> str:
    """The text of a plan. What is not set is left out."""
    lines = _lines(TOP, reading.plain(plan))
    for name, spec in TABLES.items():
        lines += _table(f"[{name}]", spec, reading.plain(getattr(plan, name)))
    if plan.serum:
        lines += _table("[serum]", SERUM, reading.plain(plan.serum))
    for zone in plan.zones:
        lines += _table("[[zone]]", ZONE, reading.plain(zone))
    return "\n".join(lines) + "\n"


def _table(heading: str, spec: Spec, values: dict[str, Any]) -> list[str]:
    lines = _lines(spec, values)
    return [heading, *lines] if lines else []


def _lines(spec: Spec, values: dict[str, Any]) -> list[str]:
    lines = []
    for key, item in spec.items():
        value = values.get(item.device_key)
        if isinstance(value, str):
            lines.append(f"{key} = {json.dumps(value, ensure_ascii=False)}")
        elif value is not None:
            lines.append(f"{key} = {_number(value, getattr(item, 'per_unit', 1))}")
    return lines


def _number(value: int, per_unit: int) -> str:
    return str(value) if per_unit == 1 else f"{value / per_unit:.10g}"
