"""A plan as TOML text, from the integers that the device keeps: what `plan show` prints can be checked and pushed."""

import json
from typing import Any

from dermaroller.plan_rules import SERUM, TABLES, TOP, ZONE, Spec


def as_toml(fields: dict[str, Any]) -> str:
    """The text of a plan; `fields` as in Plan.fields. What is not set is left out."""
    lines = _lines(TOP, fields)
    for name, spec in TABLES.items():
        lines += _table(f"[{name}]", spec, fields.get(name) or {})
    if fields.get("serum"):
        lines += _table("[serum]", SERUM, fields["serum"])
    for zone in fields.get("zones", ()):
        lines += _table("[[zone]]", ZONE, zone)
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
