"""The two ends of a session's file: what its header and its footer say. Loaded when they are written.

Both ends of the line go by the shapes below: the device writes what they name, the host checks what it reads.
"""

import json

from roller import formats, records

# `name:kind`. Kinds: t text, n whole number from 0, q number from 0, s number above 0, c an object of whole numbers.
# Anything may be null: not known.
BEGINNING = "format:n fw:t session:n uptime_ms:n"
IDENTITY = "device:t name:t hw:t board:t chip:t machine:t micropython:t boot:n utc_s:q"
LEDGER = "sessions:n revolutions:n"
LIMITS = "min_interval_days:n max_density_per_cm2_x10:n"
SERUM = "name:t lot:t"
HEAD = (
    "needles:s drum_diameter_um:s drum_width_um:s needle_length_um:s counts_per_rev:s max_sessions:n max_revolutions:n"
    " id:t"
)
ZONE = "name:t area_mm2:s target_per_cm2_x10:n"
FORCE = "low_mn:n high_mn:n"
SETTINGS = (
    "contact_on_mn:n contact_off_mn:n lift_ms:n reversal_um:n pass_min_um:n treatment_min_passes:n confirmed_ms:n"
    " idle_ms:n gap_ms:n flush_ms:n strip_max_passes:n nm_per_count:n reversal_counts:n pass_min_counts:n"
)
FOOTER = "end:t duration_ms:n contact_ms:n gap_ms:n counters:c sha256:t"
SUMS = "passes:n path_counts:n effective_counts:n"


def of(thing, shape):
    """The attributes of a thing that a shape names, as a dict."""
    return {entry.split(":")[0]: getattr(thing, entry.split(":")[0]) for entry in shape.split()}


def rest_of_header(plan, settings, calibration):
    """Yield the header's entries that stand behind what is only known when the session opens."""
    source = plan.source  # all of it but what follows, in the form in which it is used
    yield "plan", source and {key: source[key] for key in source if key not in ("head", "zones", "force")}
    yield "head", of(plan.head, HEAD)
    yield "zones", [of(zone, ZONE) for zone in plan.zones]
    yield "force", of(plan, FORCE)
    yield "settings", of(settings, SETTINGS)
    yield "calibration", calibration.as_dict()
    fields = [
        {"name": "force", "unit": "mN", "scale": records.FORCE_STEP_MN},
        {"name": "counts", "unit": "count", "scale": 1},
    ]
    yield "samples", {"period_ms": records.SAMPLE_PERIOD_MS, "fields": fields}
    yield "records", {str(tag): formats.FORMATS[tag] for tag in formats.FORMATS if tag not in formats.UNUSED}


def footer(totals, end, duration_ms, counters, sha256):
    """Yield the footer's entries. totals: Totals."""
    yield "end", end
    yield "duration_ms", duration_ms
    yield "contact_ms", totals.contact_ms
    yield from of(totals, SUMS).items()
    zones = [totals.zones.get(i, (0, 0, 0)) for i in range(max(totals.zones) + 1 if totals.zones else 1)]
    yield "zones", [{"passes": z[0], "path_counts": z[1], "effective_counts": z[2]} for z in zones]
    yield "gap_ms", totals.gap_ms
    yield "counters", {name: counters[name] for name in counters if counters[name]}
    yield "sha256", sha256


def pieces(entries, before="{"):
    """Yield the JSON text of an object as bytes, an entry at a time. before: what stands before the first."""
    for key, value in entries:
        yield ('%s"%s":%s' % (before, key, json.dumps(value, separators=(",", ":")))).encode()
        before = ","
    yield b"}"
