"""Plans, calibrations and self-tests of then mean to the tools and the firmware of today what they meant."""

import json
from datetime import datetime

import pytest

from dermaroller import selftest_record
from dermaroller.device import Device
from dermaroller.fitting import Point, fit_force
from dermaroller.link import reading
from dermaroller.link.answers import Calibration, Info
from dermaroller.plan import Plan
from dermaroller.plan_link import push
from dermaroller.plan_text import as_toml
from dermaroller.selftest import Result
from roller import calibrating, wire
from roller import plan as device_plan

from . import past
from .fake_device import INFO

PLANS = past.FOLDER / "plans"
NAMES = sorted(path.stem for path in PLANS.glob("*.toml"))
SHOWN = past.told("plans")  # what `plan show` printed, as text and with --json, of a device that held it


class Holding(Device):
    """A device that holds a plan, and takes no other."""

    def __init__(self, held):
        super().__init__(None, "handle")
        self._held = held

    def ask(self, text, silence_s=None):
        assert text == "plan"
        return self._held


def at_rest(name):
    """The device's file of a plan."""
    return (PLANS / f"{name}.bin").read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_a_plan_is_to_the_device_the_same_bytes(name):
    assert Plan.read(PLANS / f"{name}.toml").device_bytes() == at_rest(name)


@pytest.mark.parametrize("name", NAMES)
def test_the_firmware_reads_the_plan_that_is_at_rest(name):
    kind, _, _, _, start, end, _ = wire.parse_block(at_rest(name))
    fields = json.loads(at_rest(name)[start:end])
    plan = device_plan.load(PLANS / f"{name}.bin", fields["head"]["counts_per_rev"])
    assert (kind, plan.error, plan.source) == (wire.PLAN, None, fields)
    assert (plan.subject, plan.serum) == (fields["subject"], fields["serum"])
    assert {key: getattr(plan.head, key) for key in fields["head"]} == fields["head"]
    assert {"low_mn": plan.low_mn, "high_mn": plan.high_mn} == fields["force"]
    assert {key: getattr(plan, key) for key in fields["limits"]} == fields["limits"]
    assert [vars(zone) for zone in plan.zones] == fields["zones"]


@pytest.mark.parametrize("name", SHOWN)
def test_a_held_plan_is_shown_as_it_was_and_known_as_the_same(name):
    held = SHOWN[name]["held"]
    assert as_toml(reading.plan_of(held["plan"])) == SHOWN[name]["text"]
    for plan in (Plan.read(PLANS / f"{name}.toml"), Plan.parse(SHOWN[name]["text"])):
        assert plan.as_json() == held["plan"]
        assert push(Holding(held), plan) is False


def test_a_plan_has_every_key_that_there_was():
    fields = Plan.read(PLANS / "every_key.toml").as_json()
    tables = [fields, fields["head"], fields["force"], fields["limits"], fields["serum"], *fields["zones"]]
    assert len(NAMES) == 5 and set(SHOWN) == {*NAMES} - {"angle_sensor"}
    assert all(value is not None for table in tables for value in table.values())
    for key in "needles drum_width_mm counts_per_rev max_revolutions low_n min_interval_days lot".split():
        assert f"\n{key} = " in (PLANS / "every_key.toml").read_text(encoding="utf-8")


def test_the_weights_of_then_fit_the_same_calibration():
    then = past.told("calibration")
    held = past.told("flash")["calibration"]
    points = [Point(one["wanted_mn"], one["read"]) for one in then["residuals"]]
    kept = reading.read(Calibration, "cal", held)
    fit = fit_force(then["calibration"]["kind"], then["tare"]["raw"], points, kept)
    assert fit.kept == then["calibration"]
    assert [round(one.fitted) for one in fit.residuals] == [one["fitted_mn"] for one in then["residuals"]]
    calibrating.check({**held, **fit.kept})


def test_a_record_of_a_self_test_says_all_that_it_said(monkeypatch):
    then = past.told("selftest")
    monkeypatch.setattr(selftest_record, "BENCH", ())  # later questions are about items that were not measured then
    results = [
        Result(one["item"], one["value"], one["unit"], one["low"], one["high"], is_skipped=one["is_skipped"])
        for one in then["results"]
    ]
    info = reading.read(Info, "info", {**INFO, **{key: then[key] for key in INFO.keys() & then.keys()}})
    now = selftest_record.record(info, results, then["baud"], datetime.fromisoformat(then["date"]))
    assert past.differences(now, then, besides=("bench",)) == []
    assert len(results) > 20 and {one["is_good"] for one in then["results"]} == {True, None}
