"""A virtual board behind a port, fast enough for many deployments, and two applications that differ in every file."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from dermaroller.deploy.build import Application, build
from dermaroller.deploy.heap import flash_with
from dermaroller.sim.runtime import Runtime, device_tree
from dermaroller.sim.serve import Server

QUICK = {"baud": 921_600, "speed": 8.0, "flash_page_us": 100, "flash_erase_us": 5000}


def own_board(folder: Path, name: str, **changes: Any) -> str:
    """A board file of one's own: an esp32_devkitc with another name and other numbers."""
    source = (device_tree() / "boards/esp32_devkitc.py").read_text()
    lines = [f"{key} = {value!r}" for key, value in {"NAME": name, **changes}.items()]
    path = folder / f"{name}.py"
    path.write_text(source + "\n".join(lines) + "\n")
    return str(path)


@pytest.fixture(scope="session")
def old(tmp_path_factory: pytest.TempPathFactory, micropython: Runtime) -> Application:
    return build(own_board(tmp_path_factory.mktemp("old"), "old"))


@pytest.fixture(scope="session")
def new(tmp_path_factory: pytest.TempPathFactory, micropython: Runtime) -> Application:
    """Compiled differently, so that no file is that of the old one."""
    return build(own_board(tmp_path_factory.mktemp("new"), "new"), optimise=0)


@contextmanager
def served(flash: Path, **options: Any) -> Iterator[Server]:
    """A running virtual board with this flash."""
    with Server(flash=flash, **{**QUICK, **options}) as server:
        yield server


@pytest.fixture
def flash(old: Application, tmp_path: Path) -> Path:
    """The flash that `serve` uses, with the old application on it as deploying would leave it."""
    path = tmp_path / "flash.bin"
    flash_with(old, path)
    return path


@pytest.fixture
def serve(micropython: Runtime, tmp_path: Path) -> Callable[..., Any]:
    """serve(**options): a virtual board as a context; its flash is kept within a test."""
    return lambda **options: served(tmp_path / "flash.bin", **options)
