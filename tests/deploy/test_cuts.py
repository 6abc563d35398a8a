"""A power cut while deploying leaves the old application or the new one, and the next call mends the rest."""

import random
import shutil
from pathlib import Path

import pytest

from dermaroller.deploy import layout
from dermaroller.deploy.build import Application
from dermaroller.deploy.heap import flash_with
from dermaroller.deploy.remote import program
from dermaroller.sim.run import RunResult, run
from dermaroller.sim.trace import read_trace

from .cuts import cut, operations_to_deploy
from .on_flash import put_copy, running

pytestmark = pytest.mark.slow

SEED = 7
MOMENT = (2026, 1, 2, 4, 3, 4, 5, 0)


@pytest.mark.parametrize("cuts", [2, pytest.param(50, marks=pytest.mark.soak)])
def test_a_cut_at_any_moment_is_mended_by_the_next_call(
    cuts: int, old: Application, new: Application, tmp_path: Path
) -> None:
    flash, dice = tmp_path / "flash.bin", random.Random(SEED)
    flash_with(old, flash)
    operations = operations_to_deploy(flash, new)
    before, after = new, old
    for i in range(cuts):
        assert cut(flash, before, after, dice.randrange(1, operations), is_torn=i % 2 > 0) in ("old", "new")
        before, after = after, before


@pytest.fixture
def both(old: Application, new: Application, tmp_path: Path) -> Path:
    """A flash on which the old application runs, and the new one lies ready beside it."""
    flash = tmp_path / "both.bin"
    flash_with(old, flash)
    put_copy(flash, new, layout.FOLDERS[1])
    return flash


def test_the_switch_over_is_whole_at_every_flash_operation(
    both: Path, old: Application, new: Application, tmp_path: Path
) -> None:
    """The power fails at each operation that the switch-over makes on the flash, before it and in its middle."""
    files = [(f"/{layout.POINTER}", layout.FOLDERS[1])]
    idle, whole = typed(both, tmp_path, "pass\n"), typed(both, tmp_path, program("switch", files, MOMENT)[1])
    assert whole.exits == ["end"] and running(tmp_path / "cut.bin", old, new) == "new"
    first, last = idle.board["flash_operations"], whole.board["flash_operations"]
    assert last > first
    left = []
    for n in range(first + 1, last + 1):
        for is_torn in (False, True):
            result = typed(both, tmp_path, program("switch", files, MOMENT)[1], cut_at_op=n, is_torn=is_torn)
            assert result.exits == ["power_cut", "end"]
            left.append(running(tmp_path / "cut.bin", old, new))
    assert left and set(left) <= {"old", "new"}


def typed(flash: Path, folder: Path, code: str, **options: object) -> RunResult:
    """Run a program at the raw prompt of a copy of this flash, `cut.bin`."""
    copy = folder / "cut.bin"
    shutil.copy(flash, copy)
    trace = folder / "rest.csv"
    trace.write_text("t_s,position_mm,force_n\n0,0,0\n2.5,0,0\n")
    keys = [(0.6, b"\x03\x03"), (1.0, b"\x01"), (1.2, code.encode() + b"\x04")]
    return run(read_trace(trace), flash=copy, requests=keys, baud=921_600, **options)
