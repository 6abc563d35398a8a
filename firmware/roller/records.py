"""What stands inside a DATA block: tagged records that a reader who does not know the tag can step over.

A record begins with a byte `tag << 4 | length of its body`; where either is 15 or more, 15 stands there and the number
follows as a varint, the tag's first. A body is a row of varints in the order of formats.py. The first field is a time,
ms since the session's start, written as the zigzag difference to where the last record of the same tag in the block
ended, or to the block's own time (see Times). A field marked `~` is zigzag coded because it can be negative, one marked
`^` as the zigzag difference to the size of the field before it. SAMPLES has, behind its time, the coding of series.py;
decoding.py is the way back.
"""

from roller.bits import put_varint, zigzag
from roller.series import put_series

SAMPLES = 1
CONTACT = 2
STROKE = 3
ZONE = 4
ALERT = 5
GAP = 6
BUTTON = 7
CLOCK = 8
HEAD = 9
COUNTERS = 10
STRIP = 11

# The marks in formats.py as bits, the first field's being 1. LONGER: the tags whose second field is a duration.
SIGNED = {STROKE: 0b100, ALERT: 0b100}
FROM_LAST = {STROKE: 0b1011000}
LONGER = 1 << CONTACT | 1 << STROKE | 1 << GAP

# Words for the numbers in `kind`, `reason`, `press` and `event`; appended to, never renumbered.
ALERT_KINDS = (
    "fault fault_over too_hard zone_done overdose log_full head_used_up interval_override low_battery edge_rate"
    " strip_overdose tare_drift head_confirmed head_unconfirmed interval_ignored head_forgotten subject_forgotten"
    " interval_over interval_unknown"
)
GAP_REASONS = "late flash ring_overflow sensor power unknown serial"
PRESSES = "short long"
HEAD_EVENTS = "start confirmed override"

SAMPLE_PERIOD_MS = 10
FORCE_STEP_MN = 10
LONG = 15  # in a record's first byte: the number follows


def number_of(words, word):
    """The number that stands for a word, in one of the rows of words above; ValueError if it is not one of them."""
    return words.split().index(word)


class Times:
    """Where the last record of each tag ended, within one block."""

    def __init__(self, t_ms=0):
        self.ms = [t_ms] * LONG

    def begin(self, t_ms):
        """A new block of this time begins."""
        for tag in range(LONG):
            self.ms[tag] = t_ms

    def take(self, tag, values):
        self.ms[tag] = values[0] + (values[1] if LONGER >> tag & 1 else 0)


def put_record(buf, pos, tag, values, times):
    """Write one plain record; values in the order of formats.py. Returns the position behind it.

    Needs up to 3 + 5 * len(values) bytes.
    """
    signed = SIGNED.get(tag, 0)
    from_last = FROM_LAST.get(tag, 0)
    body = pos + 1
    end = put_varint(buf, body, zigzag(values[0] - times.ms[tag]))
    for i in range(1, len(values)):
        n = values[i]
        if from_last >> i & 1:
            n = zigzag(n - abs(values[i - 1]))
        elif signed >> i & 1:
            n = zigzag(n)
        end = put_varint(buf, end, n)
    times.take(tag, values)
    length = end - body
    if length < LONG:
        buf[pos] = tag << 4 | length
        return end
    buf[body + 1 : end + 1] = buf[body:end]
    buf[pos] = tag << 4 | LONG
    buf[body] = length
    return end + 1


def put_samples(buf, pos, bits, t_ms, n, force_steps, counts, times):
    """Write n samples as one SAMPLES record; return the position behind it, or `pos` itself if the buffer is too small.

    force_steps: force in units of FORCE_STEP_MN, one each SAMPLE_PERIOD_MS from t_ms on. counts: signed counts in
    each period. Both array("h"). bits: a BitWriter.
    """
    body = pos + 3
    try:
        end = put_varint(buf, body, zigzag(t_ms - times.ms[SAMPLES]))
        end = put_series(buf, end, bits, n, force_steps, counts)
    except IndexError:
        return pos
    times.ms[SAMPLES] = t_ms + n * SAMPLE_PERIOD_MS
    length = end - body
    buf[pos] = SAMPLES << 4 | LONG
    buf[pos + 1] = length & 127 | 128  # a varint of fixed width, because the length is known last
    buf[pos + 2] = length >> 7
    return end
