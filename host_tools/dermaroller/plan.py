"""Treatment plans: TOML as people write it, checked whole, and the JSON of integers that the device keeps.

What the device accepts in the end is defined in roller.plan; this module finds every mistake before it does, and says
where it stands.
"""

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from dermaroller.errors import PlanError
from dermaroller.link import reading
from dermaroller.plan_content import PlanContent
from dermaroller.plan_rules import SERUM, TABLES, TOP, ZONE, Number, Spec, Text, bad_number, bad_text
from dermaroller.toml_lines import line_of
from roller import plan as device_plan
from roller import wire

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_AT_LINE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)")


@dataclass(frozen=True)
class Plan:
    """A checked plan, and the name of its file."""

    name: str
    content: PlanContent

    @classmethod
    def read(cls, path: str | Path) -> "Plan":
        """The plan in a TOML file. PlanError for whatever is wrong with it."""
        try:
            text = Path(path).read_bytes().decode()
        except OSError as error:
            raise PlanError(f"cannot read the plan {path}: {error.strerror}. Check the file name.") from error
        except UnicodeDecodeError as error:
            raise PlanError(f"{path} is not a plan: byte {error.start} is not UTF-8 text. Save it as TOML.") from error
        return cls.parse(text, str(path))

    @classmethod
    def parse(cls, text: str, name: str = "plan") -> "Plan":
        """As read(), from the text of a file."""
        try:
            table = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise _not_toml(name, text, str(error)) from error
        return cls(name, _Checker(text, name).content(table))

    def as_json(self) -> dict[str, Any]:
        """The JSON object that the device keeps."""
        return reading.plan_as_json(self.content)

    def device_json(self) -> bytes:
        """Its text, without its block."""
        return json.dumps(self.as_json(), separators=(",", ":"), ensure_ascii=False).encode()

    def device_bytes(self) -> bytes:
        """The content of the device's plan file: one PLAN block."""
        return bytes(wire.pack_block(wire.PLAN, 0, 0, 0, self.device_json()))


class _Checker:
    """Goes through one plan's tables; every complaint names the file, the line and the reason."""

    def __init__(self, text: str, name: str) -> None:
        self._text = text
        self._name = name

    def content(self, table: dict[str, Any]) -> PlanContent:
        self._known(table, {*TOP, *TABLES, "serum", "zone"}, ())
        fields: dict[str, Any] = {"v": device_plan.VERSION, **self._table(TOP, table, ())}
        for key, spec in TABLES.items():
            fields[key] = self._table(spec, self._sub_table(table, key), (key,))
        fields["serum"] = self._table(SERUM, self._sub_table(table, "serum"), ("serum",)) if "serum" in table else None
        fields["zones"] = self._zones(table)
        content = reading.plan_of(fields)
        self._check_together(content)
        return content

    def _sub_table(self, table: dict[str, Any], key: str) -> dict[str, Any]:
        value = table.get(key, {})
        if not isinstance(value, dict):
            self._refuse((key,), f"{key} must be a table: write it as [{key}]")
        return value

    def _zones(self, table: dict[str, Any]) -> list[dict[str, Any]]:
        zones = table.get("zone")
        if not zones:
            self._refuse((), "has no zone: add a [[zone]] with name, area_cm2 and target_density_per_cm2")
        if not isinstance(zones, list) or not all(isinstance(zone, dict) for zone in zones):
            self._refuse(("zone",), "each zone must be a table: write it as [[zone]]")
        if len(zones) > device_plan.MAX_ZONES:
            self._refuse(
                ("zone", device_plan.MAX_ZONES), f"{len(zones)} zones; the device takes {device_plan.MAX_ZONES}"
            )
        checked = [self._table(ZONE, zone, ("zone", i)) for i, zone in enumerate(zones)]
        names = [zone["name"] for zone in checked]
        for i, zone_name in enumerate(names):
            if zone_name in names[:i]:
                self._refuse(("zone", i, "name"), f"a second zone is named {zone_name!r}; give each its own name")
        return checked

    def _table(self, spec: Spec, table: dict[str, Any], place: tuple[str | int, ...]) -> dict[str, Any]:
        self._known(table, {*spec, "head", "force", "limits", "serum", "zone"} if not place else set(spec), place)
        return {item.device_key: self._value(item, table, key, place) for key, item in spec.items()}

    def _known(self, table: dict[str, Any], known: set[str], place: tuple[str | int, ...]) -> None:
        for key in table:
            if key not in known:
                self._refuse((*place, key), f"unknown key {key!r}; known here: {', '.join(sorted(known))}")

    def _value(self, item: Number | Text, table: dict[str, Any], key: str, place: tuple[str | int, ...]) -> Any:
        value = table.get(key, item.default)
        if value is None:
            if not item.is_optional:
                self._refuse(place, f"{key} is missing{_where(place)}")
            return None
        reason = bad_number(item, value) if isinstance(item, Number) else bad_text(item, value)
        if reason:
            self._refuse((*place, key), f"{key} {reason}")
        return round(value * item.per_unit) if isinstance(item, Number) else value

    def _check_together(self, content: PlanContent) -> None:
        force, limit = content.force, content.limits.max_density_per_cm2
        if force.low_mn >= force.high_mn:
            self._refuse(("force", "low_n"), f"low_n {force.low_n:g} must be below high_n {force.high_n:g}")
        for i, zone in enumerate(content.zones):
            target = zone.target_per_cm2
            if limit is not None and target is not None and target > limit:
                reason = f"target_density_per_cm2 {target:g} is above the limit max_density_per_cm2 {limit:g}"
                self._refuse(("zone", i, "target_density_per_cm2"), reason)
        size, room = len(Plan(self._name, content).device_json()), device_plan.MAX_PLAN
        if size > room:
            self._refuse((), f"takes {size} bytes on the device, which has room for {room}; use shorter names")

    def _refuse(self, place: tuple[str | int, ...], reason: str) -> NoReturn:
        raise PlanError(f"{self._name}, line {line_of(self._text, place) or 1}: {reason}.")


def _not_toml(name: str, text: str, complaint: str) -> PlanError:
    """The parser's complaint, with its line in front as in all others."""
    found = _AT_LINE.search(complaint)
    line = int(found[1]) if found else len(text.splitlines())
    return PlanError(f"{name}, line {line}: not TOML: {_AT_LINE.sub('', complaint)}.")


def _where(place: tuple[str | int, ...]) -> str:
    if not place:
        return ""
    return f" in zone {int(place[1]) + 1}" if place[0] == "zone" else f" in [{place[0]}]"
