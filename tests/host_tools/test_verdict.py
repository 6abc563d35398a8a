"""What a session says first, on the terminal and on the page: nothing of it reads as a success that is none."""

import io
import itertools

import pytest
from rich.console import Console

from dermaroller.analysis.verdict import headline
from dermaroller.report import printed
from dermaroller.session import Session
from dermaroller.show import session_view
from roller import records

from .logs import LogBuilder

ZONES = [{"name": "cheek", "area_mm2": 1000, "target_per_cm2_x10": 300}]  # a count makes 0.6 per cm2, 0.52 at least
PLAN = {"subject": "P-0042", "limits": {"min_interval_days": 28, "max_density_per_cm2_x10": 1500}}
GOOD = {"plan": PLAN, "calibration": {"sequence": 2, "utc_s": 1_700_000_000}, "utc_s": 1_800_000_000}
GOOD |= {"settings": {"treatment_min_passes": 1}}
TOLD = ("interval_over", "head_confirmed")


def told(*, alerts=TOLD, counts=100, force_mn=2000, effective=None, footer=None, **header):
    log = LogBuilder(zones=ZONES, **(GOOD | header))
    for kind in alerts:
        log.record(records.ALERT, 10, records.number_of(records.ALERT_KINDS, kind), 0)
    log.stroke(counts=counts, force_mn=force_mn, effective=effective)
    return Session.parse(log.footer(**(footer or {})).data())


def shown(session):
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(session_view(session.summary()))
    return console.export_text()


def test_a_plain_success_has_no_reason_against_it():
    verdict = told().summary().verdict
    assert (verdict.targets, verdict.targets_reached, verdict.reasons) == (1, 1, ())
    assert verdict.is_plain_success
    assert headline(verdict) == "Target reached; 100 % of the contact time in the force window."


REASONS = {
    "too hard": ({"force_mn": 6500}, "Too hard for 100 % of the contact time."),
    "too light": ({"force_mn": 500, "effective": 0}, "Too light for 100 % of the contact time."),
    "not calibrated": ({"calibration": {"sequence": 0}}, "The force sensor was not calibrated"),
    "calibration unknown": ({"calibration": None}, "Whether the force sensor was calibrated is not known."),
    "head not confirmed": ({"alerts": ("interval_over", "head_unconfirmed")}, "The head was not confirmed as sterile."),
    "confirmation lost": ({"alerts": ("interval_over",)}, "Whether the head was confirmed as sterile is not known."),
    "used up": ({"alerts": (*TOLD, "head_used_up")}, "The head was used up before."),
    "too early": ({"alerts": ("interval_ignored", "head_confirmed")}, "The plan's interval was not over."),
    "overridden": ({"alerts": ("interval_override", "head_confirmed")}, "The plan's interval was not over."),
    "interval lost": ({"alerts": ("head_confirmed",)}, "Whether the plan's interval was over is not known."),
    "no pass": ({"counts": 4}, "This was no treatment: not one stroke was long enough for a pass."),
    "over the limit": ({"counts": 300}, "Over the plan's limit: cheek."),
    "perhaps over": ({"counts": 260}, "Perhaps over the plan's limit: cheek."),
    "in doubt": (
        {"footer": {"counters": {"ring_overflow": 3}}},
        "The numbers are in doubt, for 1 reason: see below.",
    ),
}


@pytest.mark.parametrize("name", REASONS)
def test_each_reason_is_said_first_on_terminal_and_page(name):
    options, sentence = REASONS[name]
    session = told(**options)
    verdict = session.summary().verdict
    assert not verdict.is_plain_success
    assert [reason for reason in verdict.reasons if reason.startswith(sentence)]
    assert shown(session).index(sentence) < shown(session).index("passes")
    assert any(reason.startswith(sentence) for reason in printed(session)["reasons"])


@pytest.mark.parametrize("names", list(itertools.combinations(REASONS, 2)), ids=" and ".join)
def test_two_reasons_are_both_said_unless_one_rules_the_other_out(names):
    merged = {key: value for name in names for key, value in REASONS[name][0].items()}
    if sum(len(REASONS[name][0]) for name in names) > len(merged):
        return  # of one setting
    reasons = told(**merged).summary().verdict.reasons
    for name in names:
        assert any(reason.startswith(REASONS[name][1]) for reason in reasons), name


def test_without_a_target_none_is_reached():
    free = [{"name": "free", "area_mm2": None, "target_per_cm2_x10": None}]
    verdict = Session.parse(LogBuilder(zones=free, plan=None).stroke().footer().data()).summary().verdict
    assert (verdict.targets, verdict.is_plain_success) == (0, False)
    assert headline(verdict).startswith("No targets; ")


def test_a_log_that_lost_its_header_claims_nothing():
    log = LogBuilder(zones=ZONES, **GOOD).stroke(counts=100)
    log.footer()
    del log.blocks[0]
    verdict = Session.parse(log.data()).summary().verdict
    assert not verdict.is_plain_success
    assert "Whether this was a treatment is not known." in verdict.reasons
