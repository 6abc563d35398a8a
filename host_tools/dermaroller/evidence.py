"""Clock evidence: what this computer's clock showed at some moment of a device's uptime, and how surely.

A device without power forgets the time, but each boot has a number and counts its milliseconds. One such pair dates
everything that the same boot recorded. Raw times in the logs are never rewritten.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from dermaroller import receipts
from dermaroller.errors import DeviceRefused
from dermaroller.link.answers import Time
from dermaroller.log.header import Header

ROUNDS = 6
DRIFT_PPM = 50  # between the two clocks: generous for a crystal in a warm hand
_TICK_MS = 1.0  # the device tells whole milliseconds


class Asker(Protocol):
    """What is needed of a device: see there."""

    def time(self) -> Time: ...


@dataclass(frozen=True)
class Evidence:
    """At `uptime_ms` of its boot number `boot`, the Unix time was `utc_ms`, give or take `uncertainty_ms`.

    utc_s: what the device's own clock showed, None if it was never set.
    """

    device: str
    boot: int
    uptime_ms: int
    utc_ms: float
    uncertainty_ms: float
    utc_s: int | None = None

    def utc_ms_at(self, uptime_ms: float) -> tuple[float, float]:
        """(Unix time in ms, uncertainty in ms) at another moment of the same boot."""
        apart_ms = uptime_ms - self.uptime_ms
        return self.utc_ms + apart_ms, self.uncertainty_ms + abs(apart_ms) * DRIFT_PPM / 1e6

    @property
    def offset_ms(self) -> float | None:
        """How far the device's clock is ahead; it tells whole seconds, so its half is added."""
        return None if self.utc_s is None else self.utc_s * 1000 + 500 - self.utc_ms


def measure(device: Asker, now_s: Callable[[], float] = time.time, rounds: int = ROUNDS) -> Evidence | None:
    """The best of several round trips; None if the firmware is too old to tell its uptime.

    The answer was made somewhere between question and answer, so half the round trip is the uncertainty.
    """
    best: Evidence | None = None
    for _ in range(rounds):
        asked_s = now_s()
        try:
            answer = device.time()
        except DeviceRefused:
            return None
        half_ms = (now_s() - asked_s) * 500
        if best is None or half_ms + _TICK_MS < best.uncertainty_ms:
            best = Evidence(
                device=answer.device,
                boot=answer.boot,
                uptime_ms=answer.uptime_ms,
                utc_ms=round(asked_s * 1000 + half_ms, 3),
                uncertainty_ms=round(half_ms + _TICK_MS, 3),
                utc_s=answer.utc_s,
            )
    return best


def keep(folder: Path, evidence: Evidence) -> None:
    """Append it to the folder's receipts."""
    receipts.add(folder, receipts.CLOCK, evidence.device, **details(evidence))


def details(evidence: Evidence) -> dict[str, Any]:
    """What its receipt says besides the device."""
    return {key: value for key, value in asdict(evidence).items() if key != "device"}


def start_of(header: Header, folder: Path) -> tuple[float, float] | None:
    """(Unix time in s, uncertainty in s) of a session's start by the receipts of the folder that it lies in.

    None if no receipt speaks of the same device and boot.
    """
    uptime_ms = header.uptime_ms
    if uptime_ms is None:
        return None
    boot = (header.device, header.boot)
    kept = (of_receipt(receipt) for receipt in receipts.read(folder, receipts.CLOCK))
    return surest(uptime_ms, (one for one in kept if one and (one.device, one.boot) == boot))


def surest(uptime_ms: float, found: Iterable[Evidence]) -> tuple[float, float] | None:
    """(Unix time in s, uncertainty in s) at this uptime by the best of what was found of its boot; None if nothing."""
    times = [one.utc_ms_at(uptime_ms) for one in found]
    if not times:
        return None
    utc_ms, uncertainty_ms = min(times, key=lambda pair: pair[1])
    return utc_ms / 1000, uncertainty_ms / 1000


def of_receipt(receipt: receipts.Receipt) -> Evidence | None:
    """What a receipt of a clock says; None if it lacks something."""
    try:
        return Evidence(
            receipt["device"], receipt["boot"], receipt["uptime_ms"], receipt["utc_ms"], receipt["uncertainty_ms"]
        )
    except KeyError:
        return None
