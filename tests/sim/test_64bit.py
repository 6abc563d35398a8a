"""The virtual board on a 64-bit runtime: the same results, from the same firmware, as on the chip's 32 bit."""

import json
import os
import shlex
from pathlib import Path

import pytest
from rich.console import Console

from dermaroller import cli, demo
from dermaroller.sim import image, runtime
from dermaroller.sim.runtime import Runtime

HAND = Path(__file__).parents[1] / "data/hand_01.csv"

pytestmark = [pytest.mark.skipif(os.name == "nt", reason="the runtime is named by a shell script"), pytest.mark.slow]


@pytest.fixture
def on_64bit(micropython_64bit: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runtime:
    """Whatever is run uses the 64-bit runtime, as whoever sets $MICROPYTHON has it."""
    script = tmp_path / "micropython"
    script.write_text(f'#!/bin/sh\nexec {shlex.join(micropython_64bit.command)} "$@"\n')
    script.chmod(0o755)
    monkeypatch.setenv("MICROPYTHON", str(script))
    return runtime.find_micropython()


def test_it_is_another_runtime(on_64bit: Runtime, micropython_32bit: Runtime) -> None:
    assert not on_64bit.is_32bit
    assert on_64bit.version >= (1, 28)
    assert runtime.describe(on_64bit).startswith("MicroPython ")


def test_a_run_prints_the_same_object(
    micropython_32bit: Runtime,
    on_64bit: Runtime,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    command = ["sim", "run", str(HAND), "--seed", "3", "--json"]
    printed = []
    for _ in range(2):
        with pytest.raises(SystemExit, match="0"):
            cli.main(command)
        printed.append(json.loads(capsys.readouterr().out))
        monkeypatch.delenv("MICROPYTHON", raising=False)
    assert printed[0] == printed[1]
    assert printed[0]["sessions"][0]["passes"] > 0


def test_a_served_board_is_pulled_as_any(
    on_64bit: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The steps of `make demo`, with a recorded hand for its treatment."""
    monkeypatch.setattr(demo, "OUT", tmp_path / "out")
    flash = tmp_path / "flash.bin"
    demo.roll(Console(), HAND, flash)
    (rolled,) = image.read_files(flash).values()
    with demo.served(flash) as port:
        demo.pull(Console(), port)
    assert "1 new, 0 known, 0 damaged" in capfd.readouterr().out
    (file,) = (tmp_path / "out").glob("*.drl")
    assert file.read_bytes() == rolled
