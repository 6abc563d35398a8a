"""Sessions for the link's tests and benches: rolled by a simulated hand, by the real firmware."""

import math
from pathlib import Path

from dermaroller.sim.run import run

STROKE_S = 1.2
LIFT_S = 0.4


def write_strokes(path, strokes, force_n=2.0, length_mm=60.0):
    """A trace of strokes to and fro, each with its own force, with a lift after each."""
    rows = ["t_s,position_mm,force_n", "0.0,0.0,0.0"]
    t_s = 0.5
    for i in range(strokes):
        peak_n = force_n * (1 + 0.3 * math.sin(i))
        start_mm, end_mm = (0.0, length_mm) if i % 2 == 0 else (length_mm, 0.0)
        for part in range(13):
            u = part / 12
            x_mm = start_mm + (end_mm - start_mm) * (1 - math.cos(math.pi * u)) / 2
            rows.append(
                f"{t_s + u * STROKE_S:.4f},{x_mm:.3f},{peak_n * math.sin(math.pi * min(max(u, 0.02), 0.98)):.3f}"
            )
        t_s += STROKE_S + LIFT_S
        rows.append(f"{t_s - LIFT_S + 0.05:.4f},{end_mm:.3f},0.0")
    rows.append(f"{t_s + 1:.4f},{end_mm:.3f},0.0")
    Path(path).write_text("\n".join(rows) + "\n")
    return Path(path)


def roll(flash, strokes=(30, 12)):
    """Record one session for each number of strokes into the flash image."""
    for n in strokes:
        run(write_strokes(Path(flash).with_suffix(".csv"), n), flash=Path(flash))
