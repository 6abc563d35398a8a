"""An application that dies or hangs on the virtual board is told, never taken for a hand that did nothing."""

from pathlib import Path

import numpy as np
import pytest

from dermaroller.cli import main
from dermaroller.sim import image
from dermaroller.sim.process import ApplicationDied
from dermaroller.sim.run import run
from dermaroller.sim.trace import Trace

pytestmark = pytest.mark.usefixtures("micropython")

AIR = Trace("air", np.array([10.0, 13.0]), np.zeros(2), np.zeros(2))


@pytest.fixture
def flash_with(tmp_path: Path):
    """A flash image with a program in the place of the application."""

    def made(program: str) -> Path:
        path = tmp_path / "flash.bin"
        image.make_image(path)
        image.put_file(path, "/main.py", program.encode())
        return path

    return made


@pytest.mark.parametrize(
    "end",
    ["raise ValueError('too much')", "import nothing", "bytearray(1 << 20)", "raise OSError(28)", "assert 1 == 2"],
)
def test_an_exception_is_told_with_the_last_line_and_the_time(flash_with, end):
    result = run(AIR, flash=flash_with(f"import time\ntime.sleep_ms(1500)\n{end}\n"))
    last_line = result.console.decode().split("\r\n>>> ")[0].split("MicroPython v")[0].strip().splitlines()[-1]
    assert result.died and result.died.startswith(last_line.strip(": "))
    assert 11.5 <= result.died_s < 11.7
    with pytest.raises(ApplicationDied, match=r"^the firmware stopped at 11\.[56] s of the trace: \w*Error"):
        result.check()


def test_a_full_heap_is_told_all_the_same(flash_with):
    result = run(AIR, flash=flash_with("kept = []\nwhile True:\n    kept.append(bytearray(16))\n"))
    assert result.died.startswith("MemoryError")


@pytest.mark.parametrize("end", ["", "raise KeyboardInterrupt"])
def test_a_program_that_just_ends_has_not_died(flash_with, end):
    assert run(AIR, flash=flash_with(end)).check().died == ""


@pytest.mark.parametrize("late_ms", range(0, 60, 4))
def test_ctrl_c_at_the_very_end_of_a_program_leaves_the_prompt(flash_with, late_ms):
    """The chip drops what a program did not live to see: it must not strike what comes after it."""
    flash = flash_with("import os\nos.mkdir('/a')\nos.mkdir('/b')\nraise ValueError('too much')\n")
    asked = [(10 + late_ms / 1000, b"\r\x03"), (11.0, b"\r\x01")]
    result = run(AIR, flash=flash, requests=asked)
    assert result.console.endswith(b"raw REPL; CTRL-B to exit\r\n>")


def test_the_application_has_not_died():
    assert run(AIR).check().exits == ["end"]


@pytest.mark.slow
def test_a_program_that_hangs_is_ended(flash_with):
    flash = flash_with("import time\ntime.sleep(2)\nwhile True:\n    pass\n")
    with pytest.raises(ApplicationDied, match=r"hangs [12] s after the start: in 3 s of this computer"):
        run(AIR, flash=flash, patience_s=3)


def test_the_command_says_so_and_fails(flash_with, tmp_path, capsys):
    trace = tmp_path / "air.csv"
    trace.write_text("t_s,position_mm,force_n\n0,0,0\n2,0,0\n")
    flash = flash_with("raise ValueError('too much')")
    with pytest.raises(SystemExit) as left:
        main(["sim", "run", str(trace), "--flash", str(flash), "--json"])
    assert left.value.code == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.strip().endswith("the firmware stopped at 0.0 s of the trace: ValueError: too much")
