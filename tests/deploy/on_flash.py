"""Looks into a flash image: which application starts, and whether it is whole."""

from pathlib import Path

from dermaroller.deploy import layout
from dermaroller.deploy.build import Application
from dermaroller.sim import image


def running(flash: Path, *applications: Application) -> str:
    """The board name of the application that would start, of which every byte must be there. Else ""."""
    pointer = image.read_files(flash, "/").get(layout.POINTER)
    loader = image.read_files(flash, "/").get(layout.LOADER)
    if pointer is None or loader != layout.LOADER_TEXT.encode():
        return ""
    held = image.read_files(flash, "/" + pointer.decode())
    names = [each.board.NAME for each in applications if each.on_device() == held]
    assert names, f"{pointer!r} holds a mixture"
    return str(names[0])


def put_copy(flash: Path, application: Application, folder: str) -> None:
    """Lay the application into a folder of the flash."""
    image.put_files(flash, {f"/{folder}/{name}": content for name, content in application.on_device().items()})


def damage(flash: Path, application: Application, name: str, folder: str = layout.FOLDERS[0]) -> None:
    """Turn a bit in a module of the copy in this folder."""
    held = bytearray(application.on_device()[layout.ARCHIVE])
    held[held.index(application.files[name].read_bytes()) + 20] ^= 1
    image.put_file(flash, f"/{folder}/{layout.ARCHIVE}", bytes(held))
