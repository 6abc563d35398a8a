"""The charging board is as slow as an emulated ESP32: the firmware of a5ba2ad loses on it what it lost there.

The expected figures are of MicroPython 1.24.0's stock image on an emulated ESP32, counting by pin interrupts, with an
erase of 45 ms and a page of 0.7 ms. Gaps, stalls, captured share and `info` are met within a factor of 1.3.

Not met: what is lost on the way. Here it is what the drum moves in those gaps, less what the decoder makes up for when
the next edge comes: 45 of 1,200 mm at 100 mm/s, and 2 of 60 passes at 500 mm/s, wherever in a stroke the gap falls. The
emulated chip lost 93 mm and 4 passes in gaps as long, which is more than moved in them (61 mm); its record does not say
how. So of these only the order of magnitude is held to.
"""

from pathlib import Path

import pytest

from dermaroller.session import Session
from dermaroller.sim import image
from dermaroller.sim.run import RunResult, run
from dermaroller.summary import summary

from .old_firmware import OldFirmware, rolling

pytestmark = pytest.mark.slow

FACTOR = 1.3
TOUCH_S = 5.0  # the boot takes 3 s, as 46 files are loaded from flash
ROLL_S = 12.0
GOLDEN = "format1-plan.drl"


def is_near(seen: float, expected: float) -> bool:
    return expected / FACTOR <= seen <= expected * FACTOR


class Rolled:
    """A run of the old firmware, and the session that it left."""

    def __init__(self, result: RunResult, name: str = "00001.drl") -> None:
        self.result = result.check()
        self.shown = summary(Session.parse(result.files[name])).as_json()
        # Between two calls into the file system some samples get through.
        first, *more = [gap for gap in self.shown["gaps"] if gap["reason"] == "flash"]
        end_s = first["end_s"]
        for gap in more:
            if gap["start_s"] - end_s < 0.1:
                end_s = gap["end_s"]
        self.first_flush_s = end_s - first["start_s"]
        in_contact_s = [gap["end_s"] - gap["start_s"] for gap in self.shown["gaps"] if gap["end_s"] < ROLL_S]
        self.lost_fraction = sum(in_contact_s) / ROLL_S


@pytest.fixture
def roll(old_firmware: OldFirmware, tmp_path: Path):
    """roll(speed_mm_s, cpu_mhz, stroke_mm): for 12 s."""

    def rolled(speed_mm_s: float, cpu_mhz: int | None, stroke_mm: float = 60) -> Rolled:
        flash = old_firmware.flash(tmp_path / "flash.bin", is_charged=cpu_mhz is not None)
        trace = rolling(speed_mm_s, ROLL_S, TOUCH_S, stroke_mm)
        return Rolled(run(trace, flash=flash, board=str(old_firmware.board), cpu_mhz=cpu_mhz, extra_s=1.0))

    return rolled


def test_the_first_flush_stops_it_for_as_long_as_on_the_emulated_chip(roll) -> None:
    rolled = roll(100, 160)
    assert is_near(rolled.first_flush_s, 0.57)
    assert is_near(rolled.lost_fraction, 1 - 0.949)
    lost_mm = 1200 - rolled.shown["path_mm"]
    assert 93 / 2.5 < lost_mm < 93 * FACTOR


def test_it_loses_passes_at_500_mm_a_second(roll) -> None:
    rolled = roll(500, 160, stroke_mm=100)
    assert is_near(rolled.first_flush_s, 0.61)
    assert 2 <= 60 - rolled.shown["passes"] <= 5  # 4 there


def test_a_faster_clock_helps_as_much_as_there(roll) -> None:
    assert is_near(roll(100, 240).first_flush_s, 0.45)


def test_a_board_that_does_not_charge_shows_none_of_it(roll) -> None:
    rolled = roll(100, None)
    assert rolled.first_flush_s < 0.05
    assert rolled.lost_fraction < 0.02


def test_older_sessions_make_it_worse(old_firmware: OldFirmware, tmp_path: Path) -> None:
    """Not as much as there, where it took 1.76 s: what else littlefs did on that flash is not known."""
    flash = old_firmware.flash(tmp_path / "flash.bin", more=stored(20))
    trace = rolling(100, ROLL_S, 20.0)  # its boot looks into each of them, as its ledger is empty
    rolled = Rolled(run(trace, flash=flash, board=str(old_firmware.board), cpu_mhz=160, extra_s=1.0), "00021.drl")
    assert rolled.first_flush_s > 1.0


def stored(n: int) -> dict[str, bytes]:
    """Files of n older sessions."""
    older = (Path(__file__).parents[1] / "data" / "golden" / GOLDEN).read_bytes()
    return {f"/log/{number:05d}.drl": older for number in range(1, n + 1)}


STATVFS = """
import os, time
start = time.ticks_us()
os.statvfs("/log")
print(time.ticks_diff(time.ticks_us(), start) // 1000)
"""


@pytest.mark.parametrize("sessions, expected_ms", [(0, 200), (60, 750)])
def test_statvfs_walks_as_long_as_there(old_firmware, tmp_path: Path, sessions: int, expected_ms: int) -> None:
    more = {"/main.py": STATVFS.encode(), **stored(sessions)}
    flash = old_firmware.flash(tmp_path / "flash.bin", more=more)
    image.put_file(flash, "/log/other", b"")
    result = run(rolling(100, 1.0, 1.0), flash=flash, board=str(old_firmware.board), cpu_mhz=160).check()
    assert is_near(int(result.console.split()[0]), expected_ms)


def test_info_takes_as_long_as_there(old_firmware: OldFirmware, tmp_path: Path) -> None:
    """How many sessions that flash held is not on record; each costs a look. With none it is 0.39 s, with ten 0.7."""
    flash = old_firmware.flash(tmp_path / "flash.bin", more=stored(10))
    asked_s = 8.0
    trace = rolling(100, 1.0, 12.0)
    result = run(trace, flash=flash, board=str(old_firmware.board), cpu_mhz=160, requests=[(asked_s, b"info\n")])
    answered_s = max(t_s for t_s, _ in result.console_chunks)
    assert b"heap_free: " in result.console
    assert is_near(answered_s - asked_s, 0.66)


ENCODING = """
import sys, time
sys.path.insert(0, "/app_a")
from roller import records
from roller.bits import BitWriter
forces, counts, n = [], [], 250
seed = 1
for i in range(n):
    seed = (seed * 171 + 11) % 30269
    forces.append(200 + seed % 13 - seed % 7)
    counts.append(1 if seed % 2 else 0)
room, bits, times = bytearray(2048), BitWriter(), records.Times()
start = time.ticks_us()
size = records.put_samples(room, 13, bits, 0, n, forces, counts, times)
print(size, time.ticks_diff(time.ticks_us(), start) // 1000)
"""


def test_encoding_stands_still_as_long_as_there(old_firmware: OldFirmware, tmp_path: Path) -> None:
    flash = old_firmware.flash(tmp_path / "flash.bin", more={"/main.py": ENCODING.encode()})
    result = run(rolling(100, 1.0, 4.0), flash=flash, board=str(old_firmware.board), cpu_mhz=160).check()
    size, encoded_ms = result.console.split(b"\r\n")[0].split()
    assert int(size) > 200
    assert 96 / FACTOR <= int(encoded_ms) <= 130 * FACTOR
