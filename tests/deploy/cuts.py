"""Cuts the power in the middle of deploying, at a flash operation, and mends what is left by deploying again.

Nothing else decides what a cut leaves: between two operations the flash stays as it is. So no clock is asked, and the
same operation is the same moment on a slow computer.
"""

import os
import threading
from contextlib import suppress
from pathlib import Path

from dermaroller.deploy import layout
from dermaroller.deploy.build import Application
from dermaroller.deploy.deploy import deploy
from dermaroller.errors import DermarollerError
from dermaroller.sim import image
from dermaroller.sim.serve import Server

from .conftest import served
from .on_flash import running


def cut(flash: Path, before: Application, after: Application, at_op: int, *, is_torn: bool = False) -> str:
    """Deploy `after` onto a device that runs `before`; cut the power at an operation. Returns what starts then.

    The folder to be written holds nothing of use at first, so that all is copied. Raises AssertionError if what starts
    is no whole application, or if deploying again does not mend it.
    """
    spoil(flash)
    with served(flash, cut_at_op=at_op, is_torn=is_torn) as board:
        reserved = os.open(board.path, os.O_RDWR | os.O_NOCTTY)  # no other board gets this name while `thread` knows it
        thread = threading.Thread(target=_deploy_until_cut, args=(after, board))
        thread.start()
        board.wait()
    thread.join()
    os.close(reserved)
    assert board.exits[-1] == "power_cut", f"there was no operation {at_op}"
    left = running(flash, before, after)
    assert left, "nothing starts"
    with served(flash) as board:
        deploy(after, board.path, lambda sentence: None)
    assert running(flash, before, after) == after.board.NAME
    return left


def spoil(flash: Path) -> None:
    """Empty the archive in the folder that does not run."""
    active = image.read_files(flash, "/")[layout.POINTER].decode()
    image.put_file(flash, f"/{layout.other(active)}/{layout.ARCHIVE}", b"")


def operations_to_deploy(flash: Path, application: Application) -> int:
    """How many operations on the flash it takes when nothing is cut; the device has the application then."""
    with served(flash) as board:
        deploy(application, board.path, lambda sentence: None)
    return board.flash_operations


def _deploy_until_cut(application: Application, board: Server) -> None:
    with suppress(DermarollerError):
        deploy(application, board.path, lambda sentence: None)
    board.cut_power()  # if it came to its end, nobody needs to wait any more
