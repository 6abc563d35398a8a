"""Watches what a device does, ten times a second: one small request a reading, which delays no sample."""

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from dermaroller import plan_link
from dermaroller.device import Device
from dermaroller.geometry import Geometry

PERIOD_S = 0.1
SILENCE_S = 0.5  # an answer is one small frame; a lost one is worth less than the next
FREE = {"name": "free", "area_mm2": None, "target_per_cm2_x10": None}  # the only zone without a plan
FREE_WINDOW = {"low_mn": 600, "high_mn": 6000}


@dataclass
class ZoneReading:
    """Dose of one zone. Densities are per cm2, None where the plan gives no area."""

    name: str
    passes: int = 0
    punctures: float = 0.0
    density_per_cm2: float | None = None
    target_density_per_cm2: float | None = None


@dataclass(frozen=True)
class Reading:
    """What the hand does now. t_s: since the first reading. zone: which of `zones` is being rolled."""

    t_s: float
    state: str
    rgb: tuple[int, ...]
    force_n: float
    speed_mm_s: int
    passes: int
    zone: int
    zones: list[ZoneReading]
    battery_v: float | None
    is_open: bool

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Monitor:
    """Readings of a device. clock() and wait(seconds) are the time that it keeps to."""

    def __init__(
        self,
        device: Device,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._device = device
        self._clock = clock
        self._wait = wait
        plan = plan_link.held(device)["plan"] or {}
        self.subject: str | None = plan.get("subject")
        self.head_id: str | None = (plan.get("head") or {}).get("id")
        window = plan.get("force") or FREE_WINDOW
        self.low_n, self.high_n = window["low_mn"] / 1000, window["high_mn"] / 1000
        limit_x10 = (plan.get("limits") or {}).get("max_density_per_cm2_x10")
        self.limit_per_cm2 = limit_x10 / 10 if limit_x10 else None
        self._geometry = Geometry(plan.get("head") or {})
        self._plan_zones = plan.get("zones") or [FREE]
        self._zones = [ZoneReading(zone["name"], target_density_per_cm2=_tenth(zone)) for zone in self._plan_zones]

    def readings(self, duration_s: float | None = None) -> Iterator[Reading]:
        """Readings every PERIOD_S, for ever or for a while. Raises as Device.ask() does."""
        start_s = due_s = self._clock()
        before: tuple[int, bool] | None = None
        while duration_s is None or due_s - start_s < duration_s - PERIOD_S / 2:
            answer = self._ask("live")
            at = (answer["a"], answer["o"])
            if at != before:  # only the zone being rolled changes, so the others are asked for when that does
                for zone in range(len(self._zones)):
                    self._take_zone(self._ask(f"live {zone}"))
            before = at
            yield self._reading(answer, self._clock() - start_s)
            # A reading that came late is not made up for: whoever watches wants the newest.
            due_s = max(due_s + PERIOD_S, self._clock() - PERIOD_S)
            self._wait(max(0.0, due_s - self._clock()))

    def _ask(self, text: str) -> dict[str, Any]:
        return self._device.ask(text, SILENCE_S)

    def _take_zone(self, answer: dict[str, Any]) -> None:
        zone, area_mm2 = self._zones[answer["z"]], self._plan_zones[answer["z"]]["area_mm2"]
        zone.passes = answer["p"]
        zone.punctures = round(self._geometry.punctures(answer["q"]), 1)
        zone.density_per_cm2 = round(zone.punctures / (area_mm2 / 100), 2) if area_mm2 else None

    def _reading(self, answer: dict[str, Any], t_s: float) -> Reading:
        self._take_zone(answer)
        return Reading(
            t_s=round(t_s, 3),
            state=answer["s"],
            rgb=tuple(answer["c"]),
            force_n=answer["f"] / 1000,
            speed_mm_s=answer["v"],
            passes=sum(zone.passes for zone in self._zones),
            zone=answer["a"],
            zones=[replace(zone) for zone in self._zones],
            battery_v=answer["b"] / 1000 if answer["b"] is not None else None,
            is_open=answer["o"],
        )


def _tenth(zone: dict[str, Any]) -> float | None:
    target_x10 = zone["target_per_cm2_x10"]
    return target_x10 / 10 if target_x10 is not None else None
