"""Watches what a device does, ten times a second: one small request a reading, which delays no sample."""

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from dermaroller.device import Device
from dermaroller.link.answers import Live
from dermaroller.log.header import ForceWindow, Head, Limits, Zone

PERIOD_S = 0.1
SILENCE_S = 0.5  # an answer is one small frame; a lost one is worth less than the next
FREE = Zone("free")  # the only zone without a plan


@dataclass
class ZoneReading:
    """Dose of one zone. Densities are per cm2, None where the plan gives no area.

    The target goes by effective punctures; these are None where the firmware is too old to tell them.
    """

    name: str
    passes: int = 0
    punctures: float = 0.0
    density_per_cm2: float | None = None
    target_density_per_cm2: float | None = None
    effective_punctures: float | None = None
    effective_density_per_cm2: float | None = None


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
        plan = device.plan().plan
        head, window, limits = (plan.head, plan.force, plan.limits) if plan else (Head(), ForceWindow(), Limits())
        self.subject: str | None = plan.subject if plan else None
        self.head_id = head.id
        self.low_n, self.high_n = window.low_n, window.high_n
        self.limit_per_cm2 = limits.max_density_per_cm2
        self._geometry = head.geometry
        self._plan_zones = plan.zones if plan else (FREE,)
        self._zones = [
            ZoneReading(zone.name or "", target_density_per_cm2=zone.target_per_cm2) for zone in self._plan_zones
        ]

    def readings(self, duration_s: float | None = None) -> Iterator[Reading]:
        """Readings every PERIOD_S, for ever or for a while. Raises as Device does."""
        start_s = due_s = self._clock()
        before: tuple[int, bool] | None = None
        while duration_s is None or due_s - start_s < duration_s - PERIOD_S / 2:
            live = self._device.live(silence_s=SILENCE_S)
            at = (live.active_zone, live.is_open)
            if at != before:  # only the zone being rolled changes, so the others are asked for when that does
                for zone in range(len(self._zones)):
                    self._take_zone(self._device.live(zone, SILENCE_S))
            before = at
            yield self._reading(live, self._clock() - start_s)
            # A reading that came late is not made up for: whoever watches wants the newest.
            due_s = max(due_s + PERIOD_S, self._clock() - PERIOD_S)
            self._wait(max(0.0, due_s - self._clock()))

    def _take_zone(self, live: Live) -> None:
        zone, area_cm2 = self._zones[live.zone], self._plan_zones[live.zone].area_cm2
        zone.passes = live.passes
        zone.punctures = round(self._geometry.punctures(live.path_counts), 1)
        zone.density_per_cm2 = round(zone.punctures / area_cm2, 2) if area_cm2 else None
        if live.effective_counts is not None:
            zone.effective_punctures = round(self._geometry.punctures(live.effective_counts), 1)
            zone.effective_density_per_cm2 = round(zone.effective_punctures / area_cm2, 2) if area_cm2 else None

    def _reading(self, live: Live, t_s: float) -> Reading:
        self._take_zone(live)
        return Reading(
            t_s=round(t_s, 3),
            state=live.state,
            rgb=live.rgb,
            force_n=live.force_mn / 1000,
            speed_mm_s=live.speed_mm_s,
            passes=sum(zone.passes for zone in self._zones),
            zone=live.active_zone,
            zones=[replace(zone) for zone in self._zones],
            battery_v=live.battery_mv / 1000 if live.battery_mv is not None else None,
            is_open=live.is_open,
        )
