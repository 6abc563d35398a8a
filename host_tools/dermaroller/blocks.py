"""Finds the intact blocks in the bytes of a log, and says which bytes and times between them are lost."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dermaroller.errors import NewerFormat
from roller import wire

if TYPE_CHECKING:
    from dermaroller.entries import Gap

_SYNC = wire.BLOCK_SYNC.to_bytes(2, "little")


@dataclass(frozen=True)
class Block:
    """One intact block: where it stands in the file (`pos`, `next_pos`) and where its payload does (`start`, `end`)."""

    kind: int
    session: int
    seq: int
    t_ms: int
    start: int
    end: int
    pos: int
    next_pos: int


@dataclass(frozen=True)
class Hole:
    """Bytes [start, end) of the file that belong to no intact block.

    is_cut_off: the file ends before the block does.
    """

    start: int
    end: int
    is_cut_off: bool


def scan(data: bytes) -> tuple[list[Block], list[Hole]]:
    """All intact blocks in the order of the file, and the holes between them.

    NewerFormat if a block is of a later format.
    """
    blocks: list[Block] = []
    holes: list[Hole] = []
    pos = 0
    for block in _intact_blocks(data):
        if block.pos > pos:
            holes.append(Hole(pos, block.pos, False))
        blocks.append(block)
        pos = block.next_pos
    if pos < len(data):
        holes.append(Hole(pos, len(data), _is_cut_off(data, pos)))
    return blocks, holes


def lost_times(blocks: list[Block], spans: list[tuple[int, int]]) -> "tuple[list[Gap], int]":
    """The times between blocks that do not follow each other, and how many blocks are missing there.

    spans: for each block the first and last ms that its content vouches for.
    """
    from dermaroller.entries import Gap  # its arrays' library is needed only where something is decoded

    lost: list[Gap] = []
    missing = 0
    before_seq, before_ms = -1, 0
    for block, (first_ms, last_ms) in zip(blocks, spans, strict=True):
        skipped = block.seq - before_seq - 1
        if skipped > 0:
            missing += skipped
            lost.append(Gap(before_ms / 1000, max(before_ms, first_ms) / 1000, "damaged"))
        before_seq, before_ms = block.seq, max(before_ms, last_ms)
    return lost, missing


def _intact_blocks(data: bytes) -> Iterator[Block]:
    pos = data.find(_SYNC)
    while pos >= 0:
        try:
            kind, session, seq, t_ms, start, end, next_pos = wire.parse_block(data, pos)
        except wire.WireError as error:
            if error.reason == wire.NEWER:
                raise NewerFormat(f"{error}. Update dermaroller.") from error
            next_pos = pos + 1
        else:
            yield Block(kind, session, seq, t_ms, start, end, pos, next_pos)
        pos = data.find(_SYNC, next_pos)


def _is_cut_off(data: bytes, pos: int) -> bool:
    try:
        wire.parse_block(data, pos)
    except wire.WireError as error:
        return bool(error.reason == wire.SHORT)
    return False
