"""The way back: records and samples from bytes. The reference for every other decoder.

The device loads this only to close what a power cut left open.
"""

from roller import formats, records
from roller.bits import ESCAPE_BITS, RICE_ESCAPE, rice_k
from roller.series import (
    COUNT_MEAN,
    COUNT_SHIFT,
    FORCE_LIMIT,
    FORCE_MEAN,
    FORCE_SHIFT,
    MAX_SAMPLES,
    PAUSE_MEAN,
    PAUSE_SHIFT,
    PREDICTORS,
)


def unzigzag(n):
    return -(n + 1 >> 1) if n & 1 else n >> 1


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


def get_record(buf, tag, pos, end, times):
    """The values of a plain record as a list, as formats.py names them; missing trailing fields are 0, further ones
    ignored.
    """
    signed = records.SIGNED.get(tag, 0)
    from_last = records.FROM_LAST.get(tag, 0)
    values = []
    for i in range(formats.FORMATS[tag].count(" ")):
        n = 0
        if pos < end:
            n, pos = get_varint(buf, pos, end)
        if not i:
            n = unzigzag(n) + times.ms[tag]
        elif from_last >> i & 1:
            n = unzigzag(n) + abs(values[-1])
        elif signed >> i & 1:
            n = unzigzag(n)
        values.append(n)
    times.take(tag, values)
    return values


def rows(buf, pos, end):
    """Yield (tag, body start, body end) for each record in buf[pos:end]; ValueError if one runs past the end."""
    while pos < end:
        tag = buf[pos] >> 4
        length = buf[pos] & records.LONG
        pos += 1
        if tag == records.LONG:
            tag, pos = get_varint(buf, pos, end)
        if length == records.LONG:
            length, pos = get_varint(buf, pos, end)
        start = pos
        pos += length
        if pos > end:
            raise ValueError("record runs past its block")
        yield tag, start, pos


def get_samples(buf, pos, end, times):
    """(t_ms, list of force steps, list of counts) of a SAMPLES body; ValueError if it is not one."""
    passed, pos = get_varint(buf, pos, end)
    t_ms = times.ms[records.SAMPLES] + unzigzag(passed)
    force_steps, counts = get_series(buf, pos, end)
    times.ms[records.SAMPLES] = t_ms + len(counts) * records.SAMPLE_PERIOD_MS
    return t_ms, force_steps, counts


def get_series(buf, pos, end):
    """(force steps, counts) as two lists; ValueError if these bytes are no series."""
    n, predictor, is_backward, force, pos = get_head(buf, pos, end)
    bits = BitReader(buf, pos, end)
    force_steps = _get_force(bits, n, force, PREDICTORS[predictor])
    return force_steps, _get_counts(bits, n, 1 if is_backward else -1)


def get_head(buf, pos, end):
    """(n, predictor, is_backward, first force, position of the bits); ValueError if the bits cannot hold n samples."""
    head, pos = get_varint(buf, pos, end)
    force, pos = get_varint(buf, pos, end)
    n = head >> 3
    if not 0 < n <= MAX_SAMPLES or n > 8 * (end - pos) or head & 3 >= len(PREDICTORS):
        raise ValueError("more samples promised than the record can hold")
    force = unzigzag(force)
    if abs(force) > FORCE_LIMIT:
        raise ValueError("force beyond what is ever written")
    return n, head & 3, head >> 2 & 1, force, pos


def _get_force(bits, n, first, weights):
    u, v, w = weights
    a = b = c = first
    mean = FORCE_MEAN
    force_steps = [first]
    for _ in range(1, n):
        value = bits.rice(rice_k(mean >> FORCE_SHIFT))
        mean += value - (mean >> FORCE_SHIFT)
        force = unzigzag(value) + (u * a + v * b + w * c + 2 >> 2)
        if abs(force) > FORCE_LIMIT:
            raise ValueError("force beyond what is ever written")
        force_steps.append(force)
        c = b
        b = a
        a = force
    return force_steps


def _get_counts(bits, n, sign):
    counts = []
    pause_mean = PAUSE_MEAN
    count_mean = COUNT_MEAN
    while len(counts) < n:
        pause = bits.rice(rice_k((pause_mean >> PAUSE_SHIFT) + 1))
        pause_mean += pause - (pause_mean >> PAUSE_SHIFT)
        if len(counts) + pause > n:
            raise ValueError("counts run past their samples")
        counts.extend([0] * pause)
        if len(counts) < n:
            value = bits.rice(rice_k(count_mean >> COUNT_SHIFT))
            if value >= 2 * FORCE_LIMIT:
                raise ValueError("counts beyond what is ever written")
            count_mean += value - (count_mean >> COUNT_SHIFT)
            counts.append(sign * unzigzag(value + 1))
    return counts


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
