"""Names of the log's records and of their fields, and how they are read again: on the host, and after a power cut."""

from roller.bits import BitReader, get_varint, unzigzag
from roller.records import (
    ALERT,
    BUTTON,
    CLOCK,
    CONTACT,
    COUNTERS,
    FLIP,
    GAP,
    HEAD,
    SIGNED,
    STRIP,
    STROKE,
    ZONE,
)

# Name of the record, then of its fields; `~` marks a field that can be negative. One text each, because on the device
# every name that stands alone takes room of its own.
FORMATS = {
    CONTACT: "contact start_ms duration_ms",
    # counts: net, signed by direction; path_counts: rolled, dither netted out; effective_counts: of these, those at or
    # above the plan's low force; counted: 1 if long enough to be a pass
    STROKE: "stroke start_ms duration_ms ~counts path_counts effective_counts force_mean_mn force_peak_mn zone counted",
    ZONE: "zone t_ms zone",
    ALERT: "alert t_ms kind ~value",
    GAP: "gap start_ms duration_ms reason",
    BUTTON: "button t_ms press",
    CLOCK: "clock t_ms utc_s utc_ms",
    STRIP: "strip start_ms bins max_visits sum_visits",  # one a contact; a bin is 1/32 revolution of travel
    HEAD: "head t_ms event sessions revolutions",
    COUNTERS: (
        "counters t_ms ring_overflow late_callbacks illegal_transitions callback_errors sensor_faults log_lost_bytes"
    ),
}


def fields(tag):
    """Names of a record's fields; those of FORMATS that can be negative with their `~`."""
    return FORMATS[tag].split()[1:]


def get_record(buf, tag, pos, end):
    """The values of a plain record as a list in FORMATS order; missing trailing fields are 0, further ones ignored."""
    values = []
    signed = SIGNED.get(tag, 0)
    for _ in range(FORMATS[tag].count(" ")):
        n = 0
        if pos < end:
            n, pos = get_varint(buf, pos, end)
        values.append(unzigzag(n) if signed & 1 else n)
        signed >>= 1
    return values


def records(buf, pos, end):
    """Yield (tag, body start, body end) for each record in buf[pos:end]; ValueError if one runs past the end."""
    while pos < end:
        tag = buf[pos]
        length, start = get_varint(buf, pos + 1, end)
        pos = start + length
        if pos > end:
            raise ValueError("record runs past its block")
        yield tag, start, pos


def get_samples(buf, pos, end):
    """(t_ms, list of force steps, list of counts) of a SAMPLES body; ValueError if it is not one."""
    t_ms, pos = get_varint(buf, pos, end)
    n, pos = get_varint(buf, pos, end)
    force, pos = get_varint(buf, pos, end)
    if end - pos < 2 or n > 4 * (end - pos):
        raise ValueError("more samples promised than the record can hold")
    k_force = buf[pos]
    k_count = buf[pos + 1] & 127
    sign = -1 if buf[pos + 1] & FLIP else 1
    force = unzigzag(force)
    force_steps = []
    counts = []
    bits = BitReader(buf, pos + 2, end)
    for _ in range(n):
        force += unzigzag(bits.rice(k_force))
        force_steps.append(force)
        counts.append(-sign * unzigzag(bits.rice(k_count)))
    return t_ms, force_steps, counts
