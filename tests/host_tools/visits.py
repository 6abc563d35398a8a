"""Sessions of one subject over months, for tests of compare and trend: built by the format's own encoder."""

import re
import xml.etree.ElementTree
from datetime import datetime, timezone

from roller.settings import Head

from .logs import LogBuilder

DAY_S = 86_400
JANUARY = int(datetime(2026, 1, 5, 9, 30, tzinfo=timezone.utc).timestamp())
PLAN = {
    "v": 1,
    "subject": "P-0042",
    "serum": {"name": "hyaluronic acid 1 %", "lot": "H-2291"},
    "limits": {"min_interval_days": 28, "max_density_per_cm2_x10": 3000},
}
ZONES = [
    {"name": "forehead", "area_mm2": 1000, "target_per_cm2_x10": 1500},
    {"name": "left cheek", "area_mm2": 800, "target_per_cm2_x10": 1800},
]


def head(head_id="A1", max_sessions=1, **measures):
    return {**vars(Head(head_id)), "max_sessions": max_sessions, **measures}


def visit(day=0, densities=(160, 190), forces_mn=(2000,), session=1, zones=None, **header):
    """A closed session `day` days after the fifth of January, 09:30 UTC, None for a clock that was never set.

    densities: punctures per cm2 for each zone, seated drum, as near as whole strokes of 32 counts (192 punctures) come.
    forces_mn: those of the strokes, in turn.
    """
    return opened(day, densities, forces_mn, session, zones, **header).footer()


def opened(day=0, densities=(160, 190), forces_mn=(2000,), session=1, zones=None, **header):
    """The same without a footer."""
    zones = ZONES if zones is None else zones
    fields = {"plan": PLAN, "head": head(f"A{session}"), "ledger": {"sessions": 0, "revolutions": 0}}
    fields |= {"boot": session, "uptime_ms": 4000, "utc_s": None if day is None else JANUARY + round(day * DAY_S)}
    log = LogBuilder(session=session, zones=zones, **(fields | header))
    t_ms, n = 1000, 0
    for i, (zone, density) in enumerate(zip(zones, densities, strict=False)):
        for _ in range(round(density * (zone["area_mm2"] or 1000) / 100 / 192)):
            log.stroke(t_ms, 32 if n % 2 else -32, zone=i, force_mn=forces_mn[n % len(forces_mn)])
            t_ms, n = t_ms + 1200, n + 1
    return log


def write(folder, logs):
    """Files 00001.drl, 00002.drl, ... of these logs, in order; their paths."""
    paths = []
    for i, log in enumerate(logs, 1):
        paths.append(folder / f"{i:05d}.drl")
        paths[-1].write_bytes(log.data())
    return paths


def standing_alone(page):
    """Whether a page asks for nothing from elsewhere, runs nothing, and its drawings are well formed."""
    for svg in re.findall(r"<svg.*?</svg>", page, flags=re.S):
        xml.etree.ElementTree.fromstring(svg)
    outside = [url for url in re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?([^"')\s>]+)""", page) if url[0] != "#"]
    return outside == [] and "<script" not in page and "Not a medical device" in page
