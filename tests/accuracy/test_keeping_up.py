"""A chip at 160 MHz keeps up: nothing is lost in contact while bytecode takes its time, whatever lies in its flash."""

from pathlib import Path

import pytest

from dermaroller.chips import CPU_MHZ
from dermaroller.session import Session
from dermaroller.sim import image
from dermaroller.sim.example import SCALP, write_trace
from dermaroller.sim.run import RunResult, run
from dermaroller.sim.trace import Trace, read_trace
from dermaroller.summary import summary

from .test_counts import rolled

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("micropython_32bit")]

GOLDEN = (Path(__file__).parents[1] / "data" / "golden" / "format1-free.drl").read_bytes()
STROKE_MM = 80.0
STORED = (0, 20, 200)  # sessions
TWENTY_MINUTES_S = 20 * 60
LONGEST_GAP_S = 0.060
PAYLOAD_S = 5.0  # at most at risk when the power fails


def to_and_fro(speed_mm_s: float, duration_s: float) -> Trace:
    """One contact, without one lift."""
    strokes = round(duration_s * speed_mm_s / STROKE_MM)
    return rolled(speed_mm_s, [STROKE_MM * (1 - 2 * (i % 2)) for i in range(strokes)], first_s=3.0)


@pytest.fixture
def flash_with(tmp_path: Path):
    """flash_with(n): an image in which n sessions lie."""

    def made(n: int) -> Path:
        path = tmp_path / f"{n}.bin"
        image.make_image(path)
        image.put_sessions(path, {f"{number:05d}.drl": GOLDEN for number in range(1, n + 1)})
        return path

    return made


def rolled_on(flash: Path, trace: Trace, **options: object) -> tuple[RunResult, dict]:
    """The run, and what the host shows of its last session."""
    result = run(trace, flash=flash, cpu_mhz=CPU_MHZ, **options).check()
    session = Session.parse(result.files[max(result.files)])
    assert session.is_as_closed and not session.damage
    return result, summary(session).as_json()


def assert_nothing_is_lost(result: RunResult, shown: dict) -> None:
    assert result.counters["ring_overflow"] == result.counters["callback_errors"] == 0
    assert max([gap["end_s"] - gap["start_s"] for gap in shown["gaps"]], default=0) <= LONGEST_GAP_S


@pytest.mark.parametrize("stored", STORED)
@pytest.mark.parametrize("speed_mm_s", [100, 500])
def test_every_pass_is_counted_from_the_first_flush_on(flash_with, speed_mm_s: int, stored: int) -> None:
    trace = to_and_fro(speed_mm_s, 30)
    result, shown = rolled_on(flash_with(stored), trace)
    assert_nothing_is_lost(result, shown)
    assert shown["passes"] == round(30 * speed_mm_s / STROKE_MM)
    assert shown["captured_fraction"] >= 0.99


@pytest.mark.parametrize(
    "stored", [pytest.param(0, marks=pytest.mark.soak), pytest.param(20, marks=pytest.mark.soak), 200]
)
def test_twenty_minutes_without_a_lift_are_captured(flash_with, stored: int) -> None:
    result, shown = rolled_on(flash_with(stored), to_and_fro(100, TWENTY_MINUTES_S))
    assert_nothing_is_lost(result, shown)
    assert shown["passes"] == TWENTY_MINUTES_S * 100 / STROKE_MM
    assert shown["captured_fraction"] >= 0.99


@pytest.mark.parametrize(
    "stored", [pytest.param(0, marks=pytest.mark.soak), pytest.param(20, marks=pytest.mark.soak), 200]
)
def test_a_treatment_is_captured(flash_with, tmp_path: Path, stored: int) -> None:
    write_trace(SCALP, tmp_path / "scalp.csv")
    plan = SCALP.plan.device_bytes()
    result, shown = rolled_on(flash_with(stored), read_trace(tmp_path / "scalp.csv"), plan_bytes=plan)
    assert_nothing_is_lost(result, shown)
    assert shown["captured_fraction"] >= 0.995


def test_a_power_cut_in_contact_costs_five_seconds_at_most(flash_with) -> None:
    """At any of the operations of flash that make the second half of a minute safe."""
    flash = flash_with(20)
    whole = run(to_and_fro(100, 60), flash=flash, cpu_mhz=CPU_MHZ)
    operations = whole.board["flash_operations"]
    for cut_at in range(operations // 2, operations - 12, max(1, operations // 6)):
        result = run(to_and_fro(100, 60), flash=flash_with(20), cpu_mhz=CPU_MHZ, cut_at_op=cut_at, extra_s=3.0)
        assert result.exits[0] == "power_cut"
        session = Session.parse(result.files["00021.drl"])
        cut_s = result.ends_s[0] - 3.0
        assert cut_s - summary(session).duration_s <= PAYLOAD_S + 0.5
