"""Makes and finds the boxes, the files of littlefs whose blocks the area programs directly. Needed at boot only.

A box is filled with ones, but for the marks that `area` wants, and its last block is its map, which no session uses.
Nothing tells which blocks of the flash littlefs gave to a file. So the map is signed with a number that this flash has
never held before, and is looked for in all blocks; from there littlefs's own pointers lead to the others. What was
found is programmed into the map and read through the file from then on. A file that was copied would bring the map of
another: so at each boot a bit is cleared in the block that the map calls its own, and must be seen through the file.

Byte of a map's block
64   16 bytes  SIGN
80   u32       the number of this box, never used before in this flash
96   u16       n, the blocks of the box, this one included
98   u16[n]    their numbers
..   u32       CRC32 of bytes 80 up to here
1024 ...       ones, of which a bit is cleared at each boot
"""

import os
import struct
from array import array
from binascii import crc32

from roller.area import BLOCK, ERASED, MAX_BOX, OWNER, head

SUFFIX = ".box"
SIGN = b"dermaroller box "
MOST = 432  # blocks in all boxes; the rest of 512 is for two copies of the application, 20 each, and one on its way
KEEP = 40  # blocks that littlefs keeps free beside the boxes: what bringing another application takes
KEEP_FIRST = 12  # likewise, where sessions of the old kind leave no room for even one box
AT_BOOT = 64  # blocks made in one boot: an erase each, and its time
_LEAST = 4
_SIGN_AT = 64
_MAP_AT = 96
_BITS_AT = 1024
_PIECE = 256


class Files:
    """What is asked of the file system; the host has one of its own for images."""

    mkdir = staticmethod(os.mkdir)
    listdir = staticmethod(os.listdir)
    remove = staticmethod(os.remove)
    open = staticmethod(open)

    @staticmethod
    def size(path):
        return os.stat(path)[6]

    @staticmethod
    def free_blocks():
        return os.statvfs("/")[3]


def ready(raw, folder, files=Files):
    """The boxes of a folder, as arrays of block numbers; one more is made if there is room for it."""
    try:
        files.mkdir(folder)
    except OSError:
        pass  # it is there already
    found = find(raw, folder, files)
    has = sum([len(box) for box in found])
    if has < AT_BOOT:
        _free_files(folder, files)
    if has < MOST:
        free = files.free_blocks()
        room = min(free - KEEP if found or free - KEEP >= _LEAST else free - KEEP_FIRST, MOST - has)
        if room >= _LEAST:
            make(raw, folder, min(room, AT_BOOT if files is Files else MAX_BOX), files)
            found = find(raw, folder, files)
    return found


def _free_files(folder, files):
    """Where sessions of the old kind leave no room for a box, confirmed ones go, oldest first."""
    for name in sorted(files.listdir(folder)):
        if name.endswith(".ok") and files.free_blocks() < KEEP + AT_BOOT:
            files.remove(folder + "/" + name)


def find(raw, folder, files=Files):
    """The boxes of a folder, without one that is a mere copy; one that was never finished is removed."""
    found = []
    for name in sorted(files.listdir(folder)):
        if name.endswith(SUFFIX):
            box = _open(raw, folder + "/" + name, files)
            if box:
                found.append(box)
    return found


def make(raw, folder, n, files=Files):
    """Write a box of n blocks and its map."""
    number = 1 + max([0] + [number for _, number in _signed(raw)])
    names = files.listdir(folder)
    free = ["%02d%s" % (i, SUFFIX) for i in range(len(names) + 1) if "%02d%s" % (i, SUFFIX) not in names]
    path = folder + "/" + free[0]
    try:
        with files.open(path, "wb") as f:
            for place in range(n):
                _fill(f, place, number if place == n - 1 else 0)
        _locate(raw, n, number)
    except OSError:
        files.remove(path)


def _fill(f, place, number):
    skip = len(_pointers(place))
    piece = bytearray(b"\xff" * _PIECE)
    struct.pack_into("<I", piece, OWNER - 4, ERASED)
    if number:
        piece[_SIGN_AT : _SIGN_AT + 20] = SIGN + struct.pack("<I", number)
    f.write(memoryview(piece)[skip:])
    piece = bytearray(b"\xff" * _PIECE)
    for _ in range(BLOCK // _PIECE - 1):
        f.write(piece)


def _pointers(place):
    """littlefs's pointers in the block at this place, as ones."""
    n = 0
    while place and place % (1 << n) == 0:
        n += 1
    return b"\xff" * (4 * n)


def _signed(raw):
    """(block, number) of every block that is or was the map of a box."""
    buf = bytearray(20)
    for block in range(raw.ioctl(4, 0)):
        raw.readblocks(block, buf, _SIGN_AT)
        if buf[:16] == SIGN:
            yield block, struct.unpack_from("<I", buf, 16)[0]


def _locate(raw, n, number):
    """Find a new box's blocks and write them into its map. OSError if they are not certain."""
    maps = [block for block, found in _signed(raw) if found == number]
    if len(maps) != 1:
        raise OSError(5)
    box = array("H", [0] * n)
    block = maps[0]
    pointer = bytearray(4)
    for place in range(n - 1, -1, -1):
        box[place] = block
        raw.readblocks(block, pointer, 0)
        block = struct.unpack("<I", pointer)[0] if place else 0
        if block >= raw.ioctl(4, 0):
            raise OSError(5)
    buf = bytearray(OWNER)
    for place in range(n):
        raw.readblocks(box[place], buf, 0)
        if buf != head(box, 0, place):
            raise OSError(5)
    body = struct.pack("<IIIIH", number, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, n) + bytes(box)
    raw.writeblocks(maps[0], body[_MAP_AT - 80 :] + struct.pack("<I", crc32(body)), _MAP_AT)


def _open(raw, path, files):
    """The blocks of one box, or None. A box without a map was never used: away with it."""
    size = files.size(path)
    n = _blocks_of(size)
    with files.open(path, "rb") as f:
        box = _read_map(f, size, n) if n else None
        is_ours = box and _is_seen(raw, box[-1], f, size)
    if not box:
        files.remove(path)
    return box if is_ours else None


def _blocks_of(size):
    """How many blocks a file of this size fills to the last byte; 0 if there are none or too many."""
    for place in range(MAX_BOX):
        size -= BLOCK - len(_pointers(place))
        if size <= 0:
            return place + 1 if not size else 0
    return 0


def _read_map(f, size, n):
    f.seek(size - BLOCK + 80)
    body = f.read(18 + 2 * n + 4)
    box = array("H", body[18 : 18 + 2 * n])
    if struct.unpack_from("<H", body, 16)[0] != n or struct.unpack_from("<I", body, 18 + 2 * n)[0] != crc32(body[:-4]):
        return None
    return box


def _is_seen(raw, block, f, size):
    """Whether what is programmed in this block is seen in the file."""
    buf = bytearray(_PIECE)
    for start in range(_BITS_AT, BLOCK, _PIECE):
        raw.readblocks(block, buf, start)
        for i in range(_PIECE):
            if buf[i]:
                at = start + i
                bits = buf[i] & (buf[i] - 1)
                raw.writeblocks(block, bytes([bits]), at)
                f.seek(size - BLOCK + at)
                return f.read(1)[0] == bits
    raw.readblocks(block, buf, _SIGN_AT)  # 24,576 boots later there is no bit left to clear
    f.seek(size - BLOCK + _SIGN_AT)
    return f.read(_PIECE) == buf
