"""The two ends of a session's file: what its header and its footer say. Loaded when they are written."""

import json

from roller import formats, records
from roller.plan import HEAD_KEYS

SETTINGS = (
    "contact_on_mn contact_off_mn lift_ms reversal_um pass_min_um idle_ms gap_ms flush_ms strip_max_passes"
    " nm_per_count reversal_counts pass_min_counts"
)


def rest_of_header(plan, settings, calibration):
    """Yield the header's entries that stand behind what is only known when the session opens."""
    source = plan.source  # all of it but what follows, in the form in which it is used
    yield "plan", source and {key: source[key] for key in source if key not in ("head", "zones", "force")}
    head = {name: getattr(plan.head, name) for name in HEAD_KEYS}
    head["id"] = plan.head.id
    yield "head", head
    zones = [{"name": z.name, "area_mm2": z.area_mm2, "target_per_cm2_x10": z.target_per_cm2_x10} for z in plan.zones]
    yield "zones", zones
    yield "force", {"low_mn": plan.low_mn, "high_mn": plan.high_mn}
    yield "settings", {name: getattr(settings, name) for name in SETTINGS.split()}
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
    yield "passes", totals.passes
    yield "path_counts", totals.path_counts
    yield "effective_counts", totals.effective_counts
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
