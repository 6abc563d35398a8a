"""Calibrates a device: leads through weights, or along a ruler, and keeps what fitting.py finds good.

It asks whoever is at the handle by `ask(text)`, which returns when that is done; the device keeps a calibration whole
or keeps the old one.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from dermaroller.as_json import as_json
from dermaroller.device import Device
from dermaroller.errors import CalibrationRefused
from dermaroller.fitting import Fit, Point, fit_force, fit_travel
from dermaroller.log.geometry import Geometry
from dermaroller.steadiness import Reading, Wait, steady

TURNS = 10
RUNS = 3
_LIFT = "Take everything off the drum"  # else the session that it opened is followed by the next

Ask = Callable[[str], None]


@dataclass(frozen=True)
class ForceResult:
    tare: Reading
    fit: Fit


@dataclass(frozen=True)
class TravelResult:
    """head: the drum that it was checked against. turn_counts: in TURNS revolutions; runs: along the ruler."""

    head: Geometry
    turn_counts: int
    runs: list[int]
    fit: Fit


def check_idle(device: Device) -> None:
    """CalibrationRefused if a session is open: it would be taken for a part of the treatment."""
    session = device.info().session
    if session is not None:
        raise CalibrationRefused(
            f"session {session} is open on {device.name}. End it with a long press, then calibrate again."
        )


def measure_force(
    device: Device, kind: str, forces_mn: Sequence[float], ask: Ask, wait: Wait = time.sleep
) -> ForceResult:
    """Readings with nothing on the drum and under each weight, and their fit. Raises CalibrationRefused."""
    before = device.calibration()
    ask("Lay the handle down firmly, drum up, with nothing on it")
    tare = steady(device, before, "with nothing on the drum", wait)
    points = []
    for mn in forces_mn:
        ask(f"Put {mn / 1000:.3f} N ({mn / 9.80665:.0f} g) on the drum, and let go of it")
        points.append(Point(mn, steady(device, before, f"under {mn / 1000:.3f} N", wait).raw))
    result = ForceResult(tare, fit_force(kind, tare.raw, points, before))
    ask(_LIFT)
    return result


def measure_travel(device: Device, length_mm: float, runs: int, ask: Ask) -> TravelResult:
    """Counts in ten revolutions and along a ruler, and their fit. Raises CalibrationRefused."""
    head = head_of(device)
    ask("Turn the drum until a mark on it faces you")
    turned = _counts(device, ask, f"Turn it exactly {TURNS} revolutions, all in one direction, until the mark is back")
    rolled = []
    for number in range(1, runs + 1):
        ask(f"Run {number} of {runs}: stand the drum at the ruler's zero")
        rolled.append(_counts(device, ask, f"Roll it without slipping to {length_mm:g} mm"))
    result = TravelResult(head, turned, rolled, fit_travel(length_mm, rolled, turned, TURNS, head))
    ask(_LIFT)
    return result


def head_of(device: Device) -> Geometry:
    """The drum of the device's plan; without a plan, the reference head."""
    plan = device.plan().plan
    return plan.head.geometry if plan else Geometry()


def keep(device: Device, kept: dict[str, Any], utc_s: int) -> int | None:
    """Write a calibration with its date, and compare what the device then holds. Nothing may touch the drum.

    Returns the session that the weights or the rolling had opened, and that was closed for this; None if there is none.
    CalibrationRefused if the device holds something else in the end.
    """
    session = device.info().session
    if session is not None:
        device.stop()
    kept = {**kept, "utc_s": utc_s}
    device.calibrate(kept)
    now = device.calibration()
    for key, value in kept.items():
        holds = getattr(now, key)
        if as_json(holds) != value:
            raise CalibrationRefused(
                f"{device.name} holds {key} {holds} after {value} was written. Calibrate again, and keep its "
                "forces for doubtful until it shows what was written."
            )
    return session


def _counts(device: Device, ask: Ask, text: str) -> int:
    """How far the drum turns while somebody does what the text says."""
    start = device.raw().count
    ask(text)
    return abs(device.raw().count - start)
