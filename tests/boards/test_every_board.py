"""The whole way on each board: deployed into its flash, with its own constants and port, rolled, pulled, shown."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from dermaroller import boards
from dermaroller.deploy.build import build_for_virtual
from dermaroller.deploy.heap import flash_with
from dermaroller.device import Device
from dermaroller.session import Session
from dermaroller.sim.lockstep import LockStep
from dermaroller.sim.run import RunResult, run
from dermaroller.summary import summary

pytestmark = pytest.mark.slow

HAND = Path(__file__).parents[1] / "data/hand_01.csv"
PASSES, PUNCTURES = 5, 1196  # counted on the trace itself
HARMLESS = {"gaps", "late_callbacks"}  # a write into the flash takes as long as it takes
# A computer that now and then looks away for longer than the port waits.
AWAY = (1500, 300)


@pytest.fixture(params=[*boards.names(), "virtual"], scope="module")
def board(request: pytest.FixtureRequest) -> boards.Board:
    return boards.load(request.param)


@pytest.fixture(scope="module")
def rolled(
    board: boards.Board, micropython: object, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, RunResult]:
    """(flash, what came of it) of a board onto which the application was deployed, and which a hand rolled then."""
    path = tmp_path_factory.mktemp("rolled") / "flash.bin"
    flash_with(build_for_virtual(board.NAME), path)
    return path, run(HAND, flash=path, board=board.NAME)


def the_session(result: RunResult) -> dict[str, object]:
    (session,) = [summary(Session.parse(content, name)) for name, content in result.files.items() if ".drl" in name]
    return session


def test_a_hand_is_counted(board: boards.Board, rolled: tuple[Path, RunResult]) -> None:
    _, result = rolled
    session = the_session(result)
    assert session["passes"] == PASSES
    assert session["punctures"] == pytest.approx(PUNCTURES, rel=0.03)
    # Pin interrupts may lose counts while flash is written, and say so.
    harmless = HARMLESS if board.HAS_PCNT else {*HARMLESS, "edge_rate_warnings"}
    assert [name for name, n in result.counters.items() if n and name not in harmless] == []
    states = Counter(light["state"] for light in result.led)
    assert states["rolling"] and states["ready"]


def test_a_session_comes_whole_to_the_computer(
    board: boards.Board, rolled: tuple[Path, RunResult], tmp_path: Path
) -> None:
    """With USB-Serial-JTAG, over a port that drops what is not fetched in time."""
    away = AWAY if board.CONSOLE == "usb_serial_jtag" else (0, 0)
    flash = shutil.copy(rolled[0], tmp_path / "flash.bin")
    with LockStep(flash, board=board.NAME, baud=921_600, port_away_ms=away) as line:
        device = Device(line, clock=line.now_s)
        info = device.info()
        (listed,) = device.list_sessions()
        content = b"".join(device.read_range(listed.id, 0, listed.size_bytes))
        assert device.sha256(listed.id)
    assert (info["board"], info["chip"]) == (board.NAME, board.CHIP)
    assert summary(Session.parse(content, "pulled"))["passes"] == PASSES
