"""Types as JSON values, and what a type says of its fields: at the edge, where numbers leave for other programs."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime, timezone
from functools import cache
from typing import Any, cast

_PLAIN = (str, int, float, bool)
FLAT = {"is_flat": True}  # metadata of a field whose own fields stand in its place


def about(
    description: str, ge: float | None = None, le: float | None = None, min_length: int | None = None
) -> dict[str, Any]:
    """A field's metadata, under the names of the library that makes the published schema from it.

    ge, le: the least and greatest value it can have. min_length: the least number of entries.
    """
    bounds = {"ge": ge, "le": le, "min_length": min_length}
    return {"description": description} | {key: n for key, n in bounds.items() if n is not None}


def as_json(value: Any) -> Any:
    """A dataclass as an object of its fields, in their order, and so whatever is in it; times in UTC, ISO 8601."""
    kind = type(value)
    if value is None or kind in _PLAIN:
        return value
    if is_dataclass(kind):
        names, flat = _fields(kind)
        found = {name: getattr(value, name) for name in names}
        for name, each in found.items():
            if each is not None and type(each) not in _PLAIN:  # most are plain: there may be thousands of rows
                found[name] = as_json(each)
        return _flattened(found, flat) if flat else found
    if isinstance(value, (list, tuple)):
        return [as_json(each) for each in value]
    if isinstance(value, Mapping):
        return {key: as_json(each) for key, each in value.items()}
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")
    return value


def _flattened(found: dict[str, Any], flat: frozenset[str]) -> dict[str, Any]:
    """With the entries of some objects in the objects' places."""
    made: dict[str, Any] = {}
    for name, each in found.items():
        made |= each if name in flat else {name: each}
    return made


@cache
def _fields(kind: type) -> tuple[tuple[str, ...], frozenset[str]]:
    """The names of a dataclass's fields, and of those whose own fields stand in their places."""
    found = fields(cast(Any, kind))
    return tuple(each.name for each in found), frozenset(each.name for each in found if each.metadata.get("is_flat"))


def as_object(value: Any) -> dict[str, Any]:
    """as_json() of a dataclass."""
    made: dict[str, Any] = as_json(value)
    return made
