"""Integers as bytes and bits: varints, zigzag and Rice codes. Integers only; MSB first within the bit stream."""

RICE_ESCAPE = 20  # this many ones announce a value written out in ESCAPE_BITS
ESCAPE_BITS = 16
MAX_RICE_K = 12


def zigzag(n):
    """0, -1, 1, -2, ... as 0, 1, 2, 3, ..."""
    return n << 1 if n >= 0 else (-n << 1) - 1


def unzigzag(n):
    return -(n + 1 >> 1) if n & 1 else n >> 1


def put_varint(buf, pos, n):
    """Write n >= 0 as base-128 digits, least first; return the position behind it."""
    while n > 127:
        buf[pos] = n & 127 | 128
        n >>= 7
        pos += 1
    buf[pos] = n
    return pos + 1


def get_varint(buf, pos, end):
    """(n, position behind it); ValueError if it runs past `end` or past five bytes."""
    n = shift = 0
    while pos < end and shift < 35:
        byte = buf[pos]
        pos += 1
        n |= (byte & 127) << shift
        if byte < 128:
            return n, pos
        shift += 7
    raise ValueError("varint runs past its record")


def rice_k(total, n):
    """A good Rice parameter for n values of sum `total`: the largest k with n * 2**k not above the sum, never
    negative.
    """
    k = 0
    while k < MAX_RICE_K and n << (k + 1) <= total:
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
            self.put(0xFFFF, 16)
            self.put(0xF, RICE_ESCAPE - 16)
            self.put(n, ESCAPE_BITS)
            return
        while quotient > 15:
            self.put(0xFFFF, 16)
            quotient -= 16
        self.put((1 << quotient + 1) - 2, quotient + 1)
        self.put(n, k)

    def end(self):
        """Pad with zeros to a whole byte; return the position behind the bits."""
        if self._room < 8:
            self.put(0, self._room)
        return self._pos


class BitReader:
    """Reads what BitWriter wrote; ValueError where the bits end too soon."""

    def __init__(self, buf, pos, end):
        self._buf = buf
        self._pos = pos
        self._end = end
        self._left = 0
        self._byte = 0

    def bit(self):
        if not self._left:
            if self._pos >= self._end:
                raise ValueError("bits end too soon")
            self._byte = self._buf[self._pos]
            self._pos += 1
            self._left = 8
        self._left -= 1
        return self._byte >> self._left & 1

    def get(self, width):
        n = 0
        for _ in range(width):
            n = n << 1 | self.bit()
        return n

    def rice(self, k):
        quotient = 0
        while self.bit():
            quotient += 1
            if quotient == RICE_ESCAPE:
                return self.get(ESCAPE_BITS)
        return quotient << k | self.get(k)
