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
        found: dict[str, Any] = {}
        for name, is_flat in _fields(kind):
            made = as_json(getattr(value, name))
            if is_flat:
                found |= made
            else:
                found[name] = made
        return found
    if isinstance(value, (list, tuple)):
        return [as_json(each) for each in value]
    if isinstance(value, Mapping):
        return {key: as_json(each) for key, each in value.items()}
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")
    return value


@cache
def _fields(kind: type) -> tuple[tuple[str, bool], ...]:
    """(name, whether its own fields stand in its place) of a dataclass's fields."""
    return tuple((each.name, bool(each.metadata.get("is_flat"))) for each in fields(cast(Any, kind)))


def as_object(value: Any) -> dict[str, Any]:
    """as_json() of a dataclass."""
    made: dict[str, Any] = as_json(value)
    return made
