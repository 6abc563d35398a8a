"""Not one count is lost: at full speed, through stalls of the flash and a pull, through wraps of ticks and counter."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from dermaroller.chips import CPU_MHZ
from dermaroller.session import Session
from dermaroller.sim.run import RunResult, run
from dermaroller.sim.trace import Trace
from dermaroller.sim.world import Sensors
from roller.wire import pack_request

from .edges import MM_PER_COUNT, edges
from .truth import truth

pytestmark = pytest.mark.slow

WORST = Sensors(spacing_error=0.10, dither_mm=0.04)
LONG_PAGE_US = 120_000  # a flush in contact programs a few pages, and erases nothing


def rolled(speed_mm_s: float, ways_mm: list[float], pause_s: float = 0.0, first_s: float = 0.7) -> Trace:
    """One contact: strokes of these signed lengths at an even speed."""
    rows = [(0.0, 0.0, 0.0), (first_s, 0.0, 0.0), (first_s + 0.02, 0.0, 2.0), (first_s + 0.3, 0.0, 2.0)]
    for way_mm in ways_mm:
        t_s, at_mm, _ = rows[-1]
        rows.append((t_s + abs(way_mm) / speed_mm_s, at_mm + way_mm, 2.0))
        if pause_s:
            rows.append((rows[-1][0] + pause_s, at_mm + way_mm, 2.0))
    t_s, at_mm, _ = rows[-1]
    rows += [(t_s + 0.7, at_mm, 2.0), (t_s + 0.72, at_mm, 0.0), (t_s + 1.5, at_mm, 0.0)]
    return joined(rows)


def joined(rows: list[tuple[float, float, float]]) -> Trace:
    return Trace("rolled", *np.array(rows).T)


def last_session(result: RunResult) -> Session:
    session = Session.parse(result.files[max(result.files)])
    assert session.is_as_closed
    return session


def path_counts(session: Session) -> int:
    assert session.footer is not None
    return session.footer.sums.path_counts


def pulled(trace: Trace, flash: Path, seed: int) -> RunResult:
    """Roll with stalls of 120 ms a page while a host asks for an older session, as fast as the line carries it."""
    run(rolled(300, [3000]), flash=flash, seed=1)
    times_s = np.arange(0.5, trace.end_s, 0.013)
    pull = [(float(t_s), pack_request(i % 256, f"get 1 {i * 96 % 900} 1024")) for i, t_s in enumerate(times_s)]
    result = run(trace, flash=flash, seed=seed, sensors=WORST, flash_page_us=LONG_PAGE_US, requests=pull)
    assert len(result.console) > 30 * len(times_s)
    return result


def test_no_count_is_lost_at_full_speed_through_long_stalls_and_a_pull(tmp_path):
    trace = rolled(500, [6000, -3500])
    session = last_session(pulled(trace, tmp_path / "flash.bin", 2))
    assert len([gap for gap in session.gaps if gap.end_s - gap.start_s >= 0.2]) >= 3
    assert path_counts(session) == len(edges(trace, WORST, 2)[0])
    assert [stroke.counts > 0 for stroke in session.entries.strokes] == [True, False]


def test_turns_during_a_long_stall_are_the_only_path_that_is_missed_and_the_stall_is_told(tmp_path):
    """The counter knows where the drum is after the stall, but not that it went there and back meanwhile."""
    trace = rolled(500, [-150, 150] * 30)
    session = last_session(pulled(trace, tmp_path / "flash.bin", 3))
    missed = len(edges(trace, WORST, 3)[0]) - path_counts(session)
    stalled_s = sum(gap.end_s - gap.start_s for gap in session.gaps)
    assert 0 <= missed <= 500 / MM_PER_COUNT * stalled_s
    position = sum(stroke.counts for stroke in session.entries.strokes)
    assert abs(position) <= 2


@pytest.mark.parametrize("speed_mm_s", [100, 250, 480])
def test_pin_interrupts_are_exact_as_far_as_they_are_trusted_or_tell(speed_mm_s):
    """Bytecode takes its time, and flash is written meanwhile: what that costs is told."""
    trace = rolled(speed_mm_s, [speed_mm_s * 1.5, -speed_mm_s * 1.5] * 4)
    sensors = Sensors(spacing_error=0.0, dither_mm=0.0)  # an uneven ring would be faster than that in places
    result = run(trace, seed=3, sensors=sensors, board="esp32c3_devkitm", cpu_mhz=CPU_MHZ)
    lost = len(edges(trace, sensors, 3, "esp32c3_devkitm")[0]) - path_counts(last_session(result))
    told = result.counters["illegal_transitions"] + result.counters["edge_rate_warnings"]
    assert lost == 0 or told
    assert 0 <= lost <= (0 if speed_mm_s <= 250 else 4 * told)


@pytest.mark.parametrize("page_us", [15_000, LONG_PAGE_US])
def test_pin_interrupts_report_that_a_stall_cost_counts(page_us):
    trace = rolled(500, [500 * 12])
    result = run(trace, seed=4, sensors=WORST, board="esp32c3_devkitm", flash_page_us=page_us)
    session = last_session(result)
    assert path_counts(session) < len(edges(trace, WORST, 4, "esp32c3_devkitm")[0])
    assert result.counters["illegal_transitions"] or result.counters["edge_rate_warnings"]


def test_pin_interrupts_report_edges_that_come_too_fast():
    result = run(rolled(3000, [6000]), seed=5, board="esp32c3_devkitm")
    assert result.counters["edge_rate_warnings"] > 0
    assert "edge_rate" in [alert.kind for alert in last_session(result).entries.alerts]


@pytest.mark.soak  # test_two_hours.py goes through six wraps, without the virtual board
def test_a_session_goes_on_through_the_wrap_of_the_ticks():
    """The ticks of the chip start again after 2**30 us, 17.9 minutes: here in the middle of a stroke."""
    wrap_s = 2**30 / 1e6
    strokes = [rolled(200, [150, -150], first_s=at_s) for at_s in (0.7, 250, 500, 750, 1000, wrap_s - 0.7, wrap_s + 3)]
    rows = [
        row for trace in strokes for row in zip(trace.t_s[1:], trace.position_mm[1:], trace.force_n[1:], strict=True)
    ]
    assert all(a[0] < b[0] for a, b in pairwise(rows))
    trace = joined([(0.0, 0.0, 0.0), *rows])
    result = run(trace, seed=6, sensors=WORST)
    session = last_session(result)
    assert len(result.files) == 1
    assert path_counts(session) == len(edges(trace, WORST, 6)[0])
    assert len(session.entries.strokes) == 14
    assert abs(session.duration_s - (trace.end_s - strokes[0].t_s[1])) < 3.5
    told = [contact.end_s - contact.start_s for contact in session.entries.contacts]
    assert np.allclose(told, [end_s - start_s for start_s, end_s in truth(trace).contacts], atol=0.01)
