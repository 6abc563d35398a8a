"""Looks into a flash image: which application starts, and whether it is whole."""

import hashlib
from pathlib import Path

from dermaroller.deploy import layout
from dermaroller.deploy.build import Application
from dermaroller.sim import image


def running(flash: Path, *applications: Application) -> str:
    """The board name of the application that would start: each of its files must be there, and no other. Else ""."""
    pointer = image.read_files(flash, "/").get(layout.POINTER)
    loader = image.read_files(flash, "/").get(layout.LOADER)
    if pointer is None or loader != layout.LOADER_TEXT.encode():
        return ""
    held = _digests(flash, "/" + pointer.decode())
    names = [each.board.NAME for each in applications if each.digests() == held]
    assert names, f"{pointer!r} holds a mixture"
    return str(names[0])


def _digests(flash: Path, folder: str) -> dict[str, str]:
    found = {}
    for below in ("", "roller/"):
        for name, content in image.read_files(flash, f"{folder}/{below}".rstrip("/")).items():
            found[below + name] = hashlib.sha256(content).hexdigest()
    return found
