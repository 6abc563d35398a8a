"""What stands inside a DATA block: tagged records, each `tag, varint length, body`; unknown tags can be stepped over.

Times are milliseconds since the session's start. A record of plain numbers is a row of varints; formats.py names them
and reads all of this again. SAMPLES has its own coding, described at put_samples.
"""

from roller.bits import put_varint, rice_k, zigzag

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

SIGNED = {STROKE: 1 << 2, ALERT: 1 << 2}  # bits of the fields that can be negative

# Words for the numbers in `kind`, `reason`, `press` and `event`; appended to, never renumbered.
ALERT_KINDS = (
    "fault fault_over too_hard zone_done overdose log_full head_used_up interval_override low_battery edge_rate"
    " strip_overdose tare_drift head_confirmed head_unconfirmed interval_ignored"
)
GAP_REASONS = "late flash ring_overflow sensor power unknown serial"
PRESSES = "short long"
HEAD_EVENTS = "start confirmed override"

SAMPLE_PERIOD_MS = 10
FORCE_STEP_MN = 10
FLIP = 128  # in SAMPLES' parameter byte pair: counts run backwards


def number_of(words, word):
    """The number that stands for a word, in one of the rows of words above; ValueError if it is not one of them."""
    return words.split().index(word)


def put_record(buf, pos, tag, values):
    """Write one plain record; values in the order of formats.FORMATS. Returns the position behind it.

    Needs up to 2 + 5 * len(values) bytes.
    """
    body = pos + 2
    end = body
    signed = SIGNED.get(tag, 0)
    for n in values:
        end = put_varint(buf, end, zigzag(n) if signed & 1 else n)
        signed >>= 1
    buf[pos] = tag
    buf[pos + 1] = end - body
    return end


def put_samples(buf, pos, bits, t_ms, n, force_steps, counts):
    """Write n samples as one SAMPLES record; return the position behind it, or `pos` itself if the buffer is too small.

    force_steps: force in units of FORCE_STEP_MN, one each SAMPLE_PERIOD_MS from t_ms on. counts: signed counts in
    each period.
    bits: a BitWriter. Body: varint t_ms, varint n, zigzag varint of the first force, u8 Rice parameter of the
    force differences,
    u8 Rice parameter of the counts (bit 7: counts are negated first, so that the common direction has the short codes),
    then for each sample the zigzag force difference to the one before and the count, mapped 0, 1, -1, 2, ... to 0,
    1, 2, 3, ...
    """
    force_sum = count_sum = net = 0
    last = force_steps[0]
    for i in range(n):
        step = force_steps[i] - last
        last += step
        force_sum += zigzag(step)
        net += counts[i]
        count_sum += abs(counts[i])
    sign = -1 if net < 0 else 1
    k_force = rice_k(force_sum, n)
    k_count = rice_k(2 * count_sum, n)
    try:
        body = pos + 4
        end = put_varint(buf, body, t_ms)
        end = put_varint(buf, end, n)
        end = put_varint(buf, end, zigzag(force_steps[0]))
        buf[end] = k_force
        buf[end + 1] = k_count | (FLIP if net < 0 else 0)
        bits.begin(buf, end + 2)
        last = force_steps[0]
        for i in range(n):
            step = force_steps[i] - last
            last += step
            bits.rice(zigzag(step), k_force)
            bits.rice(zigzag(-sign * counts[i]), k_count)
        end = bits.end()
    except IndexError:
        return pos
    length = end - body
    buf[pos] = SAMPLES
    buf[pos + 1] = length & 127 | 128  # a varint of fixed width, because the length is known last
    buf[pos + 2] = length >> 7 & 127 | 128
    buf[pos + 3] = length >> 14
    return end
