"""How late the light is: from the moment that it should change to the change in the `led` timeline."""

from bisect import bisect_right
from dataclasses import dataclass, field

import numpy as np

from dermaroller.chips import CPU_MHZ
from dermaroller.lights.rhythm import STATES
from dermaroller.sim import image
from dermaroller.sim.run import run
from roller import wire

from .moments import moments

LIMIT_MS = 50
WITHIN_S = 0.5  # a light that has not changed by then has missed the moment
EARLY_S = 0.05  # a noisy reading crosses a limit before the force itself does
ASK_EVERY_S = 0.025
BOOT_S = 1.5  # until a board on which bytecode takes its time listens
INFO_EACH = 40  # requests
LEFT = 60  # sessions that were removed, whose blocks are erased one by one while nobody rolls
PIECE = 96  # bytes that a device gives at once while it records


@dataclass
class Latencies:
    """late_ms: by what the light was due for. masked: moments at which something more urgent was shown."""

    late_ms: dict[str, list[float]] = field(default_factory=dict)
    masked: int = 0
    missed: list[tuple[float, str]] = field(default_factory=list)

    @property
    def all_ms(self):
        return np.array([each for values in self.late_ms.values() for each in values])


def measure(led, due):
    """Compare a `led` timeline with the moments that were due."""
    times = [entry["t_s"] for entry in led]
    result = Latencies()
    for moment in due:
        rank = STATES.index(moment.state)
        at = bisect_right(times, moment.t_s - EARLY_S) - 1
        shown = [led[at]] + [entry for entry in led[at + 1 :][:100] if entry["t_s"] < moment.t_s + WITHIN_S]
        until_found = []
        for entry in shown:
            until_found.append(entry["state"])
            if entry["state"] == moment.state and (entry is not led[at] or moment.state != "pass_counted"):
                break
        urgent = [state for state in until_found if state in STATES and STATES.index(state) < rank]
        if until_found[-1] == moment.state and not urgent:
            late_ms = max(0.0, 1000 * (shown[len(until_found) - 1]["t_s"] - moment.t_s))
            result.late_ms.setdefault(moment.cause, []).append(late_ms)
        elif urgent:
            result.masked += 1
        else:
            result.missed.append((moment.t_s, moment.cause))
    return result


def pulling(trace, session_bytes):
    """Requests of a host that pulls session 1 again and again while the trace is rolled, and asks who answers."""
    n = int((trace.end_s - trace.start_s - BOOT_S) / ASK_EVERY_S)
    offsets = range(0, max(session_bytes - PIECE, 1), PIECE)
    asked = [f"get 1 {offsets[i % len(offsets)]} {PIECE}" for i in range(n)]
    asked[::INFO_EACH] = ["info"] * len(asked[::INFO_EACH])
    return [
        (trace.start_s + BOOT_S + i * ASK_EVERY_S, wire.pack_request(i % 256, text)) for i, text in enumerate(asked)
    ]


def rolled(folder, trace, plan, before=None, **options):
    """(result of the run, Latencies) of a trace with a pull going on; `before` is what is pulled, rolled first."""
    flash = folder / "flash.bin"
    image.make_image(flash)
    size = len(run(before or trace, flash=flash).files["00001.drl"])
    left = range(2, 2 + LEFT)
    image.put_sessions(flash, {f"{number:05d}.drl": b"left" for number in left})
    image.remove_sessions(flash, left)
    result = run(trace, plan_bytes=plan.device_bytes(), flash=flash, requests=pulling(trace, size), cpu_mhz=CPU_MHZ,
                 **options)  # fmt: skip
    return result, measure(result.led, moments(trace, plan.as_json(), options.get("seed", 0)))
