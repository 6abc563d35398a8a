"""The bytes of one session in the blocks of the area: what reads them, and what writes them at the end.

Byte of a block that has an owner
32  u16  SESSION
34  u16  session number
36  u16  place of the block in the session, from 0
38  u16  ones
40  u32  CRC32 of bytes 32 up to here
64  ...  the session's bytes; in its first block they begin at 128, after its marks

Marks, ones until they are programmed
64  u32  bytes of the session, with a CRC32 behind it: closed
80  u8   not ones: confirmed, as a host has proved that it holds the session
96  u8   not ones: removed; its blocks may be erased
"""

import struct
from binascii import crc32

from roller.area import BLOCK, OWNER

SESSION = 0x5E55
HEAD = 12
CLOSED_AT = 64
CONFIRMED_AT = 80
REMOVED_AT = 96
MARKED = b"\0"
_FIRST = 128
_DATA = 64
FIRST_ROOM = BLOCK - _FIRST
ROOM = BLOCK - _DATA
LOOK = REMOVED_AT + 1  # bytes from a block's beginning that tell all about it


def pack_head(session, place):
    head = struct.pack("<HHHH", SESSION, session, place, 0xFFFF)
    return head + struct.pack("<I", crc32(head))


def owner(look):
    """(session, place) of a block that begins with these bytes; None if it has no owner."""
    magic, session, place, _, crc = struct.unpack_from("<HHHHI", look, OWNER)
    if magic != SESSION or crc != crc32(memoryview(look)[OWNER : OWNER + HEAD - 4]):
        return None
    return session, place


def closed_mark(session, size):
    mark = struct.pack("<I", size)
    return mark + struct.pack("<I", crc32(struct.pack("<H", session) + mark))


def closed_size(session, look):
    """The bytes of a closed session whose first block begins with `look`; -1 if it is open."""
    size = struct.unpack_from("<I", look, CLOSED_AT)[0]
    return size if closed_mark(session, size) == look[CLOSED_AT : CLOSED_AT + 8] else -1


def is_marked(look, at):
    return look[at] != 0xFF


def state(session, look):
    """0 open, 1 closed, 2 confirmed."""
    if closed_size(session, look) < 0:
        return 0
    return 2 if is_marked(look, CONFIRMED_AT) else 1


def end(blocks, session):
    """The size of a session that nobody closed: up to the last byte that was programmed."""
    place = blocks.last_place(session)
    block = blocks.find(session, place, 0)
    first = _DATA if place else _FIRST
    piece = bytearray(32)
    for at in range(BLOCK - len(piece), first - 1, -len(piece)):
        blocks.area.read(block, at, piece)
        programmed = bytes(piece).rstrip(b"\xff")
        if programmed:
            return start_of(place) + at - first + len(programmed)
    return start_of(place)


def start_of(place):
    """The session's byte with which the block at this place begins."""
    return FIRST_ROOM + (place - 1) * ROOM if place else 0


def where(position):
    """(place of the block, offset in it, bytes from there to its end) of a session's byte."""
    if position < FIRST_ROOM:
        return 0, _FIRST + position, FIRST_ROOM - position
    place, rest = divmod(position - FIRST_ROOM, ROOM)
    return place + 1, _DATA + rest, ROOM - rest


class Reader:
    """A session's bytes as a file, up to those that there were when it was opened."""

    def __init__(self, blocks, session, size):
        self._blocks = blocks
        self._session = session
        self.size = size
        self._at = 0
        self._block = -1  # the one read last, from where the next is looked for

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def close(self):
        pass

    def seek(self, position):
        self._at = position

    def read(self, n):
        buf = bytearray(max(0, min(n, self.size - self._at)))
        return bytes(memoryview(buf)[: self.readinto(buf)])

    def readinto(self, buf):
        """Bytes read into buf: less than it holds at the session's end only."""
        n = min(len(buf), self.size - self._at)
        view = memoryview(buf)
        done = 0
        while done < n:
            place, offset, room = where(self._at)
            self._block = self._blocks.find(self._session, place, self._block)
            room = min(room, n - done)
            self._blocks.area.read(self._block, offset, view[done : done + room])
            done += room
            self._at += room
        return done


class Writer:
    """Adds to a session. What write() has returned from is safe."""

    def __init__(self, blocks, session, block, place=0, size=0):
        """block: the session's last one, at this place in it."""
        self._blocks = blocks
        self.session = session
        self._block = block
        self._place = place
        self.size = size

    def write(self, data):
        """OSError if flash fails or is full; what came before stays."""
        view = memoryview(data)
        done = 0
        while done < len(view):
            place, offset, room = where(self.size)
            if place > self._place:
                self._block = self._blocks.take(self.session, place)
                self._place = place
            n = min(room, len(view) - done)
            self._blocks.area.program(self._block, offset, view[done : done + n])
            done += n
            self.size += n
        return done
