"""What is kept of a self-test: one JSON object a run, to stay with the device, and the sentence where it failed.

It also answers what only a real board can tell and this project has from data sheets or emulation so far (`bench`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timezone
from typing import Any

from dermaroller.errors import SelfTestFailed
from dermaroller.link.answers import Info
from dermaroller.log.simulated import is_virtual
from dermaroller.selftest import Result

FORMAT = 1
_IDENTITY = ("device", "name", "hw", "board", "chip", "micropython", "fw")

# What is asked of a real board: the question, and the items that answer it.
BENCH = (
    (
        "How long does an erase of 4 KB take, during which no callback runs? Expected: 45 ms, up to 400 ms.",
        ("flash, erase of 4 KB, median", "flash, erase of 4 KB, longest"),
    ),
    (
        "Does the counter survive flash writes? The firmware sets no interrupt at its limits; that a limit is crossed "
        "during a write takes 32,000 counts and is not provoked here.",
        ("resets during the test",),
    ),
    ("How long does one reading of the ADC take? Expected: 50 to 80 us.", ("force sensor, one reading",)),
    (
        "How fast does the serial port send? Expected on a UART: 12.8 kB/s at the most, whatever the line rate.",
        ("serial, throughput",),
    ),
)


def record(info: Info, results: list[Result], baud: int, now: datetime | None = None) -> dict[str, Any]:
    """One run as JSON. info: what the device says of itself."""
    now = now or datetime.now(timezone.utc)
    by_item = {result.item: result for result in results}
    return {
        "selftest": FORMAT,
        **{key: getattr(info, key) for key in _IDENTITY},
        "is_simulated": is_simulated(info),
        "date": now.astimezone(timezone.utc).isoformat(timespec="seconds"),
        "baud": baud,
        "is_good": not failed(results),
        "is_complete": not any(result.is_skipped for result in results),
        "results": [_as_json(result) for result in results],
        "bench": [_answered(question, [by_item[i] for i in items], info) for question, items in BENCH],
    }


def is_simulated(info: Info) -> bool:
    """Whether the virtual board answered: its figures are its model's, not a chip's."""
    return is_virtual(info.board, info.machine, info.device)


def failed(results: Iterable[Result]) -> list[Result]:
    return [result for result in results if result.is_good is False]


def failure(name: str, results: list[Result]) -> SelfTestFailed:
    """The error that says what failed, each with its figure, its limits and what it means."""
    told = dict.fromkeys(_told(result) for result in failed(results))
    return SelfTestFailed(f"{name} failed its self-test: {'; '.join(told)}. Mend that, then test again.")


def limits(result: Result) -> str:
    if result.low is not None and result.high is not None:
        return f"{result.low:,g} to {result.high:,g}"
    if result.low is not None:
        return f"{result.low:,g} or more"
    return "" if result.high is None else f"{result.high:,g} or less"


def _told(result: Result) -> str:
    note = f": {result.note}" if result.note else ""
    value = "nothing" if result.value is None else f"{result.value:,}"
    return f"{result.item} {value} {result.unit}".rstrip() + f", not {limits(result)}{note}"


def _as_json(result: Result) -> dict[str, Any]:
    return {
        "item": result.item, "value": result.value, "unit": result.unit, "low": result.low, "high": result.high,
        "is_good": result.is_good, "is_skipped": result.is_skipped,
    }  # fmt: skip


def _answered(question: str, answers: list[Result], info: Info) -> dict[str, Any]:
    values = [{"item": each.item, "value": each.value, "unit": each.unit} for each in answers]
    return {"question": question, "answer": values, "is_simulated": is_simulated(info)}
