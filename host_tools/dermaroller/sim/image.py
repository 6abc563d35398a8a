"""The virtual board's flash in a host file: a littlefs of 512 blocks, then the blocks that hold the chip's NVS."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from dermaroller import packages
from dermaroller.errors import UsageError
from dermaroller.sim import sessions
from roller import boxes

BLOCK_BYTES = 4096
VFS_BLOCKS = 512
NVS_BLOCKS = 6
_REGULAR = 1  # littlefs's type of an entry that is a file
IMAGE_BYTES = (VFS_BLOCKS + NVS_BLOCKS) * BLOCK_BYTES


def make_image(path: Path, box_blocks: int = boxes.MOST) -> None:
    """Write a new image: a file system with nothing but the boxes that sessions lie in, and an erased NVS.

    box_blocks: of the boxes; 0 leaves it to the device to make some.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_new_vfs(box_blocks) + _empty_nvs())


@cache
def _new_vfs(box_blocks: int) -> bytes:
    file_system = _file_system()
    if box_blocks:
        sessions.make(file_system, box_blocks)
    return bytes(file_system.context.buffer)


def ensure_image(path: Path) -> None:
    """Make the image if it is missing; raise UsageError if a file of that name is something else."""
    if not path.exists():
        make_image(path)
    elif path.stat().st_size != IMAGE_BYTES:
        raise UsageError(
            f"{path} is {path.stat().st_size} bytes long, a flash image {IMAGE_BYTES}: name another file with --flash."
        )


def read_files(path: Path, folder: str = "/log") -> dict[str, bytes]:
    """The files in one folder of the image, by name; empty if the folder or the file system is not there.

    Sessions appear in their folder as files: NNNNN.part while open, NNNNN.drl closed, NNNNN.ok confirmed.
    """
    try:
        file_system = _mounted(path)
        names = {entry.name for entry in file_system.scandir(folder) if entry.type == _REGULAR}
    except _littlefs().LittleFSError:
        return {}
    files = {name: _read(file_system, f"{folder}/{name}") for name in names if not name.endswith(boxes.SUFFIX)}
    if folder == sessions.FOLDER:
        files.update(sessions.read(file_system))
    return dict(sorted(files.items()))


def put_file(path: Path, name: str, content: bytes) -> None:
    """Write one file into the image, making the folders on its way."""
    put_files(path, {name: content})


def put_files(path: Path, files: dict[str, bytes]) -> None:
    """Write files by their paths into the image, making the folders on their way."""
    file_system = _mounted(path)
    for name, content in files.items():
        parent = name.rpartition("/")[0]
        if parent:
            file_system.makedirs(parent, exist_ok=True)
        with file_system.open(name, "wb") as file:
            file.write(content)
    _store(path, file_system, path.read_bytes()[VFS_BLOCKS * BLOCK_BYTES :])


def put_sessions(path: Path, files: dict[str, bytes]) -> None:
    """Put sessions into the image's boxes, by the names under which read_files gives them."""
    file_system = _mounted(path)
    sessions.put(file_system, files)
    _store(path, file_system, path.read_bytes()[VFS_BLOCKS * BLOCK_BYTES :])


def remove_sessions(path: Path, numbers: Iterable[int]) -> None:
    """Remove sessions from the image's boxes as a device does: their blocks are to be erased while nobody rolls."""
    file_system = _mounted(path)
    sessions.remove(file_system, numbers)
    _store(path, file_system, path.read_bytes()[VFS_BLOCKS * BLOCK_BYTES :])


def _empty_nvs() -> bytes:
    """As boards/virtual/nvs.py keeps it: the header of a first, empty half; the rest erased."""
    header = struct.pack("<II", 0x3153564E, 1)
    header += struct.pack("<I", zlib.crc32(header))
    return header.ljust(NVS_BLOCKS * BLOCK_BYTES, b"\xff")


def _littlefs() -> Any:
    with packages.needing("sim"):
        import littlefs
    return littlefs


def _file_system(block_count: int = VFS_BLOCKS, **options: Any) -> Any:
    # The sizes with which MicroPython mounts: these are what the chip writes, and with a larger cache littlefs would
    # not see what is programmed past it.
    return _littlefs().LittleFS(
        block_size=BLOCK_BYTES, block_count=block_count, read_size=32, prog_size=32, cache_size=128, lookahead_size=32,
        block_cycles=100, **options,
    )  # fmt: skip


def mount(content: bytes) -> Any:
    """The file system that these blocks hold. Raises LittleFSError if they hold none."""
    file_system = _file_system(len(content) // BLOCK_BYTES, mount=False)
    file_system.context.buffer[:] = content
    file_system.mount()
    return file_system


def _mounted(path: Path) -> Any:
    return mount(path.read_bytes()[: VFS_BLOCKS * BLOCK_BYTES])


def _read(file_system: Any, name: str) -> bytes:
    with file_system.open(name, "rb") as file:
        return bytes(file.read())


def _store(path: Path, file_system: Any, nvs: bytes) -> None:
    path.write_bytes(bytes(file_system.context.buffer) + nvs)
