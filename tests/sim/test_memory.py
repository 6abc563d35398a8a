"""The heap that the application has on the chip, with the virtual board's stand-ins in it as well."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dermaroller import boards
from dermaroller.deploy.build import build, build_for_virtual
from dermaroller.deploy.heap import flash_with
from dermaroller.deploy.size import LIMIT_BYTES
from dermaroller.sim.example import SCALP, write_trace
from dermaroller.sim.run import RunResult, run
from dermaroller.sim.runtime import Runtime
from dermaroller.sim.trace import Trace, read_trace

LEAST_FREE = 48 * 1024
LEAST_BLOCK = 8 * 1024
LOSSES = ("ring_overflow", "callback_errors", "log_lost_bytes", "sensor_faults")

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("micropython_32bit")]


@pytest.fixture(scope="module")
def half_an_hour(tmp_path_factory: pytest.TempPathFactory) -> Trace:
    path = tmp_path_factory.mktemp("trace") / "scalp.csv"
    write_trace(SCALP, path)
    return read_trace(path)


@pytest.fixture
def roll(tmp_path: Path, micropython_32bit: Runtime):
    """roll(trace, board): with the application in the flash, as a handle has it, and its heap watched."""

    def rolled(trace: Trace, board: str = "virtual", **options: object) -> RunResult:
        flash = tmp_path / "flash.bin"
        flash_with(build_for_virtual(board), flash)
        plan = SCALP.plan.device_bytes()
        return run(trace, flash=flash, board=board, plan_bytes=plan, probes_heap=True, **options).check()

    return rolled


def first(trace: Trace, duration_s: float) -> Trace:
    """The beginning of a trace."""
    n = int(np.searchsorted(trace.t_s, duration_s))
    events = tuple(event for event in trace.events if event[0] < duration_s)
    return replace(
        trace, t_s=trace.t_s[:n], position_mm=trace.position_mm[:n], force_n=trace.force_n[:n], events=events
    )


def sessions(n: int) -> Trace:
    """n sessions of a stroke and some seconds in the air, each ended by a long press."""
    rows = [(0.0, 0.0, 0.0)]
    for i in range(n):
        t_s = 10.0 * i + 1
        rows += [(t_s, 0, 0), (t_s + 0.1, 0, 2), (t_s + 2, 80, 2), (t_s + 2.1, 80, 0), (t_s + 8.5, 80, 0)]
    t_s, position_mm, force_n = np.array(rows, dtype=float).T
    return Trace("sessions", t_s, position_mm, force_n, tuple((10.0 * i + 6, "button_long") for i in range(n)))


@pytest.mark.parametrize("minutes", [4, pytest.param(60, marks=pytest.mark.soak)])
def test_minutes_of_rolling_leave_a_quarter_of_the_heap(roll, half_an_hour, minutes: int) -> None:
    result = roll(first(half_an_hour, 60 * minutes))
    assert result.least_free >= LEAST_FREE
    assert result.least_block >= LEAST_BLOCK
    assert [name for name in result.files if name.endswith(".drl")] == ["00001.drl"]
    assert [result.counters[name] for name in LOSSES] == [0, 0, 0, 0]


@pytest.mark.parametrize("board", boards.names())
def test_every_board_leaves_as_much(roll, half_an_hour, board: str) -> None:
    result = roll(first(half_an_hour, 40), board)
    assert result.least_free >= LEAST_FREE
    assert result.least_block >= LEAST_BLOCK
    arch = boards.load(board).chip.mpy_arch
    assert sum(build(board, arch=arch).sizes().values()) <= LIMIT_BYTES


def test_ten_sessions_in_a_row_leave_what_two_leave(roll) -> None:
    two, ten = (roll(sessions(n)) for n in (2, 10))
    assert [len(result.files) for result in (two, ten)] == [2, 10]
    assert ten.heap_free >= two.heap_free - 256
    assert ten.least_free >= two.least_free - 256
    assert ten.least_block >= LEAST_BLOCK


def test_a_host_that_asks_in_a_session_leaves_the_rolling_its_room(roll, half_an_hour) -> None:
    asked = [(5.0 + i, line) for i, line in enumerate((b"info\n", b"list\n", b"live\n", b"raw\n", b"cal\n", b"help\n"))]
    result = roll(first(half_an_hour, 30), requests=asked)
    assert b"heap_free" in result.console and b"help: " in result.console
    assert result.least_free >= LEAST_FREE - 8 * 1024
    assert result.least_block >= LEAST_BLOCK


def test_a_host_that_has_gone_leaves_the_heap_as_it_found_it(roll, half_an_hour) -> None:
    asked = [(5.0 + i, line) for i, line in enumerate((b"info\n", b"list\n", b"plan\n", b"sha 1\n"))]
    alone, visited = (roll(first(half_an_hour, 30), requests=requests) for requests in ([], asked))
    assert visited.least_free < alone.least_free - 1024  # or the host took nothing that could come back
    assert visited.heap_free >= alone.heap_free - 1024
