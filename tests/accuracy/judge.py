"""Rolls hands on the virtual board and holds what the host tool shows of the session against the truth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from dermaroller.chips import CPU_MHZ
from dermaroller.session import Session
from dermaroller.sim.run import RunResult, run
from dermaroller.sim.trace import Trace
from dermaroller.sim.world import Sensors
from dermaroller.summary import summary

from .hands import hand
from .truth import Stroke, Truth, truth

WORKERS = 2  # each waits for a process of its own


@dataclass(frozen=True)
class Conditions:
    """How bad the sensors and the flash are for one hand."""

    sensors: Sensors
    erase_us: int
    is_pulling: bool

    @classmethod
    def of(cls, seed: int) -> Conditions:
        """Every seed its own; the worst pole spacing of all in one of four."""
        random = np.random.default_rng(seed + 1_000_000)
        sensors = Sensors(
            spacing_error=0.10 if seed % 4 == 0 else random.uniform(0, 0.10),
            hysteresis_mm=random.uniform(0.05, 0.15),
            dither_mm=random.uniform(0, 0.04),
            noise_mn=int(random.integers(5, 41)),
            drift_mn=random.uniform(0, 20),
        )
        return cls(sensors, int(random.choice((45_000, 45_000, 100_000))), seed % 3 == 0)


@dataclass(frozen=True)
class Verdict:
    """One session's errors. Relative errors are of the truth: 0.01 is one per cent too many."""

    seed: int
    passes: int
    wrong_passes: int  # missed, or told where there was none
    path: float
    punctures: float
    effective: float
    contact: float
    air_punctures: float  # of strokes told outside every contact
    truth: Truth
    shown: dict[str, Any]
    result: RunResult


def judge_all(seeds: Iterable[int]) -> Iterator[Verdict]:
    """The verdicts of many hands, each in the conditions of its seed."""
    with ThreadPoolExecutor(WORKERS) as workers:
        yield from workers.map(lambda seed: judge(hand(seed), Conditions.of(seed), seed), seeds)


def judge(trace: Trace, conditions: Conditions, seed: int) -> Verdict:
    result = roll(trace, conditions, seed)
    (data,) = result.files.values()
    session = Session.parse(data)
    assert session.is_as_closed and not session.damage
    shown = summary(session).as_json()
    right = truth(trace)
    start_s = right.contacts[0][0]  # a session begins with its first contact
    return Verdict(
        seed=seed,
        passes=right.passes,
        wrong_passes=wrong_passes(right, shown["strokes"], start_s),
        path=shown["path_mm"] / right.path_mm - 1,
        punctures=shown["punctures"] / right.punctures - 1,
        effective=shown["effective_punctures"] / right.effective_punctures - 1,
        contact=shown["contact_s"] / right.contact_s - 1,
        air_punctures=air_punctures(right, shown, start_s),
        truth=right,
        shown=shown,
        result=result,
    )


def roll(trace: Trace, conditions: Conditions, seed: int) -> RunResult:
    requests = pull_requests(trace.end_s) if conditions.is_pulling else ()
    return run(
        trace, seed=seed, sensors=conditions.sensors, flash_erase_us=conditions.erase_us, requests=requests,
        cpu_mhz=CPU_MHZ,
    )  # fmt: skip


def pull_requests(end_s: float, every_s: float = 0.1) -> list[tuple[float, bytes]]:
    """What a host asks that pulls the session while it is being recorded."""
    from roller.wire import pack_request

    times_s = np.arange(2.0, end_s, every_s)
    return [(float(t_s), pack_request(i % 256, f"get 1 {i * 96} 96")) for i, t_s in enumerate(times_s)]


def wrong_passes(right: Truth, told: list[dict[str, Any]], start_s: float) -> int:
    """Passes that were not told exactly once, and told ones that are none; matched by time and direction."""
    passes = [stroke for stroke in right.strokes if stroke.is_pass]
    matches = [[is_same(stroke, each, start_s) for each in told if each["counted"]] for stroke in passes]
    if not matches or not matches[0]:
        return len(passes) + sum(each["counted"] for each in told)
    table = np.array(matches)
    return int(np.sum(table.sum(axis=1) != 1) + np.sum(table.sum(axis=0) == 0))


def is_same(stroke: Stroke, told: dict[str, Any], start_s: float) -> bool:
    """Whether the told stroke goes the same way at the moment in which half of the true one is rolled."""
    is_forward = told["direction"] == "forward"
    at_s = stroke.middle_s - start_s
    return is_forward == (stroke.way_mm > 0) and told["start_s"] < at_s < told["end_s"]


def air_punctures(right: Truth, shown: dict[str, Any], start_s: float) -> float:
    """Punctures of strokes that no contact has a part in."""
    outside_mm = 0.0
    for told in shown["strokes"]:
        first_s, last_s = told["start_s"] + start_s, told["end_s"] + start_s
        if not any(start < last_s and first_s < end for start, end in right.contacts):
            outside_mm += told["distance_mm"]
    return outside_mm / right.path_mm * right.punctures
