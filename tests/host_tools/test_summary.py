"""The numbers of a session, against arithmetic done by hand."""

import pytest

from dermaroller.entries import Gap
from dermaroller.session import Session
from dermaroller.summary import summary, union_s
from roller import records

from .logs import LogBuilder, whole_log

KEYS = [
    "id", "started_at", "duration_s", "contact_s", "passes", "path_mm", "punctures", "effective_punctures",
    "captured_fraction", "gaps", "zones", "strokes", "alerts", "log_bytes",
]  # fmt: skip
ZONE_KEYS = [
    "name", "area_cm2", "passes", "punctures", "density_per_cm2", "density_low_per_cm2", "density_high_per_cm2",
    "target_density_per_cm2",
]  # fmt: skip
STROKE_KEYS = ["start_s", "end_s", "distance_mm", "direction", "force_mean_n", "force_peak_n", "counted"]


def of(log):
    return summary(Session.parse(log.data()))


def test_the_promised_keys_come_first_and_in_order():
    totals = of(whole_log()).as_json()
    assert list(totals)[: len(KEYS)] == KEYS
    assert list(totals["zones"][0])[: len(ZONE_KEYS)] == ZONE_KEYS
    assert list(totals["strokes"][0])[: len(STROKE_KEYS)] == STROKE_KEYS
    assert list(totals["gaps"][0]) == ["start_s", "end_s", "reason"]
    assert list(totals["alerts"][0])[:2] == ["t_s", "kind"]


def test_fifteen_revolutions_on_a_drum_wide_strip():
    # 480 counts at 32 a revolution: 15 revolutions, 942.48 mm, 2,880 punctures; 229.18 per cm2 in 12.566 cm2.
    zone = {"name": "strip", "area_mm2": 1256.637, "target_per_cm2_x10": 2500}
    totals = of(LogBuilder(zones=[zone]).stroke(counts=480, duration_ms=5000).footer())
    assert totals.path_mm == 942.48
    assert totals.punctures == 2880.0
    density = totals.zones[0]
    assert density.density_per_cm2 == pytest.approx(229.18, abs=0.005)
    assert density.density_high_per_cm2 == density.density_per_cm2
    assert density.density_low_per_cm2 == pytest.approx(199.29, abs=0.005)
    assert density.target_density_per_cm2 == 250.0


def test_there_and_back_is_path_and_two_passes():
    totals = of(LogBuilder().stroke(1000, 32).stroke(3000, -32).footer())
    assert (totals.passes, totals.punctures) == (2, 384.0)
    assert [stroke.direction for stroke in totals.strokes] == ["forward", "backward"]
    assert totals.strokes[1].distance_mm == 62.83


def test_effective_punctures_are_a_part():
    totals = of(LogBuilder().stroke(counts=-32, effective=16).footer())
    assert (totals.punctures, totals.effective_punctures) == (192.0, 96.0)


def test_a_free_session_has_punctures_but_no_density():
    free = [{"name": "free", "area_mm2": None, "target_per_cm2_x10": None}]
    zone = of(LogBuilder(zones=free, plan=None).stroke().footer()).zones[0]
    assert zone.punctures == 306.0
    assert [getattr(zone, key) for key in ZONE_KEYS if "density" in key or "area" in key] == [None] * 5


def test_zones_that_the_footer_leaves_out_were_not_rolled():
    totals = of(LogBuilder().stroke().footer(zones=[{"passes": 1, "path_counts": 51, "effective_counts": 51}]))
    assert [zone.passes for zone in totals.zones] == [1, 0]


def test_start_time_from_the_header_or_from_a_later_clock():
    assert of(LogBuilder(utc_s=1700000000).footer()).as_json()["started_at"] == "2023-11-14T22:13:20Z"
    late = LogBuilder().record(records.CLOCK, 20000, 1700000020, 0).footer()
    assert of(late).as_json()["started_at"] == "2023-11-14T22:13:20Z"
    assert of(LogBuilder().footer()).started_at is None


def test_gaps_that_overlap_count_once():
    gaps = [Gap(1, 3, "flash"), Gap(2, 4, "late"), Gap(2, 2.5, "late"), Gap(9, 12, "flash")]
    assert union_s(gaps, 10) == pytest.approx(3 + 1)


def test_a_session_of_no_length_is_wholly_captured_unless_damaged():
    assert of(LogBuilder().footer(duration_ms=0)).captured_fraction == 1.0
    damaged = LogBuilder().footer(duration_ms=0)
    damaged.blocks.insert(1, b"??")
    assert of(damaged).captured_fraction == 0.0
