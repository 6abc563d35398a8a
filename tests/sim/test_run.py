"""A whole run: the real firmware on the virtual board, the same bytes each time, and what a caller may ask for."""

from pathlib import Path

import numpy as np
import pytest

from dermaroller.errors import TraceError, UsageError
from dermaroller.sim import image
from dermaroller.sim.process import BoardError
from dermaroller.sim.run import run
from dermaroller.sim.trace import Trace

pytestmark = pytest.mark.usefixtures("micropython")


@pytest.fixture
def strokes():
    """Two strokes to and fro at 2 N, from trace time 10 s on."""
    t_s = 10 + np.array([0.0, 1.0, 1.1, 3.0, 3.1, 5.0, 5.1, 6.0])
    return Trace("strokes", t_s, np.array([0, 0, 0, 95, 95, 0, 0, 0.0]), np.array([0, 0, 2, 2, 2, 2, 0, 0.0]))


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes(strokes):
    first, again, other = (run(strokes, seed=seed) for seed in (3, 3, 4))
    assert (first.files, first.led, first.console, first.board) == (again.files, again.led, again.console, again.board)
    assert first.files and first.files != other.files


def test_times_are_trace_time(strokes):
    result = run(strokes)
    assert 10 <= result.led[0]["t_s"] < 10.5
    assert result.led[-1]["t_s"] > 16.5


def test_an_open_session_is_closed_by_the_button(strokes, tmp_path):
    result = run(strokes, out=tmp_path / "out")
    assert result.exits == ["end"]
    assert [path.name for path in (tmp_path / "out").iterdir()] == list(result.files) == ["00001.drl"]


@pytest.mark.slow
def test_the_flash_file_carries_sessions_on(strokes, tmp_path):
    flash = tmp_path / "flash.bin"
    run(strokes, flash=flash)
    assert list(run(strokes, flash=flash).files) == ["00001.drl", "00002.drl"]


@pytest.mark.slow
def test_progress_tells_time_counters_and_light(strokes):
    seen = []
    run(strokes, live=True, progress=lambda t_s, counters, light: seen.append((t_s, counters, light)))
    assert [t_s for t_s, _, _ in seen] == sorted(t_s for t_s, _, _ in seen)
    counters = [counters for _, counters, _ in seen if counters is not None]
    assert len(counters) == 11 and all(isinstance(value, int) for value in counters[-1].values())
    assert {light["state"] for _, _, light in seen if light} >= {"ready", "rolling"}


def test_a_program_may_be_asked_over_the_port(tmp_path, strokes):
    flash = tmp_path / "flash.bin"
    image.make_image(flash)
    image.put_file(flash, "/main.py", b"import sys\nwhile True:\n    print(repr(sys.stdin.readline()))\n")
    result = run(strokes, flash=flash, requests=[(11.0, b"one\n"), (13.5, b"two\n")])
    answers = [(round(t_s, 1), data) for t_s, data in result.console_chunks]
    assert answers == [(11.0, b"'one\\n'\r\n"), (13.5, b"'two\\n'\r\n")]


def test_a_plan_lies_in_the_flash(tmp_path, strokes):
    flash = tmp_path / "flash.bin"
    image.make_image(flash)
    image.put_file(flash, "/main.py", b"print(open('/plan.bin', 'rb').read())\n")
    assert run(strokes, flash=flash, plan_bytes=b"plan").console.startswith(b"b'plan'\r\n")


@pytest.mark.slow
def test_power_cuts_do_not_end_the_run(strokes):
    cut = Trace("cut", strokes.t_s, strokes.position_mm, strokes.force_n, ((12.0, "power_cut"), (14.5, "power_cut")))
    result = run(cut)
    assert result.exits == ["power_cut", "power_cut", "end"]
    assert [entry["t_s"] for entry in result.led if entry["state"] == "off"] == pytest.approx([12.0, 14.5], abs=0.05)


def test_bad_traces_and_boards_are_refused(tmp_path, strokes):
    with pytest.raises(TraceError):
        run(tmp_path / "missing.csv")
    with pytest.raises(UsageError, match="there is no board 'x'"):
        run(strokes, board="x")


def test_a_heap_too_small_is_told(strokes):
    with pytest.raises(BoardError, match=r"stopped without a reason: .*MemoryError"):
        run(strokes, heap="16k")


def test_the_recorded_hand_runs_to_its_end():
    result = run(Path(__file__).parents[1] / "data" / "hand_01.csv")
    assert result.exits == ["end"]
    assert result.heap_free > 0
    assert result.stderr == ""
