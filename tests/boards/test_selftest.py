"""The self-test passes on each board: its own constants, light, counter and port, deployed into its flash."""

from pathlib import Path

import pytest

from dermaroller import boards
from dermaroller.deploy.build import build_for_virtual
from dermaroller.deploy.heap import flash_with
from dermaroller.device import Device
from dermaroller.link.figures import HeapTest
from dermaroller.selftest import Person, SelfTest
from dermaroller.selftest_record import failed, record
from dermaroller.sim.lockstep import LockStep

pytestmark = pytest.mark.slow

BAUD = 115_200

LEAST_FREE = 48 * 1024


@pytest.fixture
def spun(tmp_path: Path) -> Path:
    """A drum that a finger turns to and fro, in the air."""
    path = tmp_path / "spun.csv"
    rows = [f"{2 * i},{80 * (i % 2)},0" for i in range(30)]
    path.write_text("\n".join(["t_s,position_mm,force_n", *rows]) + "\n")
    return path


@pytest.mark.parametrize("name", boards.names())
def test_a_good_board_passes_in_the_heap_of_the_chip(
    name: str, spun: Path, micropython_32bit: object, tmp_path: Path
) -> None:
    flash = tmp_path / "flash.bin"
    flash_with(build_for_virtual(name), flash)
    person = Person(look=lambda colour: True, tell=lambda sentence: None)
    with LockStep(flash, spun, board=name, baud=BAUD) as line:
        device = Device(line, clock=line.now_s)
        results = SelfTest(device, person, BAUD, line.now_s, line.wait).run()
        kept = record(device.info(), results, BAUD)
        after = device.test(HeapTest, "heap")
    assert failed(results) == []
    assert (kept["board"], kept["is_simulated"], kept["is_complete"]) == (name, True, True)
    # All that a host can ask for is loaded now, and goes when a session begins (tests/sim/test_memory.py).
    assert after.free >= LEAST_FREE
