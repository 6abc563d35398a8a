"""Finds the blocks of session files in a raw flash dump, without the help of its file system.

A session lies in flash blocks that need not be neighbours. Each has the session's number and its place in it at its
beginning, so that a log block that runs over the end of one goes on in the one with the next place.

Older firmware kept each session as a file. Of its flash blocks each but the first begins with pointers of littlefs; the
first of them names the flash block before it, and how many there are follows from its place in the file, which is
unknown here. So there a log block that runs over the end of a flash block is sought behind the pointers of every flash
block that names this one. Its CRC decides, as it does where a place was used twice.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from roller import stream, wire

FLASH_BLOCK = 4096
_AFTER_POINTERS = tuple(range(4, 41, 4))  # ten pointers are enough for files of 512 flash blocks and more
Followers = dict[int, list[tuple[int, tuple[int, ...]]]]
_SYNC = wire.BLOCK_SYNC.to_bytes(2, "little")
_KINDS = (wire.HEADER, wire.DATA, wire.FOOTER)


@dataclass(frozen=True)
class Found:
    """An intact block: where its first byte was, and all its bytes."""

    pos: int
    session: int
    seq: int
    kind: int
    data: bytes


def carve(dump: bytes, first_block: int = 0) -> list[Found]:
    """All intact blocks in a dump, in its order. first_block: the flash block of the dump that littlefs calls 0."""
    followers = _followers(dump, first_block)
    return [found for pos in _syncs(dump) if (found := _block_at(dump, pos, followers))]


def _syncs(dump: bytes) -> Iterator[int]:
    """Where blocks may begin; a sync word that is parted by the end of a flash block is among them."""
    pos = dump.find(_SYNC[:1])
    while pos >= 0:
        if dump[pos + 1 : pos + 2] == _SYNC[1:] or pos % FLASH_BLOCK == FLASH_BLOCK - 1:
            yield pos
        pos = dump.find(_SYNC[:1], pos + 1)


def _followers(dump: bytes, first_block: int) -> Followers:
    """For each flash block, where it may go on: [(block, offsets in it)]."""
    followers: Followers = {}
    owners = _owners(dump)
    for block in range(len(dump) // FLASH_BLOCK):
        (before,) = struct.unpack_from("<I", dump, block * FLASH_BLOCK)
        if before + first_block < len(dump) // FLASH_BLOCK:
            followers.setdefault(before + first_block, []).append((block, _AFTER_POINTERS))
    for (session, place), blocks in owners.items():
        next_ones = [(block, (stream.where(stream.FIRST_ROOM)[1],)) for block in owners.get((session, place + 1), ())]
        for block in blocks:
            followers[block] = [*next_ones, *followers.get(block, ())]
    return followers


def _owners(dump: bytes) -> dict[tuple[int, int], list[int]]:
    """The flash blocks of each place of each session."""
    owners: dict[tuple[int, int], list[int]] = {}
    for block in range(len(dump) // FLASH_BLOCK):
        at = block * FLASH_BLOCK
        owner = stream.owner(dump[at : at + stream.LOOK])
        if owner:
            owners.setdefault(owner, []).append(block)
    return owners


def _block_at(dump: bytes, pos: int, followers: Followers) -> Found | None:
    """The intact block that begins at pos."""
    end = (pos // FLASH_BLOCK + 1) * FLASH_BLOCK
    for data in _readings(dump, pos, end, b"", followers):
        try:
            kind, session, seq, _, _, _, size = wire.parse_block(data)
        except wire.WireError:
            continue
        if kind in _KINDS:
            return Found(pos, session, seq, kind, data[:size])
    return None


def _readings(dump: bytes, start: int, end: int, before: bytes, followers: Followers) -> Iterator[bytes]:
    """The bytes that may stand from `start` on, `before` being those already read; only as far as they are needed."""
    data = before + dump[start:end]
    if not _is_short(data):
        yield data
        return
    for block, offsets in followers.get((end - 1) // FLASH_BLOCK, ()):
        for offset in offsets:
            first = block * FLASH_BLOCK
            yield from _readings(dump, first + offset, first + FLASH_BLOCK, data, followers)


def _is_short(data: bytes) -> bool:
    """Whether this is the beginning of a block that goes on behind these bytes."""
    if len(data) < wire.BLOCK_HEAD:
        return _SYNC.startswith(data[:2]) or data[:2] == _SYNC
    (length,) = struct.unpack_from("<H", data, 3)
    return data[:2] == _SYNC and length <= wire.MAX_BLOCK_PAYLOAD and len(data) < length + wire.BLOCK_OVERHEAD
