"""What starts where a copy of the application is damaged, and where an older tool has left a file for each module."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dermaroller.deploy import layout
from dermaroller.deploy.build import Application
from dermaroller.deploy.deploy import deploy, verify
from dermaroller.deploy.remote import Remote
from dermaroller.errors import IntegrityError
from dermaroller.sim import image
from dermaroller.sim.run import RunResult, run
from dermaroller.sim.trace import read_trace

from .on_flash import damage, put_copy, running

pytestmark = pytest.mark.slow

Serve = Callable[..., Any]


def quiet(sentence: str) -> None:
    pass


def started(flash: Path, folder: Path) -> RunResult:
    """What comes of switching on, and asking what runs."""
    trace = folder / "rest.csv"
    trace.write_text("t_s,position_mm,force_n\n0,0,0\n3,0,0\n")
    return run(read_trace(trace), flash=flash, requests=[(2.5, b"info\n")])


def test_the_application_starts_from_its_archive(flash: Path, tmp_path: Path) -> None:
    result = started(flash, tmp_path)
    assert b"board: old" in result.console and b"app.bin" not in result.console
    assert sorted(image.read_files(flash, "/app_a")) == ["app.bin", "boot.mpy"]


def test_where_a_copy_is_damaged_the_other_one_starts(
    flash: Path, old: Application, new: Application, tmp_path: Path
) -> None:
    put_copy(flash, new, layout.FOLDERS[1])
    damage(flash, old, "roller/bits.mpy")
    result = started(flash, tmp_path)
    assert b"/app_a/app.bin cannot start: it is damaged" in result.console
    assert b"board: new" in result.console


SHORT = {"empty": 0, "in its head": 6, "in its index": 400, "in a module": 20_000, "by one byte": -1}


@pytest.mark.parametrize("cut", SHORT)
def test_one_that_is_cut_short_is_damaged(
    cut: str, flash: Path, old: Application, new: Application, tmp_path: Path
) -> None:
    put_copy(flash, new, layout.FOLDERS[1])
    image.put_file(flash, f"/app_a/{layout.ARCHIVE}", old.on_device()[layout.ARCHIVE][: SHORT[cut]])
    result = started(flash, tmp_path)
    assert b"/app_a/app.bin cannot start: " in result.console and b"board: new" in result.console


def test_where_no_copy_is_whole_it_says_so(flash: Path, old: Application, tmp_path: Path) -> None:
    damage(flash, old, "roller/bits.mpy")
    result = started(flash, tmp_path)
    assert "no copy of the application is whole: bring it with make deploy" in result.died
    assert b"/app_b/app.bin cannot start: [Errno 2] ENOENT" in result.console


@pytest.mark.slow
def test_deploying_writes_the_damaged_copy_while_the_other_one_is_kept(
    serve: Serve, flash: Path, old: Application, new: Application
) -> None:
    put_copy(flash, new, layout.FOLDERS[1])
    damage(flash, old, "roller/bits.mpy")
    with serve() as board:
        with pytest.raises(IntegrityError, match=r"1 module differ from here \(roller/bits.mpy\)"):
            verify(old, Remote(board.path))
        assert deploy(new, board.path, quiet).copied == []
    assert running(flash, old, new) == "new"
    assert image.read_files(flash, "/app_a") == image.read_files(flash, "/app_b")


@pytest.mark.slow
def test_a_folder_with_a_file_for_each_module_starts_and_is_replaced(
    serve: Serve, flash: Path, old: Application, new: Application, tmp_path: Path
) -> None:
    """As older tools left it."""
    files = {f"/app_a/{name}": path.read_bytes() for name, path in old.files.items()}
    files["/app_a/boot.mpy"] = old.files["roller/version.mpy"].read_bytes()  # which did nothing
    image.make_image(flash, 300)
    image.put_files(flash, {**files, "/app.txt": b"app_a", "/main.py": layout.LOADER_TEXT.encode()})
    put_copy(flash, new, layout.FOLDERS[1])
    assert b"board: old" in started(flash, tmp_path).console
    with serve() as board:
        deployed = deploy(old, board.path, quiet)
        assert (deployed.copied, deployed.info.board) == (sorted(old.files), "old")
    assert image.read_files(flash, "/")[layout.POINTER] == b"app_b"
    with serve() as board:
        deploy(new, board.path, quiet)
    assert sorted(image.read_files(flash, "/app_a")) == ["app.bin", "boot.mpy"]


@pytest.mark.slow
def test_a_start_that_makes_room_for_sessions_is_waited_for(
    serve: Serve, old: Application, new: Application, tmp_path: Path
) -> None:
    """64 erases of 45 ms. The next deploying comes in the middle of it."""
    flash = tmp_path / "flash.bin"
    image.make_image(flash, 0)
    with serve(flash_page_us=700, flash_erase_us=45_000) as board:
        assert deploy(old, board.path, quiet).info.flash_size > 250_000
        Remote(board.path).reset()
        info = deploy(new, board.path, quiet).info
    assert (info.board, running(flash, old, new)) == ("new", "new")
    assert info.flash_size > 500_000
