"""What plain records hold, in words: for the log's header, and for whoever decodes.

Kept apart from records.py because the device needs it only for a moment in each session.
"""

from roller import records

# Name of the record, then of its fields, with their marks; records.py says what these mean.
FORMATS = {
    records.CONTACT: "contact start_ms duration_ms",
    # counts: net, signed by direction; path_counts: rolled, dither netted out; effective_counts: of these, those at or
    # above the plan's low force; counted: 1 if long enough to be a pass
    records.STROKE: (
        "stroke start_ms duration_ms ~counts ^path_counts ^effective_counts force_mean_mn ^force_peak_mn zone counted"
    ),
    records.ZONE: "zone t_ms zone",
    records.ALERT: "alert t_ms kind ~value",
    records.GAP: "gap start_ms duration_ms reason",
    records.BUTTON: "button t_ms press",
    records.CLOCK: "clock t_ms utc_s utc_ms",
    records.STRIP: "strip start_ms bins max_visits sum_visits",  # one a contact; a bin is 1/32 revolution of travel
    records.HEAD: "head t_ms event sessions revolutions",
    records.COUNTERS: (
        "counters t_ms ring_overflow late_callbacks illegal_transitions callback_errors sensor_faults log_lost_bytes"
    ),
}


UNUSED = (records.HEAD, records.COUNTERS)  # numbers that are kept for them; nothing writes them so far


def fields(tag):
    """Names of a record's fields; with their marks."""
    return FORMATS[tag].split()[1:]
