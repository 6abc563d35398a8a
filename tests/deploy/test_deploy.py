"""Deploying to the virtual board with the real mpremote: what is copied, what runs then, what is refused."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dermaroller import boards
from dermaroller.deploy import checks, layout, remote
from dermaroller.deploy.__main__ import main
from dermaroller.deploy.build import Application, build
from dermaroller.deploy.deploy import deploy, fitting, plan_changes, verify
from dermaroller.deploy.remote import DeployError, Holding, Remote
from dermaroller.errors import DeviceSilent, IntegrityError
from dermaroller.sim import image, viper
from dermaroller.sim.runtime import Runtime
from dermaroller.sim.trace import Trace

from .conftest import own_board
from .on_flash import damage, running

Serve = Callable[..., Any]
HOLDING = Holding((1, 26, 1), 6, "Generic ESP32 module with ESP32", 1_000_000, None, None, 0)


def quiet(sentence: str) -> None:
    pass


def pressing(seconds: float) -> Trace:
    """A hand that rolls without lifting the drum."""
    t_s = np.array([0.0, 0.5, seconds])
    return Trace("pressing", t_s, np.array([0.0, 0.0, 20 * seconds]), np.array([0.0, 2.0, 2.0]))


@pytest.mark.slow
def test_only_what_changed_is_copied(serve: Serve, old: Application, tmp_path: Path) -> None:
    one_pin = build(own_board(tmp_path, "old", BUZZER_PIN=23))
    with serve() as board:
        first = deploy(old, board.path, quiet)
        again = deploy(old, board.path, quiet)
        changed = deploy(one_pin, board.path, quiet)
        back = deploy(old, board.path, quiet)
        assert verify(old, Remote(board.path)) == len(old.files)
    assert (first.copied, first.is_switched, first.info.board) == (sorted(old.files), True, "old")
    assert (again.copied, again.is_switched) == ([], False)
    assert (changed.copied, changed.is_switched) == (["board.mpy"], True)
    assert (back.copied, back.is_switched) == ([], True)
    assert first.info.utc_s > 1_700_000_000


@pytest.mark.slow
def test_the_next_version_replaces_the_last(serve: Serve, old: Application, new: Application, tmp_path: Path) -> None:
    grown = replace(old, files={**old.files, "roller/gone.mpy": old.files["roller/ring.mpy"]})
    with serve() as board:
        deploy(grown, board.path, quiet)
        deploy(new, board.path, quiet)
        last = deploy(old, board.path, quiet)
        assert last.info.board == "old"
    assert running(tmp_path / "flash.bin", old, new) == "old"


@pytest.mark.slow
def test_a_file_that_was_damaged_is_found_and_mended(serve: Serve, old: Application, flash: Path) -> None:
    damage(flash, old, "roller/bits.mpy")
    with serve() as board:
        with pytest.raises(IntegrityError, match=r"1 module differ from here \(roller/bits.mpy\)"):
            verify(old, Remote(board.path))
        assert deploy(old, board.path, quiet).copied == ["roller/bits.mpy"]
    assert running(flash, old) == "old"


@pytest.mark.slow
def test_it_comes_in_the_machine_code_of_the_device(
    serve: Serve, old: Application, tmp_path: Path, micropython: Runtime
) -> None:
    made: dict[str, Application] = {}

    def make(arch: str) -> Application:
        made[arch] = build(own_board(tmp_path, "machine"), arch=arch)
        return made[arch]

    with serve() as board:
        deployed = deploy(old, board.path, quiet, build=make)
        assert deployed.info.board == "machine"
        assert verify(old, Remote(board.path), make) == len(old.files)
    assert list(made) == [viper.native_arch(micropython.mpy)]


def test_a_device_without_machine_code_gets_bytecode_and_a_word() -> None:
    of_before = replace(HOLDING, mpy=6 | 2 << 8 | 10 << 10)
    said: list[str] = []
    assert fitting(of_before, lambda arch: build("esp32_devkitc", arch=arch), said.append).files
    assert len(said) == 1
    assert "takes no machine code of .mpy 6.3 (it reads 6.2, architecture 10): all goes in bytecode" in said[0]
    as_released = replace(HOLDING, mpy=6 | 3 << 8 | 10 << 10)
    fitting(as_released, lambda arch: build("esp32_devkitc", arch=arch), said.append)
    assert len(said) == 1


def test_a_bare_board_has_no_application(serve: Serve, old: Application) -> None:
    with serve() as board, pytest.raises(IntegrityError, match="has no application: use make deploy"):
        verify(old, Remote(board.path))


@pytest.mark.slow
def test_a_session_is_not_cut_off(serve: Serve, old: Application, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(checks, "_ASK_S", 20.0)  # an answer ends the wait, and this computer may be busy
    trace = tmp_path / "pressing.csv"
    motion = pressing(600.0)
    rows = zip(motion.t_s, motion.position_mm, motion.force_n, strict=True)
    trace.write_text("t_s,position_mm,force_n\n" + "".join(f"{t},{p},{f}\n" for t, p, f in rows))
    with serve(trace=trace) as board:
        wait_for_session(board.path)
        with pytest.raises(DeployError, match="records session 1: end it"):
            deploy(old, board.path, quiet)
        assert deploy(old, board.path, quiet, is_forced=True).is_switched


def wait_for_session(port: str) -> None:
    while checks.wait_for(port, checks_version()).session is None:
        pass


def checks_version() -> str:
    return build("esp32_devkitc").version


@pytest.mark.slow
def test_an_application_that_fails_is_told(serve: Serve, old: Application, tmp_path: Path, monkeypatch: Any) -> None:
    broken = old.files["roller/version.mpy"]  # does nothing
    monkeypatch.setattr(checks, "ANSWER_PATIENCE_S", 1.0)
    monkeypatch.setattr(checks, "_ASK_S", 0.2)
    with serve() as board:
        with pytest.raises(DeployError, match="does not answer after the switch-over"):
            deploy(replace(old, files={**old.files, "main.mpy": broken}), board.path, quiet)
        assert deploy(old, board.path, quiet).info.board == "old"


@pytest.mark.slow
def test_wiping_asks_before_sessions_are_lost(serve: Serve, old: Application, capfd: Any, flash: Path) -> None:
    image.put_file(flash, "/log/00001.drl", b"a session")
    with serve() as board:
        with pytest.raises(SystemExit) as left:
            main(["wipe", "--port", board.path])
        assert left.value.code == 1
        assert "1 session on the device: pull them first" in capfd.readouterr().err
        assert Remote(board.path).look().wanted_to_run() == old.digests()
        with pytest.raises(SystemExit) as left:
            main(["wipe", "--port", board.path, "--yes"])
        assert left.value.code == 0
    assert image.read_files(flash, "/" + layout.FOLDERS[0]) == {}


def test_a_port_without_micropython_is_told(monkeypatch: Any) -> None:
    import os
    import pty
    import tty

    monkeypatch.setattr(remote, "PATIENCE_S", 1.0)
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    try:
        with pytest.raises(DeviceSilent, match="does not answer"):
            Remote(os.ttyname(theirs)).look()
    finally:
        os.close(ours)
        os.close(theirs)


MISFITS = {
    "another chip": (replace(HOLDING, machine="ESP32C3 module with ESP32C3"), "the device is an esp32c3, but"),
    "too old": (replace(HOLDING, version=(1, 22, 0)), r"runs MicroPython 1\.22\.0 .* 1\.24 or later"),
    "another .mpy format": (replace(HOLDING, mpy=5), r"\(\.mpy 5\)"),
}


@pytest.mark.parametrize("case", MISFITS)
def test_a_device_that_does_not_fit_is_refused(case: str) -> None:
    holding, words = MISFITS[case]
    application = Application(boards.load("esp32_devkitc"), "0.1.0", {})
    checks.check_fits(application, HOLDING)
    with pytest.raises(DeployError, match=words):
        checks.check_fits(application, holding)


def test_modules_come_from_where_they_are_nearest() -> None:
    files = {"app_a": {"index": "0", "same": "1", "changed": "2"}, "app_b": {"index": "6", "other": "3"}}
    holding = replace(HOLDING, active="app_a", whole=["app_a", "app_b"], files=files)
    changes = plan_changes({"index": "7", "same": "1", "changed": "9", "fresh": "5"}, holding)
    assert (changes.target, changes.copied, changes.same) == ("app_b", ["changed", "fresh"], ["same"])
    assert not changes.is_there
    assert plan_changes(files["app_b"], holding).is_there


def test_a_damaged_copy_is_written_while_the_other_one_starts() -> None:
    files = {"app_a": {"index": "0", "one": "1"}, "app_b": {"index": "6", "one": "2"}}
    holding = replace(HOLDING, active="app_a", whole=["app_b"], files=files)
    changes = plan_changes({"index": "6", "one": "2"}, holding)
    assert (holding.starting, changes.target, changes.same, changes.is_there) == ("app_b", "app_a", ["one"], False)


@pytest.mark.slow
def test_a_refused_device_goes_on_with_what_it_had(serve: Serve, old: Application, flash: Path) -> None:
    another = build("esp32c3_devkitm")
    with serve() as board:
        with pytest.raises(DeployError, match="the device is an esp32, but"):
            deploy(another, board.path, quiet)
        assert checks.wait_for(board.path, old.version).board == "old"
