"""A run of samples as bits: force as Rice-coded surprises, counts as Rice-coded pauses between them.

The force of each sample is predicted from the three before it in one of the ways of PREDICTORS, whichever fits this run
best. Counts are rare in slow rolling, so what is written is how many samples pass without one, then how many came. No
parameter is written: each follows from a running mean of the values before it, so that it fits touching, rolling and
resting alike. decoding.py is the way back.
"""

from roller.bits import put_varint, rice_k, zigzag

MAX_SAMPLES = 1024  # in one run
FORCE_LIMIT = 9999  # of a sample, either sign, in steps; counts as well

# Weights of the last, the last but one and the one before it, in quarters: it stays; it goes on at half pace; a curve.
PREDICTORS = ((4, 0, 0), (6, -2, 0), (9, -7, 2))
# Starting values and speeds of the running means, held as their 2**shift-fold.
FORCE_MEAN, FORCE_SHIFT = 32, 3
PAUSE_MEAN, PAUSE_SHIFT = 8, 1
COUNT_MEAN, COUNT_SHIFT = 0, 2


def put_series(buf, pos, bits, n, force_steps, counts):
    """Write n samples, at least one; return the position behind them. IndexError if buf is too small.

    force_steps, counts: signed, at most FORCE_LIMIT. bits: a BitWriter. Layout: varint of n << 3 | is_backward << 2 |
    predictor; zigzag varint of the first force; bits of the others' differences from their predictions, zigzag; bits of
    the counts.
    """
    predictor = _best_predictor(n, force_steps)
    net = 0
    for i in range(n):
        net += counts[i]
    is_backward = net < 0
    pos = put_varint(buf, pos, n << 3 | is_backward << 2 | predictor)
    pos = put_varint(buf, pos, zigzag(force_steps[0]))
    bits.begin(buf, pos)
    _put_force(bits, n, force_steps, PREDICTORS[predictor])
    _put_counts(bits, n, counts, 1 if is_backward else -1)
    return bits.end()


def _best_predictor(n, force_steps):
    """The index of the predictor with the smallest differences."""
    stay = pace = curve = 0
    a = b = c = force_steps[0]
    for i in range(n):
        force = force_steps[i]
        stay += abs(force - a)
        pace += abs(force - (6 * a - 2 * b + 2 >> 2))
        curve += abs(force - (9 * a - 7 * b + 2 * c + 2 >> 2))
        c = b
        b = a
        a = force
    if curve < stay and curve < pace:
        return 2
    return 1 if pace < stay else 0


def _put_force(bits, n, force_steps, weights):
    u, v, w = weights
    a = b = c = force_steps[0]
    mean = FORCE_MEAN
    for i in range(1, n):
        value = zigzag(force_steps[i] - (u * a + v * b + w * c + 2 >> 2))
        bits.rice(value, rice_k(mean >> FORCE_SHIFT))
        mean += value - (mean >> FORCE_SHIFT)
        c = b
        b = a
        a = force_steps[i]


def _put_counts(bits, n, counts, sign):
    """sign turns the common direction negative, for which zigzag has the smaller codes."""
    pause = 0
    pause_mean = PAUSE_MEAN
    count_mean = COUNT_MEAN
    for i in range(n):
        count = counts[i]
        if not count:
            pause += 1
            continue
        bits.rice(pause, rice_k((pause_mean >> PAUSE_SHIFT) + 1))
        pause_mean += pause - (pause_mean >> PAUSE_SHIFT)
        pause = 0
        value = zigzag(sign * count) - 1
        bits.rice(value, rice_k(count_mean >> COUNT_SHIFT))
        count_mean += value - (count_mean >> COUNT_SHIFT)
    if pause:
        bits.rice(pause, rice_k((pause_mean >> PAUSE_SHIFT) + 1))
