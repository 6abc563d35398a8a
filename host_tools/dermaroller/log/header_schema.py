"""Checks header and footer of a log against the shapes that the firmware writes (roller.ends), and makes types of them.

A checksum only says that bytes are those that were written, not that what wrote them was sound or of this version: what
does not have its shape is left out, and told.
"""

from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Any, TypeVar, cast

from dermaroller.log.header import (
    Calibration,
    Footer,
    ForceWindow,
    Head,
    Header,
    Ledger,
    Limits,
    Plan,
    Serum,
    Sums,
    Thresholds,
    Zone,
)
from roller import ends

_MOST = 1 << 40  # of any number that is used
_LONGEST = 64  # zones
_SUMS = tuple(entry.partition(":")[0] for entry in ends.SUMS.split())
_NEEDED = ("duration_ms", "contact_ms", *_SUMS)
_DEFAULT, _WINDOW = Thresholds(), ForceWindow()

Told = Mapping[str, Any]  # a JSON object whose entries have their shapes: it goes no further than this module
Type = TypeVar("Type")


def kinds(shape: str) -> dict[str, Any]:
    """{name: kind} of one of roller.ends' shapes."""
    return {name: kind for name, _, kind in (entry.partition(":") for entry in shape.split())}


HEADER = {
    **kinds(ends.BEGINNING),
    **kinds(ends.IDENTITY),
    "plan": {"subject": "t", "limits": kinds(ends.LIMITS), "serum": kinds(ends.SERUM)},
    "head": kinds(ends.HEAD),
    "ledger": kinds(ends.LEDGER),
    "zones": [kinds(ends.ZONE)],
    "force": kinds(ends.FORCE),
    "settings": "c",
    "calibration": {"sequence": "n", "utc_s": "q"},
}
FOOTER = {**kinds(ends.FOOTER), **kinds(ends.SUMS), "zones": [kinds(ends.SUMS)]}


def header(value: object) -> tuple[Header, bool]:
    """What of a header can be used, and whether that is all of it."""
    if not isinstance(value, dict):
        return Header(), False
    told, is_whole = _object(value, HEADER)
    if not told:
        return Header(), is_whole
    head, get = told.get("head"), told.get
    return Header(
        is_lost=False,
        fw=get("fw"),
        device=get("device"),
        name=get("name"),
        hw=get("hw"),
        board=get("board"),
        chip=get("chip"),
        machine=get("machine"),
        micropython=get("micropython"),
        boot=get("boot"),
        uptime_ms=get("uptime_ms"),
        utc_s=get("utc_s"),
        plan=_plan(get("plan")),
        head=_made(Head, head) if head else None,
        ledger=_made(Ledger, get("ledger") or {}),
        zones=tuple([_made(Zone, zone) for zone in get("zones") or ()]),
        force=_force(get("force") or {}),
        thresholds=_thresholds(get("settings") or {}),
        calibration=_calibration(get("calibration") or {}),
        raw=told,
    ), is_whole


def footer(value: object) -> tuple[Footer | None, bool]:
    """As header(); None if the totals are not there."""
    if not isinstance(value, dict):
        return None, False
    told, is_whole = _object(value, FOOTER)
    if any(told.get(key) is None for key in _NEEDED):
        return None, False
    zones = told.get("zones") or []
    if any(zone.get(key) is None for zone in zones for key in _SUMS):
        return None, False
    counters = {name: n for name, n in (told.get("counters") or {}).items() if n is not None}
    return Footer(
        duration_ms=told["duration_ms"],
        contact_ms=told["contact_ms"],
        sums=_made(Sums, told),
        end=told.get("end"),
        gap_ms=told.get("gap_ms"),
        zones=tuple([_made(Sums, zone) for zone in zones]),
        counters=counters,
        sha256=told.get("sha256"),
        raw=told,
    ), is_whole


def _made(kind: type[Type], told: Told) -> Type:
    """A type whose fields may all be unknown, with those that are told."""
    return kind(*map(told.get, _names(cast(Any, kind))))


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind))


def _plan(told: Told | None) -> Plan | None:
    if not told:
        return None
    serum = told.get("serum")
    return Plan(
        told.get("subject"),
        _made(Limits, told.get("limits") or {}),
        Serum(serum.get("name"), serum.get("lot")) if serum else None,
    )


def _force(told: Told) -> ForceWindow:
    low_mn = told.get("low_mn")
    return ForceWindow(_WINDOW.low_mn if low_mn is None else low_mn, told.get("high_mn") or _WINDOW.high_mn)


def _thresholds(told: Told) -> Thresholds:
    return Thresholds(
        told.get("contact_on_mn") or _DEFAULT.contact_on_mn,
        told.get("contact_off_mn") or _DEFAULT.contact_off_mn,
        told.get("pass_min_um") or _DEFAULT.pass_min_um,
        told.get("treatment_min_passes"),
    )


def _calibration(told: Told) -> Calibration | None:
    return Calibration(told["sequence"], told.get("utc_s")) if told.get("sequence") is not None else None


def _object(value: Told, shape: dict[str, Any]) -> tuple[Told, bool]:
    """The entries that have their shape, or none prescribed. Any may be null: not known."""
    found = {}
    is_whole = True
    for key, each in value.items():
        kind = shape.get(key)
        if kind is None or each is None or (kind == "n" and type(each) is int and 0 <= each < _MOST):
            found[key] = each  # the ordinary case first: an index reads thousands of logs
            continue
        fitted, fits = _fitted(each, kind)
        is_whole = is_whole and fits
        if fitted is not None:
            found[key] = fitted
    return found, is_whole


def _fitted(value: Any, shape: Any) -> tuple[Any, bool]:
    """(the value as far as it has the shape, or None; whether all of it has)"""
    if isinstance(shape, str):
        return (value, True) if _is(value, shape) else (None, False)
    if isinstance(shape, dict):
        return _object(value, shape) if isinstance(value, dict) else (None, False)
    if not isinstance(value, list) or len(value) > _LONGEST:
        return None, False
    pairs = [_fitted(each, shape[0]) for each in value]
    fits = all(fits for _, fits in pairs)
    return ([each for each, _ in pairs], True) if fits else (None, False)


def _is(value: Any, kind: str) -> bool:
    """Whether a value is of a kind: see roller.ends."""
    if type(value) is int:
        return kind in "nqs" and 0 <= value < _MOST and (value > 0 or kind != "s")
    if type(value) is str:
        return kind == "t"
    if type(value) is dict:
        return kind == "c" and all(each is None or _is(each, "n") for each in value.values())
    return type(value) is float and kind in "qs" and 0 <= value < _MOST and (value > 0 or kind != "s")
