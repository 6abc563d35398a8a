"""A run of samples as bits: force as Rice-coded surprises, counts as Rice-coded pauses between them.

The force of each sample is predicted from the three before it in one of the ways of PREDICTORS, whichever fits this run
best. Counts are rare in slow rolling, so what is written is how many samples pass without one, then how many came. No
parameter is written: each follows from a running mean of the values before it, so that it fits touching, rolling and
resting alike. decoding.py is the way back.
"""

from array import array

from roller.bits import MAX_RICE_K, put_varint, rice_k, zigzag
from roller.native import micropython, ptr16, ptr32

MAX_SAMPLES = 1024  # in one run
FORCE_LIMIT = 9999  # of a sample, either sign, in steps; counts as well

# Weights of the last, the last but one and the one before it, in quarters: it stays; it goes on at half pace; a curve.
PREDICTORS = ((4, 0, 0), (6, -2, 0), (9, -7, 2))
# Starting values and speeds of the running means, held as their 2**shift-fold.
FORCE_MEAN = 32
FORCE_SHIFT = 3
PAUSE_MEAN = 8
PAUSE_SHIFT = 1
COUNT_MEAN = 0
COUNT_SHIFT = 2

_PIECE = 60  # samples made into codes at once; of each come two codes at most, and one pause of the last

# What is carried from piece to piece: the last three forces and the running mean; the predictor's weights; pause and
# the running means of pauses and counts, and the sign that turns the common direction negative, for which zigzag has
# the smaller codes.
_A = 0
_B = 1
_C = 2
_MEAN = 3
_U = 4
_V = 5
_W = 6
_PAUSE = 0
_PAUSE_MEAN = 1
_COUNT_MEAN = 2
_SIGN = 3

_carried = array("i", bytes(4 * 7))


def put_series(buf, pos, bits, n, force_steps, counts):
    """Write n samples, at least one; return the position behind them. IndexError if buf is too small.

    force_steps, counts: array("h"), signed, at most FORCE_LIMIT. bits: a BitWriter. Layout: varint of
    n << 3 | is_backward << 2 | predictor; zigzag varint of the first force; bits of the others' differences from their
    predictions, zigzag; bits of the counts.
    """
    predictor = _best_predictor(force_steps, n)
    is_backward = _net(counts, n) < 0
    pos = put_varint(buf, pos, n << 3 | is_backward << 2 | predictor)
    pos = put_varint(buf, pos, zigzag(force_steps[0]))
    bits.begin(buf, pos)
    _put_force(bits, n, force_steps, PREDICTORS[predictor])
    _put_counts(bits, n, counts, 1 if is_backward else -1)
    return bits.end()


def _put_force(bits, n, force_steps, weights):
    carried = _carried
    carried[_A] = carried[_B] = carried[_C] = force_steps[0]
    carried[_MEAN] = FORCE_MEAN
    carried[_U], carried[_V], carried[_W] = weights
    for start in range(1, n, _PIECE):
        end = min(n, start + _PIECE)
        _force_codes(bits.codes, carried, force_steps, start, end)
        bits.write(end - start)


def _put_counts(bits, n, counts, sign):
    carried = _carried
    carried[_PAUSE] = 0
    carried[_PAUSE_MEAN] = PAUSE_MEAN
    carried[_COUNT_MEAN] = COUNT_MEAN
    carried[_SIGN] = sign
    for start in range(0, n, _PIECE):
        end = min(n, start + _PIECE)
        bits.write(_count_codes(bits.codes, carried, counts, start, end))
    pause = carried[_PAUSE]
    if pause:
        bits.rice(pause, rice_k((carried[_PAUSE_MEAN] >> PAUSE_SHIFT) + 1))


@micropython.viper
def _best_predictor(force_steps: ptr16, n: int) -> int:
    """The index of the predictor with the smallest differences."""
    stay = 0
    pace = 0
    curve = 0
    a = force_steps[0]
    if a > 32767:
        a -= 65536
    b = a
    c = a
    for i in range(1, n):
        force = force_steps[i]
        if force > 32767:
            force -= 65536
        d = force - a
        stay += d if d >= 0 else 0 - d
        d = force - (6 * a - 2 * b + 2 >> 2)
        pace += d if d >= 0 else 0 - d
        d = force - (9 * a - 7 * b + 2 * c + 2 >> 2)
        curve += d if d >= 0 else 0 - d
        c = b
        b = a
        a = force
    if curve < stay and curve < pace:
        return 2
    if pace < stay:
        return 1
    return 0


@micropython.viper
def _net(counts: ptr16, n: int) -> int:
    net = 0
    for i in range(n):
        count = counts[i]
        net += count
        if count > 32767:
            net -= 65536
    return net


@micropython.viper
def _force_codes(codes: ptr32, carried: ptr32, force_steps: ptr16, start: int, end: int):
    """Codes for a BitWriter of the samples from start to end."""
    a = carried[_A]
    b = carried[_B]
    c = carried[_C]
    mean = carried[_MEAN]
    for i in range(start, end):
        force = force_steps[i]
        if force > 32767:
            force -= 65536
        value = force - (carried[_U] * a + carried[_V] * b + carried[_W] * c + 2 >> 2) << 1
        if value < 0:
            value = -1 - value
        k = 0
        while k < MAX_RICE_K and 2 << k <= mean >> FORCE_SHIFT:
            k += 1
        codes[i - start] = value << 4 | k
        mean += value - (mean >> FORCE_SHIFT)
        c = b
        b = a
        a = force
    carried[_A] = a
    carried[_B] = b
    carried[_C] = c
    carried[_MEAN] = mean


@micropython.viper
def _count_codes(codes: ptr32, carried: ptr32, counts: ptr16, start: int, end: int) -> int:
    """Codes for a BitWriter of the samples from start to end; returns how many. A pause may go on behind them."""
    pause = carried[_PAUSE]
    pause_mean = carried[_PAUSE_MEAN]
    count_mean = carried[_COUNT_MEAN]
    n = 0
    for i in range(start, end):
        count = counts[i]
        if not count:
            pause += 1
            continue
        if count > 32767:
            count -= 65536
        k = 0
        while k < MAX_RICE_K and 2 << k <= (pause_mean >> PAUSE_SHIFT) + 1:
            k += 1
        codes[n] = pause << 4 | k
        pause_mean += pause - (pause_mean >> PAUSE_SHIFT)
        pause = 0
        value = carried[_SIGN] * count << 1
        if value < 0:
            value = -1 - value
        value -= 1
        k = 0
        while k < MAX_RICE_K and 2 << k <= count_mean >> COUNT_SHIFT:
            k += 1
        codes[n + 1] = value << 4 | k
        count_mean += value - (count_mean >> COUNT_SHIFT)
        n += 2
    carried[_PAUSE] = pause
    carried[_PAUSE_MEAN] = pause_mean
    carried[_COUNT_MEAN] = count_mean
    return n
