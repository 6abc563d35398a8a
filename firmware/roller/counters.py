"""What a handle counts of its losses and of what is out of order: the one list of it.

`info` tells all of them, a session's footer those that grew; the host's verdict has a word on each.
"""

# By name, how often it happened since boot. Names are only ever added: logs hold them.
COUNTERS = {
    "ring_overflow": lambda app: app.ring.overflow,
    "late_callbacks": lambda app: app.meter.late,
    "illegal_transitions": lambda app: app.hal.illegal_transitions(),
    "callback_errors": lambda app: app.sampler.errors,
    "sensor_faults": lambda app: app.meter.force.faults,
    "sensor_silences": lambda app: app.hal.sensor_silences(),
    "edge_rate_warnings": lambda app: app.meter.too_fast,
    "gaps": lambda app: app.session.gaps,
    "log_lost_bytes": lambda app: app.session.lost_bytes,
    "bad_requests": lambda app: app.link.bad_requests,
    "cut_answers": lambda app: app.link.cut_answers,
}


def read(app):
    """All of them, as a dict of whole numbers."""
    return {name: COUNTERS[name](app) for name in COUNTERS}
