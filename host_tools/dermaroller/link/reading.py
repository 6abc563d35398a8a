"""Makes types of a device's answers, and holds them to the schema: the one place where the two ends meet.

What the schema does not know is passed over, for a newer firmware may tell more.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar, cast

from dermaroller.errors import DermarollerError, DeviceRefused, NewerFormat
from dermaroller.link import answers as a
from dermaroller.link import figures as f
from dermaroller.link.schema import ANSWERS, ANY_NAME, LIST_OF, OBJECTS, Entry, answer_to
from dermaroller.log.header import ForceWindow, Head, Limits, Serum, Zone
from dermaroller.plan_content import PlanContent

Type = TypeVar("Type")

# The type of each of the schema's answers, but for `help`, and of its objects.
ANSWER_TYPES: dict[str, type[a.Answer]] = {
    "info": a.Info, "list": a.Page, "sha": a.Hash, "confirm": a.Confirmed, "erase": a.Erased, "raw": a.Raw,
    "cal": a.Calibration, "live": a.Live, "plan": a.HeldPlan, "plan put": a.Staged, "light": a.Light, "time": a.Time,
    "provision": a.Provisioned, "selftest adc": f.AdcTest, "selftest timer": f.TimerTest, "selftest flash": f.FlashTest,
    "selftest heap": f.HeapTest, "selftest light": f.LightTest, "selftest end": f.TestsEnded, "stop": a.Stopped,
}  # fmt: skip
OBJECT_TYPES: dict[str, type] = {
    "session": a.Listed, "plan": PlanContent, "head": Head, "force": ForceWindow, "limits": Limits, "serum": Serum,
    "zone": Zone,
}  # fmt: skip
_SCALARS = {"text": str, "whole": int, "flag": bool}
_WORDS = {"text": "text", "whole": "a whole number", "flag": "true or false"}


class Missing(Exception):
    """An entry that must be there is not; args: its place."""


class Mismatch(Exception):
    """An entry is not of its kind; args: its place, what it is, what it should be."""


def read(kind: type[Type], request: str, answer: Mapping[str, Any], who: str = "device") -> Type:
    """The answer to a request as its type, which must be `kind`.

    who: for messages. DeviceRefused if an entry is missing, NewerFormat if one is of another kind than it should be.
    """
    name = answer_to(request)
    if name is None or ANSWER_TYPES.get(name) is not kind:
        raise ValueError(f"{request} is not answered by {kind.__name__}")
    try:
        return cast(Type, _made(kind, ANSWERS[name], answer, ""))
    except (Missing, Mismatch) as error:
        raise told(error, request, who) from error


def told(error: Exception, request: str, who: str) -> DermarollerError:
    """What Missing or Mismatch means to whoever asked."""
    if isinstance(error, Missing):
        return DeviceRefused(
            f"{who} answered '{request}' without {error.args[0]}: its firmware is older than this tool can use. "
            "Deploy a new one."
        )
    place, value, wanted = error.args
    return NewerFormat(
        f"{who} answered '{request}' with {place} = {value!r:.40}, not {wanted}: its firmware is newer than this tool "
        "can use. Update dermaroller."
    )


def plan_of(value: Mapping[str, Any]) -> PlanContent:
    """A plan of the JSON object that a device keeps. Raises Missing, Mismatch."""
    return cast(PlanContent, _value("plan", value, "plan"))


def plan_as_json(plan: PlanContent) -> dict[str, Any]:
    """The JSON object that a device keeps."""
    return cast(dict[str, Any], plain(plan))


def plain(value: Any) -> Any:
    """An object of the schema as JSON values, with all of its entries; the reverse of reading it."""
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    if not is_dataclass(value):
        return value
    name = next(name for name, kind in OBJECT_TYPES.items() if kind is type(value))
    of_entry = {wire_name(each): getattr(value, each.name) for each in fields(value)}
    return {entry.name: plain(of_entry[entry.name]) for entry in OBJECTS[name]}


def wire_name(field: Any) -> str:
    """The name of the entry that a field of a type is made of."""
    return str(field.metadata.get(a.WIRE_NAME, field.name))


def _made(kind: type, entries: tuple[Entry, ...], value: Any, place: str) -> Any:
    found = _entries(entries, value, place)
    known = {each.name: wire_name(each) for each in fields(cast(Any, kind))}
    values = {name: found[wire] for name, wire in known.items() if wire in found}
    if issubclass(kind, a.Answer):
        values["raw"] = value
    return kind(**values)


def _entries(entries: tuple[Entry, ...], value: Any, place: str) -> dict[str, Any]:
    """The entries of an object that the schema knows, each made a type."""
    if type(value) is not dict:
        raise Mismatch(place or "its answer", value, "an object")
    before = place + "." if place else ""
    found: dict[str, Any] = {}
    for entry in entries:
        if entry.name == ANY_NAME:
            found |= {name: _value(entry.kind, each, before + name) for name, each in value.items()}
        elif entry.name in value:
            is_null = entry.may_be_null and value[entry.name] is None
            found[entry.name] = None if is_null else _value(entry.kind, value[entry.name], before + entry.name)
        elif not entry.is_optional:
            raise Missing(before + entry.name)
    return found


def _value(kind: str, value: Any, place: str) -> Any:
    if kind in _SCALARS:
        if type(value) is not _SCALARS[kind]:
            raise Mismatch(place, value, _WORDS[kind])
        return value
    if kind.startswith(LIST_OF):
        if type(value) is not list:
            raise Mismatch(place, value, "a list")
        return tuple(_value(kind.removeprefix(LIST_OF), each, f"{place}[{i}]") for i, each in enumerate(value))
    if kind not in OBJECT_TYPES:  # as the counters, whose names are the device's
        return _entries(OBJECTS[kind], value, place)
    return _made(OBJECT_TYPES[kind], OBJECTS[kind], value, place)
