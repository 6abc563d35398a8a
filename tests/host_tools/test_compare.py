"""Two sessions side by side: what is said of them, against arithmetic done by hand."""

import json
import re

import pytest

from dermaroller.analysis.compare_types import Alerts, Measured
from dermaroller.analysis.dose import dose
from dermaroller.analysis.overview_types import CalibrationOverview
from dermaroller.analysis.summary_parts import ZoneSummary
from dermaroller.compare import MEASURES, WITHIN, compare, identity, paired_zones
from dermaroller.compare_page import render
from dermaroller.overview import overview
from dermaroller.session import Session
from dermaroller.summary import summary
from roller import records

from .logs import LogBuilder
from .visits import PLAN, ZONES, head, opened, standing_alone, visit, write


def of(log, name="x.drl"):
    return overview(Session.parse(log.data(), name))


def compared(a, b):
    return compare(of(a, "a.drl"), of(b, "b.drl"))


def differing(found):
    return {fact.what for fact in found.facts if fact.differs}


FREE = [{"name": "free", "area_mm2": None, "target_per_cm2_x10": None}]
STRIP = [{"name": "strip", "area_mm2": 1000, "target_per_cm2_x10": 1000}]


def strip(counts, **header):
    """One stroke in 10 cm2: 6 punctures a count, so 0.6 per cm2 for each."""
    return LogBuilder(zones=STRIP, **header).stroke(counts=counts).footer()


def test_a_session_in_short_has_the_summary_s_numbers():
    log = visit(3, (160, 190), (2000, 400))
    told, short = summary(Session.parse(log.data())), of(log)
    for key in ("passes", "punctures", "path_mm", "contact_s", "captured_fraction", "doubts", "started_at"):
        assert getattr(short, key) == getattr(told, key)
    for zone, mine in zip(told.zones, short.zones, strict=True):
        assert {key: getattr(mine, key) for key in vars(zone)} == vars(zone)
    assert short.revolutions == told.punctures / 192


def test_shares_of_time_mean_and_peak_of_the_force():
    log = LogBuilder(zones=STRIP, force={"low_mn": 600, "high_mn": 3000})
    for i, force_mn in enumerate((400, 600, 3000, 3010)):
        log.stroke(1000 + 2000 * i, force_mn=force_mn)
    force = of(log.footer()).force
    assert (force.light_fraction, force.in_window_fraction, force.hard_fraction) == (0.25, 0.5, 0.25)
    assert force.mean_n == pytest.approx((0.4 + 0.6 + 3.0 + 3.01) / 4, abs=1e-3)
    assert force.peak_n == 3.51  # the builder's strokes peak half a newton above their mean


def test_a_header_with_holes_gets_the_defaults():
    plan = PLAN | {"limits": {"max_density_per_cm2_x10": "many"}}
    short = of(visit(zones=[ZONES[0] | {"name": None}], force={"low_mn": None, "high_mn": 0}, plan=plan))
    assert (short.force.low_n, short.force.high_n) == (0.6, 6)
    assert [zone.name for zone in short.zones] == ["zone 1"]
    assert short.limit_density_per_cm2 is None


def test_length_and_speed_are_bands_and_direction_is_a_share_of_the_way():
    strokes = of(LogBuilder().stroke(1000, 32).stroke(3000, -64, duration_ms=2000).stroke(6000, 4).footer()).strokes
    assert (strokes.forward_passes, strokes.backward_passes) == (1, 1)
    assert strokes.forward_fraction == 0.36
    assert strokes.mean_length_mm == strokes.mean_length_low_mm == 94.25  # 1.5 turns of 62.83 mm
    assert strokes.mean_length_high_mm == 108.38  # the same turns on the needle tips, 23 mm across
    assert strokes.mean_speed_mm_per_s == 62.83
    assert strokes.mean_speed_high_mm_per_s == 72.26


def test_nothing_rolled_is_no_number():
    short = of(LogBuilder(zones=STRIP).footer("idle", duration_ms=300_000))
    assert (short.force.light_fraction, short.force.mean_n, short.force.peak_n) == (None, None, None)
    assert (short.strokes.mean_length_mm, short.strokes.forward_fraction) == (None, None)


@pytest.mark.parametrize(
    "counts, target, limit",
    [
        (166, "below", "under"),  # 99.6 per cm2
        (167, "in the band", "under"),  # 87.1 to 100.2
        (192, "reached", "under"),  # 100.17 to 115.2
        (251, "reached", "perhaps over"),  # 131 to 150.6
        (300, "reached", "over"),  # 156.5 to 180
    ],
)
def test_target_and_limit_are_held_against_the_whole_band(counts, target, limit):
    plan = PLAN | {"limits": {"max_density_per_cm2_x10": 1500}}
    (zone,) = of(strip(counts, plan=plan)).zones
    assert (zone.target_state, zone.limit_state) == (target, limit)
    assert zone.reached_fraction == pytest.approx(counts * 0.6 / 100)


def test_difference_and_ratio_carry_what_both_bands_allow():
    (pair,) = compared(strip(100), strip(120)).zones
    assert (pair.a.density_per_cm2, pair.b.density_per_cm2) == (60, 72)
    assert pair.density_difference_per_cm2 == 12
    assert pair.density_difference_low_per_cm2 == pytest.approx(72 / 1.15 - 60, abs=0.01)
    assert pair.density_difference_high_per_cm2 == pytest.approx(72 - 60 / 1.15, abs=0.01)
    assert pair.density_ratio == 1.2
    assert pair.density_ratio_low == pytest.approx(1.2 / 1.15, abs=1e-3)
    assert pair.density_ratio_high == pytest.approx(1.2 * 1.15, abs=1e-3)


@pytest.mark.parametrize(
    "b, verdict", [(100, WITHIN), (114, WITHIN), (116, "B higher"), (86, "A higher"), (88, WITHIN)]
)
def test_a_difference_is_one_only_where_the_bands_lie_apart(b, verdict):
    assert compared(strip(100), strip(b)).zones[0].verdict == verdict


def test_a_zone_without_punctures_has_no_ratio():
    (pair,) = compared(LogBuilder(zones=STRIP).footer(), strip(10)).zones
    assert (pair.density_ratio, pair.density_difference_per_cm2, pair.verdict) == (None, 6.0, "B higher")


def zone(name, passes=0):
    return dose(ZoneSummary(name, None, passes, 0.0, None, None, None, None, 0.0, None, None), name, None)


def test_zones_pair_by_name_whatever_their_order_or_script():
    a = [zone("cafe\u0301"), zone("額"), zone("twice", 1), zone("twice", 2)]
    b = [zone("chin"), zone("twice", 3), zone("caf\u00e9 ")]
    pairs = paired_zones(a, b)
    assert [(one is not None, other is not None) for _, one, other in pairs] == [
        (True, True), (True, False), (True, True), (True, False), (False, True),
    ]  # fmt: skip
    assert pairs[2][1:] == (a[2], b[1])
    assert pairs[-1][0] == "chin"


def test_a_zone_of_one_session_alone_has_no_difference():
    found = compared(visit(zones=ZONES[:1]), visit())
    assert [(pair.name, pair.a is None, pair.verdict) for pair in found.zones] == [
        ("forehead", False, WITHIN),
        ("left cheek", True, None),
    ]


def test_what_differs_is_pointed_out_and_nothing_is_refused():
    other = PLAN | {"subject": "P-7", "serum": {"name": "saline", "lot": None}}
    b = visit(
        40, plan=other, head=head("B9", drum_diameter_um=25_000), force={"low_mn": 500, "high_mn": 5000},
        device="d1", fw="0.2.0", board="esp32_s3", zones=[ZONES[0] | {"area_mm2": 1200}, ZONES[1]],
    )  # fmt: skip
    found = compared(visit(), b)
    assert differing(found) == {
        "Subject", "Started", "Device", "Board", "Firmware", "Head", "Geometry", "Serum", "Force window",
    }  # fmt: skip
    said = " ".join(found.cautions)
    for words in ("subjects differ", "Session A is simulated", "geometry differs", "force windows differ"):
        assert words in said
    assert [pair.area_differs for pair in found.zones] == [True, False]
    assert compared(visit(), visit(30, session=2)).cautions == ()


def test_forces_of_other_calibrations_are_not_passed_off_as_alike():
    held = {"kind": "linear", "sequence": 3, "utc_s": 1_767_225_600}
    found = compared(visit(calibration=held), visit(30, session=2, calibration=held | {"sequence": 4, "utc_s": None}))
    (fact,) = (fact for fact in found.facts if fact.what == "Calibration")
    assert (fact.a, fact.b) == ("number 3, 2026-01-01", "number 4, day not known")
    assert found.cautions == ("The forces are of different devices or calibrations.",)
    odd = [of(visit(calibration=value)).calibration for value in ("x", {}, {"sequence": "1"}, None)]
    assert odd == [None] * 4
    assert of(visit(calibration=held | {"utc_s": 1 << 60})).calibration == CalibrationOverview(3, None)


def test_doubts_and_damage_are_cautions():
    found = compared(visit(), opened(session=2))
    assert any(line.startswith("The numbers of B are not to be trusted") for line in found.cautions)
    assert "Log" in differing(found)
    headless = opened(session=2)
    del headless.blocks[0]
    assert any("reference head is assumed" in line for line in compared(visit(), headless).cautions)


def test_the_same_session_is_recognised_even_if_one_copy_is_cut_off():
    assert compared(visit(), opened()).cautions[0] == "Both are the same session."
    assert identity(of(visit(session=2))) != identity(of(visit(session=1)))


def test_measures_and_alerts_are_b_minus_a():
    hard = visit(densities=(80, 100)).record(records.ALERT, 9000, records.number_of(records.ALERT_KINDS, "too_hard"), 1)
    found = compared(visit(), hard)
    assert set(found.measures) == set(MEASURES)
    assert found.measures["passes"] == Measured(16, 8, -8)
    assert found.alerts == {"too_hard": Alerts(0, 1)}


@pytest.fixture
def two(tmp_path):
    return write(tmp_path, [visit(0, (150, 180)), visit(30, (150, 90), (400, 2000), session=2)])


def test_the_command_prints_tables(command, two, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    code, out, err = command("compare", *two)
    assert (code, err) == (0, "")
    assert all(len(line) <= 80 for line in out.splitlines())
    for text in ("134 to 154", "within the band", "A higher", "Force in window", "−50.0 points", "≠ Head"):
        assert text in out


def test_the_command_gives_json(command, two):
    code, out, _ = command("compare", *two, "--json")
    found = json.loads(out)
    assert code == 0
    assert [one["id"] for one in found["sessions"]] == [1, 2]
    assert found["zones"][1]["verdict"] == "A higher"


def test_a_damaged_session_is_compared_as_far_as_it_goes(command, two):
    whole = two[1].read_bytes()
    two[1].write_bytes(whole[:700] + b"??" + whole[702:])
    code, out, err = command("compare", *two)
    assert code == 6
    assert "damaged" in out and "not to be trusted" in " ".join(out.split())
    assert "Pull it again" in err


@pytest.mark.slow
def test_the_page_stands_alone_and_draws_both(command, two, tmp_path):
    page = tmp_path / "both.html"
    assert command("compare", *two, "-o", page)[:2] == (0, f"{page}\n")
    text = page.read_text(encoding="utf-8")
    assert standing_alone(text)
    for words in ("Two sessions side by side", "B began 30.0 days after A", "A higher", "within the band", "≠"):
        assert words in text
    assert render(compared(visit(), visit(30))) == render(compared(visit(), visit(30)))


@pytest.mark.slow
@pytest.mark.parametrize(
    "a, b",
    [
        (LogBuilder(zones=FREE, plan=None, head={}).stroke().footer(), LogBuilder().footer("idle")),
        (opened(), LogBuilder(zones=[{**ZONES[0], "name": "額 <b>$x^2$"}]).stroke().footer()),
        (visit(zones=[{**ZONES[0], "name": str(i)} for i in range(40)], densities=(20,) * 40), visit()),
    ],
    ids=["no areas, no contact", "not closed, other scripts", "forty zones"],
)
def test_every_pair_gets_a_page(a, b):
    text = render(compared(a, b))
    assert standing_alone(text)
    assert "<b>$x^2$" not in text
    assert "nan" not in re.sub(r"<svg.*?</svg>", "", text, flags=re.S).lower()


def test_the_page_goes_with_json_too(command, two, tmp_path):
    code, out, err = command("compare", *two, "--json", "-o", tmp_path / "both.html")
    assert (code, json.loads(out)["facts"][0]["what"]) == (0, "Subject")
    assert "both.html" in err
    assert (tmp_path / "both.html").exists()
