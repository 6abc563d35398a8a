"""Integers as bytes and bits: varints, zigzag and Rice codes. Integers only; MSB first within the bit stream.

decoding.py is the way back.
"""

RICE_ESCAPE = 14  # this many ones announce a value written out in ESCAPE_BITS
ESCAPE_BITS = 18
MAX_RICE_K = 15


def zigzag(n):
    """0, -1, 1, -2, ... as 0, 1, 2, 3, ..."""
    return n << 1 if n >= 0 else (-n << 1) - 1


def put_varint(buf, pos, n):
    """Write n >= 0 as base-128 digits, least first; return the position behind it."""
    while n > 127:
        buf[pos] = n & 127 | 128
        n >>= 7
        pos += 1
    buf[pos] = n
    return pos + 1


def rice_k(mean):
    """A good Rice parameter for values of this mean: the largest k with 2**(k + 1) not above it, never negative."""
    k = 0
    while k < MAX_RICE_K and 2 << k <= mean:
        k += 1
    return k


class BitWriter:
    """Appends bits to a caller's buffer from byte `pos` on. Overrunning the buffer raises IndexError."""

    def __init__(self):
        self._buf = None
        self._pos = self._acc = self._room = 0

    def begin(self, buf, pos):
        self._buf = buf
        self._pos = pos
        self._acc = 0
        self._room = 8

    def put(self, value, width):
        """The low `width` bits of value, width 0 to 16."""
        room = self._room
        acc = self._acc
        while width >= room:
            width -= room
            self._buf[self._pos] = acc << room | value >> width & (1 << room) - 1
            self._pos += 1
            acc = 0
            room = 8
        self._acc = acc << width | value & (1 << width) - 1
        self._room = room - width

    def rice(self, n, k):
        """n >= 0, below 2**ESCAPE_BITS."""
        quotient = n >> k
        if quotient >= RICE_ESCAPE:
            self.put((1 << RICE_ESCAPE) - 1, RICE_ESCAPE)
            self.put(n >> 9, ESCAPE_BITS - 9)
            self.put(n, 9)
            return
        self.put((1 << quotient + 1) - 2, quotient + 1)
        self.put(n, k)

    def end(self):
        """Pad with zeros to a whole byte; return the position behind the bits."""
        if self._room < 8:
            self.put(0, self._room)
        return self._pos
