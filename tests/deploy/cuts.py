"""Cuts the power in the middle of deploying, at a moment in time, and mends what is left by deploying again."""

import threading
import time
from contextlib import suppress
from pathlib import Path

from dermaroller.deploy import layout
from dermaroller.deploy.build import Application
from dermaroller.deploy.deploy import deploy
from dermaroller.errors import DermarollerError
from dermaroller.sim import image

from .conftest import served
from .on_flash import running


def cut(flash: Path, before: Application, after: Application, after_s: float) -> str:
    """Deploy `after` onto a device that runs `before`; cut the power `after_s` later. Returns what starts then.

    The folder to be written holds nothing of use at first, so that all is copied. Raises AssertionError if what starts
    is no whole application, or if deploying again does not mend it.
    """
    spoil(flash, after)
    with served(flash) as board:
        thread = threading.Thread(target=_deploy_quietly, args=(after, board.path))
        thread.start()
        time.sleep(after_s)
        board.cut_power()
    thread.join(60)
    assert not thread.is_alive()
    left = running(flash, before, after)
    assert left, "nothing starts"
    with served(flash) as board:
        deploy(after, board.path, lambda sentence: None)
    assert running(flash, before, after) == after.board.NAME
    return left


def spoil(flash: Path, application: Application) -> None:
    """Empty the files of the folder that does not run."""
    active = image.read_files(flash, "/")[layout.POINTER].decode()
    image.put_files(flash, {f"/{layout.other(active)}/{name}": b"" for name in application.files})


def seconds_to_deploy(flash: Path, application: Application) -> float:
    """How long it takes when nothing is cut; the device has the application then."""
    with served(flash) as board:
        started_s = time.monotonic()
        deploy(application, board.path, lambda sentence: None)
        return time.monotonic() - started_s


def _deploy_quietly(application: Application, port: str) -> None:
    with suppress(DermarollerError):
        deploy(application, port, lambda sentence: None)
