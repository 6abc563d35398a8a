"""The sessions in a flash image, read and put there by the firmware's own code."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

from roller import boxes, legacy
from roller.area import BLOCK, Area
from roller.store import SessionStore

FOLDER = "/log"
_LOADING = threading.Lock()  # the firmware unloads what it needs to load a store; a device has one thread


class Chip:
    """The flash in RAM, as the chip's block device: programming clears bits."""

    def __init__(self, content: bytearray) -> None:
        self._content = content

    def readblocks(self, block: int, buf: bytearray | memoryview, offset: int) -> None:
        at = block * BLOCK + offset
        buf[:] = self._content[at : at + len(buf)]

    def writeblocks(self, block: int, buf: bytes | bytearray | memoryview, offset: int) -> None:
        at = block * BLOCK + offset
        old = int.from_bytes(self._content[at : at + len(buf)], "little")
        self._content[at : at + len(buf)] = (old & int.from_bytes(buf, "little")).to_bytes(len(buf), "little")

    def ioctl(self, request: int, argument: int) -> int:
        if request == 6:
            self._content[argument * BLOCK : (argument + 1) * BLOCK] = b"\xff" * BLOCK
        return len(self._content) // BLOCK


class Files:
    """littlefs in an image, as `roller.boxes` and `roller.legacy` use it."""

    def __init__(self, file_system: Any) -> None:
        self._file_system = file_system
        self.mkdir, self.remove, self.open = file_system.mkdir, file_system.remove, file_system.open
        self.rename = file_system.rename

    def listdir(self, folder: str) -> list[str]:
        return list(self._file_system.listdir(folder))

    def size(self, path: str) -> int:
        return int(self._file_system.stat(path).size)

    def free_blocks(self) -> int:
        return int(self._file_system.block_count - self._file_system.used_block_count)


def make(file_system: Any, blocks: int) -> None:
    """Make boxes of so many blocks in all, as a device does over its first boots."""
    chip, files = Chip(file_system.context.buffer), Files(file_system)
    if FOLDER.strip("/") not in files.listdir("/"):
        files.mkdir(FOLDER)
    while blocks >= 2:
        boxes.make(chip, FOLDER, min(blocks, boxes.MAX_BOX), files)
        blocks -= boxes.MAX_BOX


def store(file_system: Any) -> SessionStore:
    """The store in the boxes of an image, without the sessions of the old kind, which are files."""
    chip = Chip(file_system.context.buffer)
    found = boxes.find(chip, FOLDER, Files(file_system)) if FOLDER.strip("/") in file_system.listdir("/") else []
    with _LOADING:
        return SessionStore(Area(chip, found), None, 0, lambda n: None)


def read(file_system: Any) -> dict[str, bytes]:
    """The sessions in the boxes, under the names that they would have as files of the old kind."""
    sessions = store(file_system)
    return {
        f"{number:05d}{legacy.SUFFIXES[state]}": sessions.open_file(number).read(size)
        for number, size, state in sessions.listing()
    }


def put(file_system: Any, files: dict[str, bytes]) -> None:
    """Put sessions into the boxes by the names that `read` gives."""
    sessions = store(file_system)
    for name, content in sorted(files.items()):
        number, suffix = int(name[:5]), name[5:]
        sessions.create(number).write(content)
        if suffix != legacy.SUFFIXES[legacy.OPEN]:
            sessions.finish(number)
        if suffix == legacy.SUFFIXES[legacy.CONFIRMED]:
            sessions.confirm(number)


def remove(file_system: Any, numbers: Iterable[int]) -> None:
    """Remove sessions from the boxes."""
    sessions = store(file_system)
    for number in numbers:
        sessions.remove(number)
