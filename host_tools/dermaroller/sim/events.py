"""The events that a row of a trace may name, and the number that some of them take."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

from dermaroller.errors import TraceError

RTC_EPOCH_S = 946_684_800  # Unix time at which the board's clock is 0: the year 2000


@dataclass(frozen=True)
class Event:
    """Something that happens at t_us since the world began. number: 0 where the event takes none."""

    t_us: int
    name: str
    number: int = 0


@dataclass(frozen=True)
class _Number:
    """What may stand behind an event's name. default: what holds if nothing does; None if a number must be there."""

    name: str
    least: int
    most: int
    default: int | None = None


_NUMBERS = {
    "spike": _Number("READINGS", 1, 10_000, default=1),
    "clock": _Number("UNIX_S", RTC_EPOCH_S, RTC_EPOCH_S + (1 << 30) - 1),  # beyond, the board's integers take heap
}
_EVENTS = (
    "button", "button_long",  # pressed shortly, or for more than two seconds
    "button_stuck", "button_free", "button_glitch",
    "power_cut",  # for a second
    "sensor_open", "sensor_ok", "spike", "frozen", "frozen_ok",  # the force sensor
    "encoder_dead", "encoder_ok", "phase_dead", "phase_ok",
    "battery_low", "battery_empty", "battery_ok",
    "charger_on", "charger_off",  # where the board can tell
    "clock",
)  # fmt: skip


def parse_event(text: str, where: str) -> tuple[str, int]:
    """The name and the number of an event as it stands in a trace. Raises TraceError that begins with `where`."""
    name, *rest = text.split() or [""]
    if name not in _EVENTS:
        forms = ", ".join(_form(each) for each in _EVENTS)
        _refuse(f"{where} has an unknown event {text!r}: use one of {forms}, or leave it empty.")
    number = _NUMBERS.get(name)
    if not number:
        if rest:
            _refuse(f"{where} has the event {text!r}, but {name} takes no number: write {name} alone.")
        return name, 0
    if not rest and number.default is not None:
        return name, number.default
    value = int(rest[0]) if len(rest) == 1 and re.fullmatch("[0-9]{1,10}", rest[0]) else -1
    if not number.least <= value <= number.most:
        _refuse(
            f"{where} has the event {text!r}: write {_form(name)}, with a whole number from {number.least} to"
            f" {number.most} for {number.name}."
        )
    return name, value


def _form(name: str) -> str:
    """How the event is written."""
    if name not in _NUMBERS:
        return name
    number = _NUMBERS[name]
    return f"{name} {number.name}" if number.default is None else f"{name} [{number.name}]"


def _refuse(message: str) -> NoReturn:
    raise TraceError(message)
