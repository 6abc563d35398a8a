"""Who and what two sessions were, in texts that can be held against each other."""

from collections.abc import Callable
from datetime import datetime

from dermaroller import care
from dermaroller.analysis.compare_types import Fact
from dermaroller.analysis.overview_types import Overview

DASH = "–"


def facts(a: Overview, b: Overview) -> tuple[Fact, ...]:
    """What each session says of itself, and whether that differs."""
    return tuple(_fact(what, tell(a), tell(b)) for what, tell in _FACTS)


def _fact(what: str, a: str, b: str) -> Fact:
    return Fact(what, a, b, a != b)


def drum(one: Overview) -> str:
    head = one.head
    if head.is_assumed:
        return "reference head assumed"
    return (
        f"{head.needles} × {head.needle_length_mm:g} mm, drum {head.drum_diameter_mm:g} × "
        f"{head.drum_width_mm:g} mm, {head.counts_per_rev} counts/rev"
    )


def window(one: Overview) -> str:
    return f"{one.force.low_n:g} to {one.force.high_n:g} N"


def minute(start: datetime | None) -> str:
    """ "2026-01-03 10:00 UTC"; empty if it is not known."""
    return f"{start:%Y-%m-%d %H:%M} UTC" if start else ""


def _start(one: Overview) -> str:
    return minute(one.started_at) or "not known"


def calibration(one: Overview) -> str:
    held = one.calibration
    if held is None:
        return DASH
    if not held.number:
        return "none: nominal values"
    return f"number {held.number}, {held.day or 'day not known'}"


def _limit(one: Overview) -> str:
    limit = one.limit_density_per_cm2
    return f"{limit:g} per cm²" if limit else DASH


def _interval(one: Overview) -> str:
    days = one.interval.min_days
    return f"{days} days at least" if days else DASH


def _log(one: Overview) -> str:
    if one.missing:
        return "damaged"
    return "whole" if one.is_whole else "not as the device closed it"


_FACTS: tuple[tuple[str, Callable[[Overview], str]], ...] = (
    ("Subject", lambda one: one.subject or DASH),
    ("Started", _start),
    ("Device", lambda one: " ".join(filter(None, (one.device, one.device_name))) or DASH),
    ("Board", lambda one: f"{one.board or DASH}{', simulated' if one.is_simulated else ''}"),
    ("Firmware", lambda one: one.firmware or DASH),
    ("Head", lambda one: one.head.id or DASH),
    ("Geometry", drum),
    ("Serum", lambda one: care.serum_text(one.serum) if one.serum else DASH),
    ("Force window", window),
    ("Calibration", calibration),
    ("Limit", _limit),
    ("Interval", _interval),
    ("Log", _log),
)
