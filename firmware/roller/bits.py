"""Integers as bytes and bits: varints, zigzag and Rice codes. Integers only; MSB first within the bit stream.

decoding.py is the way back.
"""

from array import array

from roller.native import micropython, ptr8, ptr32

RICE_ESCAPE = 14  # this many ones announce a value written out in ESCAPE_BITS
ESCAPE_BITS = 18
MAX_RICE_K = 15
CODES = 128  # that a BitWriter takes at once

# The bit stream: where the next byte goes, where the buffer ends, the bits that are not yet a byte and their number.
_POS = 0
_END = 1
_ACC = 2
_HELD = 3


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
    """Appends Rice codes to a caller's buffer from byte `pos` on. Overrunning the buffer raises IndexError.

    codes: room for CODES of them, each `value << 4 | k`, the value below 2**ESCAPE_BITS.
    """

    def __init__(self):
        self.codes = array("i", bytes(4 * CODES))
        self._buf = None
        self._stream = array("i", bytes(4 * 4))

    def begin(self, buf, pos):
        self._buf = buf
        stream = self._stream
        stream[_POS] = pos
        stream[_END] = len(buf)
        stream[_ACC] = stream[_HELD] = 0

    def write(self, n):
        """Append the first n of `codes`."""
        if not _write(self._buf, self._stream, self.codes, n):
            raise IndexError

    def rice(self, n, k):
        """Append one: n >= 0, below 2**ESCAPE_BITS."""
        self.codes[0] = n << 4 | k
        self.write(1)

    def end(self):
        """Pad with zeros to a whole byte; return the position behind the bits."""
        stream = self._stream
        held = stream[_HELD]
        if held:
            self._buf[stream[_POS]] = stream[_ACC] << 8 - held & 255
        return stream[_POS] + (1 if held else 0)


@micropython.viper
def _write(buf: ptr8, stream: ptr32, codes: ptr32, n: int) -> int:
    """Append n codes: value >> k ones and a zero, then the low k bits; 0 if buf is too small, which leaves it half
    written.

    A part has at most ESCAPE_BITS bits and finds at most 7 waiting, so that they fit a word.
    """
    pos = stream[_POS]
    end = stream[_END]
    acc = stream[_ACC]
    held = stream[_HELD]
    for i in range(n):
        rest = codes[i] & 15
        value = codes[i] >> 4
        ones = value >> rest
        if ones < RICE_ESCAPE:
            acc = acc << ones + 1 | (2 << ones) - 2
            held += ones + 1
        else:
            acc = acc << RICE_ESCAPE | (1 << RICE_ESCAPE) - 1
            held += RICE_ESCAPE
            rest = ESCAPE_BITS
        while held >= 8:
            if pos >= end:
                return 0
            held -= 8
            buf[pos] = acc >> held & 255
            pos += 1
        acc = (acc & (1 << held) - 1) << rest | value & (1 << rest) - 1
        held += rest
        while held >= 8:
            if pos >= end:
                return 0
            held -= 8
            buf[pos] = acc >> held & 255
            pos += 1
        acc &= (1 << held) - 1
    stream[_POS] = pos
    stream[_ACC] = acc
    stream[_HELD] = held
    return 1
