"""Plays small programs on the virtual board: as `main.py` in its flash, so that no firmware is in the way."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dermaroller.sim import image
from dermaroller.sim.run import RunResult, run
from dermaroller.sim.runtime import Runtime
from dermaroller.sim.trace import Trace

Play = Callable[..., RunResult]


def motion(*rows: tuple[float, float, float], events: tuple[tuple[float, str], ...] = ()) -> Trace:
    """A trace from rows of (t_s, position_mm, force_n)."""
    t_s, position_mm, force_n = np.array(rows, dtype=float).T
    return Trace("test", t_s, position_mm, force_n, events)


@pytest.fixture
def moving() -> Callable[..., Trace]:
    """motion(), for tests that bring their own rows."""
    return motion


@pytest.fixture
def play(micropython: Runtime, tmp_path: Path) -> Play:
    """play(source, trace or seconds at rest, **options of run): the result, with `lines` that the program printed.

    The flash is kept from one call to the next within a test.
    """
    flash = tmp_path / "flash.bin"

    def play_program(source: str | None, trace: Trace | float = 1.0, **options: object) -> RunResult:
        image.ensure_image(flash)
        if source is not None:
            image.put_file(flash, "/main.py", source.encode())
        if not isinstance(trace, Trace):
            trace = motion((0, 0, 0), (trace, 0, 0))
        result = run(trace, flash=flash, **options)
        result.lines = printed(result)
        return result

    return play_program


def printed(result: RunResult) -> list[str]:
    """The console's lines, without the prompt that follows the end of a program."""
    text = result.console.decode(errors="replace").replace("\r\n", "\n")
    return [line for line in text.split("\n") if line and not line.startswith(("MicroPython ", "Type ", ">>> "))]
