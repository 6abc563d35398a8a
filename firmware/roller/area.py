"""Flash blocks that are programmed and erased in place, past the file system: where the sessions lie.

littlefs writes nothing in place. After each flush it takes another block, erases it and copies what the last one held;
it looks for free blocks by walking all that it has, whenever it likes. On a hand that rolls, all of that is a gap. So
the sessions lie in boxes: files that are written once (see `boxes`) and whose blocks are then programmed directly.
littlefs never moves the blocks of a file that nobody writes, and looks at nothing in them but its own pointers, which
are put back after each erase. `sessions` are the owners of a block; what they write begins at OWNER.

Byte of a block
0   u32[]  littlefs's pointers to earlier blocks of the box: the k-th to the one 2**k before it, as long as 2**k divides
           the block's place in the box; none in the first block
28  u32    ERASED, programmed with the pointers: where it is missing, the power failed in an erase
32  ...    the owner's; ones until it is programmed
"""

import struct
from array import array

BLOCK = 4096
OWNER = 32
ERASED = 0x45524153
MAX_BOX = 128  # blocks of one box: the pointers find room before ERASED
_MARK_AT = OWNER - 4
_ERASE = 6  # a block device's ioctl


def head(blocks, first, place):
    """The first OWNER bytes of the block blocks[first + place] of a box that begins at blocks[first]."""
    buf = bytearray(b"\xff" * OWNER)
    step = 1
    at = 0
    while place and place % step == 0:
        struct.pack_into("<I", buf, at, blocks[first + place - step])
        step *= 2
        at += 4
    struct.pack_into("<I", buf, _MARK_AT, ERASED)
    return buf


class Area:
    """The blocks of all boxes, numbered from 0; each is `size` of them long."""

    def __init__(self, raw, boxes):
        """raw: a block device with the extended protocol. boxes: for each an array of its blocks' numbers on it, of
        which the last is its map and holds no session.
        """
        self._raw = raw
        self._firsts = []
        self._blocks = array("H")
        for box in boxes:
            self._firsts.append(len(self._blocks))
            self._blocks.extend(box[:-1])

    @property
    def size(self):
        return len(self._blocks)

    def read(self, block, offset, buf):
        self._raw.readblocks(self._blocks[block], buf, offset)

    def program(self, block, offset, buf):
        """Bits go from 1 to 0 only. What is programmed stays, also if the power fails right after it."""
        self._raw.writeblocks(self._blocks[block], buf, offset)

    def is_erased(self, head_of_block):
        """Whether a block that begins like this was erased to the end, before anything was programmed."""
        return struct.unpack_from("<I", head_of_block, _MARK_AT)[0] == ERASED

    def erase(self, block):
        """One flash erase, and littlefs's pointers again."""
        for first in self._firsts:
            if first <= block:
                box = first
        self._raw.ioctl(_ERASE, self._blocks[block])
        self._raw.writeblocks(self._blocks[block], head(self._blocks, box, block - box), 0)


def of_device(raw, folder):
    """The area in the boxes of a folder, made anew or larger where flash has room for it. To be called at boot."""
    from roller import boxes, forget

    try:
        return Area(raw, boxes.ready(raw, folder))
    finally:
        forget("boxes")
