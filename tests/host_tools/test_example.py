"""The example treatments: long enough, and rolled as their plans want."""

import itertools
import math

import pytest

from dermaroller.sim.example import FACE, SCALP, TraceMaker, write_trace


@pytest.mark.parametrize("example, minutes", [(FACE, 10), (SCALP, 30)])
def test_long_enough_with_three_zones_and_two_presses(example, minutes):
    rows = TraceMaker(example).make()
    assert rows[-1][0] > minutes * 60
    assert [row[3] for row in rows if row[3]] == ["button", "button"]
    assert len(example.plan.as_json()["zones"]) == 3


@pytest.mark.parametrize("example", [FACE, SCALP])
def test_time_only_goes_forward_and_force_is_never_negative(example):
    rows = TraceMaker(example).make()
    assert all(later[0] > earlier[0] for earlier, later in itertools.pairwise(rows))
    assert all(force_n >= 0 for _, _, force_n, _ in rows)
    assert any(0 < force_n < 0.6 for _, _, force_n, _ in rows)
    assert any(force_n > 6 for _, _, force_n, _ in rows)


def test_each_zone_gets_its_target_and_little_more():
    rows, zone, rolled_mm = TraceMaker(FACE).make(), 0, [0.0, 0.0, 0.0]
    for (_, before_mm, _, _), (_, after_mm, force_n, event) in itertools.pairwise(rows):
        zone += event == "button"
        if force_n:
            rolled_mm[zone] += abs(after_mm - before_mm)
    for zone_plan, way_mm in zip(FACE.plan.as_json()["zones"], rolled_mm, strict=True):
        density_x10 = way_mm / (math.pi * 20) * 192 / zone_plan["area_mm2"] * 1000
        assert 1.0 < density_x10 / zone_plan["target_per_cm2_x10"] < 1.12  # with the tremor's own path


def test_the_file_is_always_the_same(tmp_path):
    write_trace(FACE, tmp_path / "a.csv")
    write_trace(FACE, tmp_path / "b.csv")
    text = (tmp_path / "a.csv").read_text()
    assert text == (tmp_path / "b.csv").read_text()
    assert text.startswith("t_s,position_mm,force_n,event\n0.025,0.0,0.0,\n")
