"""The whole way on each board: deployed into its flash, with its own constants and port, rolled, pulled, shown."""

import csv
import json
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import edfio
import pytest
from pyarrow import parquet
from pypdf import PdfReader

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


def the_log(result: RunResult) -> bytes:
    (log,) = [content for name, content in result.files.items() if name.endswith(".drl")]
    return log


def test_a_hand_is_counted(board: boards.Board, rolled: tuple[Path, RunResult]) -> None:
    _, result = rolled
    session = summary(Session.parse(the_log(result)))
    assert session.passes == PASSES
    assert session.punctures == pytest.approx(PUNCTURES, rel=0.03)
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
    assert (info.board, info.chip) == (board.NAME, board.CHIP)
    assert summary(Session.parse(content, "pulled")).passes == PASSES


def test_it_is_marked_as_simulated_wherever_it_goes(
    board: boards.Board, rolled: tuple[Path, RunResult], tmp_path: Path, command: Callable[..., tuple[int, str, str]]
) -> None:
    """Whichever board's constants it ran with: no copy of it passes for the treatment of a person."""
    path = tmp_path / "s.drl"
    path.write_bytes(the_log(rolled[1]))
    assert "simulated" in command("show", path)[1].splitlines()[0]
    assert json.loads(command("show", path, "--json")[1])["sessions"][0]["is_simulated"] is True
    for page in ("s.html", "s.pdf"):
        assert command("report", path, "-o", tmp_path / page)[0] == 0
    assert '<span class="tag">simulated</span>' in (tmp_path / "s.html").read_text(encoding="utf-8")
    assert "SIMULATED" in PdfReader(tmp_path / "s.pdf").pages[0].extract_text()
    assert command("export", path, "--to", tmp_path, "--format", "all")[0] == 0
    with (tmp_path / "s.session.csv").open(encoding="utf-8") as file:
        assert [row["is_simulated"] for row in csv.DictReader(file)] == ["true"]
    assert parquet.read_table(tmp_path / "s.session.parquet")["is_simulated"].to_pylist() == [True]
    assert "simulated" in [note.text for note in edfio.read_edf(tmp_path / "s.edf").annotations]
    assert json.loads((tmp_path / "s.session.json").read_bytes())["sessions"][0]["is_simulated"] is True
    for release in ("r4b", "r5"):
        bundle = json.loads((tmp_path / f"s.fhir-{release}.json").read_bytes())
        for resource in [bundle, *(entry["resource"] for entry in bundle["entry"])]:
            assert "simulated" in [tag["code"] for tag in resource["meta"]["tag"]], resource["resourceType"]


def test_another_board_s_session_in_an_archive_is_marked(
    rolled: tuple[Path, RunResult], tmp_path: Path, command: Callable[..., tuple[int, str, str]]
) -> None:
    path = tmp_path / "s.drl"
    path.write_bytes(the_log(rolled[1]))
    command("archive", "import", path, "--archive", tmp_path / "archive")
    assert "simulated" in command("archive", "list", "--archive", tmp_path / "archive")[1]
    assert "simulated" in command("trend", path)[1].splitlines()[0]
    assert command("compare", path, path)[1].count("   simulated") == 2
