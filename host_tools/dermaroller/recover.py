"""Rebuilds sessions from a raw dump of a device's flash: through its file system, or block by block without it."""

import contextlib
import hashlib
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dermaroller.carve import FLASH_BLOCK, Found, carve
from dermaroller.errors import IntegrityError, UsageError
from dermaroller.session import Session
from dermaroller.sim import image, sessions

_MAGIC = b"littlefs"
_MAGIC_AT = 8  # in the first two blocks of a file system
_FOLDER = "/log"
_SUFFIXES = (".drl", ".ok", ".part")
_USUAL_START = 0x200000 // FLASH_BLOCK  # of the file system, in a dump of a whole chip


@dataclass(frozen=True)
class Recovered:
    """One session out of a dump. missing_blocks: at least so many."""

    id: int
    device: str
    data: bytes
    missing_blocks: int
    has_footer: bool
    conflicts: int  # blocks of the same number that are not the same: from before the device was wiped

    @property
    def is_whole(self) -> bool:
        return self.has_footer and not self.missing_blocks and not self.conflicts

    @property
    def file_name(self) -> str:
        return f"{self.device}-{self.id:05d}.drl"


@dataclass(frozen=True)
class Recovery:
    """What a dump gave. is_file_system_intact: the sessions are files as the device knew them."""

    is_file_system_intact: bool
    sessions: list[Recovered]


def recover(dump: bytes, name: str = "dump", must_carve: bool = False) -> Recovery:
    """The sessions in a dump; with must_carve the file system is not asked, and erased sessions may come back.

    IntegrityError if there is none.
    """
    files = None if must_carve else _files(dump)
    sessions = [_of_file(content) for content in files or [] if content]
    is_intact = files is not None and None not in sessions
    found = [session for session in sessions if session]
    if not is_intact:
        found += _carved(dump, {session.id for session in found if session.is_whole})
    if not found:
        raise IntegrityError(f"{name}: no session was found in {len(dump)} bytes. Is this a dump of a device's flash?")
    return Recovery(is_intact, sorted(_best(found), key=lambda session: session.id))


def write(recovery: Recovery, folder: Path) -> list[Path]:
    """Write the sessions into a folder; files that are there stay, and others get their digest in their name."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot make the folder {folder}: {error.strerror}. Choose another with --to.") from error
    return [_write(session, folder) for session in recovery.sessions]


def _write(session: Recovered, folder: Path) -> Path:
    path = folder / session.file_name
    if path.exists() and path.read_bytes() != session.data:
        path = path.with_name(f"{path.stem}-{hashlib.sha256(session.data).hexdigest()[:8]}.drl")
    path.write_bytes(session.data)
    return path


def _files(dump: bytes) -> list[bytes] | None:
    """The content of the session files, or None if the file system cannot be read throughout."""
    try:
        import littlefs
    except ImportError:
        return None
    start = _file_system_start(dump)
    if start is None:
        return None
    size, count = struct.unpack_from("<II", dump, start + 24)
    if size != FLASH_BLOCK or start + size * count > len(dump):
        return None
    try:
        file_system = image.mount(dump[start : start + size * count])
        names = sorted(entry.name for entry in file_system.scandir(_FOLDER) if entry.name.endswith(_SUFFIXES))
        files = [_content(file_system, f"{_FOLDER}/{name}") for name in names]
        return files + list(sessions.read(file_system).values())
    except (littlefs.LittleFSError, UnicodeDecodeError, OSError):
        return None


def _content(file_system: Any, name: str) -> bytes:
    with file_system.open(name, "rb") as file:
        return bytes(file.read())


def _file_system_start(dump: bytes) -> int | None:
    """Where the littlefs in a dump begins: its magic stands in its first two blocks, of which one may be torn."""
    pos = dump.find(_MAGIC)
    while pos >= 0:
        if pos % FLASH_BLOCK == _MAGIC_AT:
            return pos - _MAGIC_AT
        pos = dump.find(_MAGIC, pos + 1)
    return None


def _of_file(content: bytes) -> Recovered | None:
    with contextlib.suppress(IntegrityError):
        session = Session.parse(content)
        device = session.header.device or "device"
        return Recovered(session.id, device, content, session.damage.blocks, session.footer is not None, 0)
    return None


def _carved(dump: bytes, known_ids: set[int]) -> list[Recovered]:
    """The sessions whose blocks lie in the dump; those of the place for the file system that gives the most blocks."""
    start = _file_system_start(dump)
    places = [start // FLASH_BLOCK] if start is not None else [0, _USUAL_START]
    blocks = max((carve(dump, place) for place in places), key=len)
    by_session: dict[int, list[Found]] = {}
    for block in blocks:
        by_session.setdefault(block.session, []).append(block)
    return [_joined(found) for session, found in by_session.items() if session not in known_ids]


def _joined(found: list[Found]) -> Recovered:
    """One session of its blocks, in their order; old copies that flash still held are the same bytes."""
    by_seq: dict[int, bytes] = {}
    conflicts = 0
    for block in found:
        if by_seq.setdefault(block.seq, block.data) != block.data:
            conflicts += 1
    data = b"".join(by_seq[seq] for seq in sorted(by_seq))
    session = Session.parse(data)
    device = session.header.device or "device"
    return Recovered(session.id, device, data, session.damage.blocks, session.footer is not None, conflicts)


def _best(sessions: list[Recovered]) -> list[Recovered]:
    """Of sessions with the same number the one with more in it."""
    best: dict[int, Recovered] = {}
    for session in sessions:
        if session.id not in best or len(session.data) > len(best[session.id].data):
            best[session.id] = session
    return list(best.values())
