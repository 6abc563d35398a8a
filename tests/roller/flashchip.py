"""Flash without a chip, for the stories: each folder has one of its own, which outlives the handle."""

import os
from array import array

from roller import stream
from roller.area import BLOCK, OWNER, Area, head
from roller.legacy import SUFFIXES
from roller.store import SessionStore

BLOCKS = 400  # for sessions
BOX = 101  # blocks, of which the last is the box's map

_ONES = memoryview(b"\xff" * BLOCK)
_flashes = {}


class Flash:
    """A block device. Its blocks are as those of a new box, and take RAM once something is programmed into them."""

    def __init__(self):
        self.blocks = {}
        self.erases = 0
        self.fails_after = -1  # operations

    def readblocks(self, block, buf, offset):
        content = self.blocks.get(block)
        if content is None:
            buf[:] = _ONES[: len(buf)]
            if offset < OWNER:
                marked = self._head(block)[offset:]
                n = min(len(buf), len(marked))
                buf[:n] = marked[:n]
        else:
            buf[:] = memoryview(content)[offset : offset + len(buf)]

    def writeblocks(self, block, buf, offset):
        self._operate()
        if block not in self.blocks:
            self.blocks[block] = bytearray(_ONES)
            self.blocks[block][:OWNER] = self._head(block)
        content = self.blocks[block]
        for i in range(len(buf)):
            content[offset + i] &= buf[i]

    def ioctl(self, request, block):
        self._operate()
        self.erases += 1
        self.blocks[block] = bytearray(_ONES)
        return 0

    def _operate(self):
        if not self.fails_after:
            raise OSError(5)
        self.fails_after -= 1

    def _head(self, block):
        first = block // BOX * BOX
        return head(_numbers(first), 0, block - first)


def _numbers(first):
    return array("H", range(first, first + BOX))


def flash_of(folder):
    return _flashes.setdefault(folder, Flash())


def forget_flash(folder):
    _flashes.pop(folder, None)


def area_of(folder, blocks=BLOCKS):
    boxes = []
    while blocks > 0:
        boxes.append(_numbers(len(boxes) * BOX)[: min(blocks + 1, BOX)])
        blocks -= BOX - 1
    return Area(flash_of(folder), boxes)


def store_in(folder, last_number=0, keep_number=lambda n: None, blocks=BLOCKS):
    """The store as a boot finds it."""
    return SessionStore(area_of(folder, blocks), folder, last_number, keep_number)


def occupy(store, blocks, is_confirmed=False):
    """A closed session of so many blocks; its number."""
    session = store.new_number()
    store.create(session).write(bytes(stream.start_of(blocks)))
    store.finish(session)
    if is_confirmed:
        store.confirm(session)
    return session


def logged(folder):
    """The sessions in a folder's flash and in the folder, as files of the old kind would hold them: {name: bytes}."""
    if folder not in _flashes:
        return {}
    sessions = store_in(folder)
    found = {}
    for session, size, state in sessions.listing():
        with sessions.open_file(session) as f:
            found["%05d%s" % (session, SUFFIXES[state])] = f.read(size)
    return found


def names(folder):
    """The names of the sessions there, and of what else lies in the folder."""
    return sorted(set(logged(folder)) | set(os.listdir(folder)))
