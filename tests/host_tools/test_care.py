"""Head, ledger, interval, overrides and serum, in `show`, in its JSON and in the report."""

from dataclasses import replace

import pytest
from markupsafe import escape
from rich.console import Console

from dermaroller import wording
from dermaroller.analysis.summary_parts import Interval
from dermaroller.care import lines
from dermaroller.report import render
from dermaroller.session import Damage, Session
from dermaroller.show import session_view
from dermaroller.summary import summary
from roller import records
from roller.settings import Head

from .logs import LogBuilder

PLAN = {
    "subject": "P-0042",
    "limits": {"max_density_per_cm2_x10": 3000, "min_interval_days": 28},
    "serum": {"name": "hyaluronic acid 1 %", "lot": "H-2291"},
}
HEAD = {**vars(Head("A1")), "max_sessions": 1, "max_revolutions": 5000}
LEDGER = {"sessions": 1, "revolutions": 1234}


def session(*alerts, value=0, **header):
    log = LogBuilder(**{"plan": PLAN, "head": HEAD, "ledger": LEDGER, "utc_s": 1_800_000_000, **header})
    for kind in alerts:
        log.record(records.ALERT, 10, records.number_of(records.ALERT_KINDS, kind), value)
    return Session.parse(log.stroke().footer().data())


def shown(session):
    console = Console(width=110)
    with console.capture() as captured:
        console.print(session_view(summary(session)))
    return " ".join(captured.get().split())


@pytest.mark.slow
def test_a_session_by_the_rules():
    by_the_rules = session()
    told = summary(by_the_rules)
    facts = told.as_json()
    assert facts["head"] == {
        "id": "A1", "needles": 192, "needle_length_mm": 1.5, "max_sessions": 1, "max_revolutions": 5000,
        "sessions_before": 1, "revolutions_before": 1234, "confirmation": "confirmed", "is_used_up": False,
    }  # fmt: skip
    assert facts["interval"] == {"min_days": 28, "state": "over"}
    assert facts["serum"] == PLAN["serum"]
    for text in (shown(by_the_rules), render(by_the_rules)):
        assert "1 session, 1,234 revolutions; good for 1 session and 5,000 revolutions" in text
        assert "head confirmed before the session" in text
        assert "28 days: over since the last treatment" in text
        assert "hyaluronic acid 1 %, lot H-2291" in text
    assert not any(line.is_warning for line in lines(told))
    assert 'class="bad"' not in render(by_the_rules)


# alert: (where in the JSON, its value there, the words for people)
BREACHES = {
    "head_unconfirmed": ("head", "confirmation", "unconfirmed", "head NOT confirmed"),
    "head_used_up": ("head", "is_used_up", True, "5,000 revolutions: used up"),
    "interval_override": ("interval", "state", "overridden", "28 days: NOT over; overridden by a long press"),
    "interval_ignored": ("interval", "state", "ignored", "28 days: NOT over, and not overridden"),
}


@pytest.mark.slow
@pytest.mark.parametrize("alert", BREACHES)
def test_a_breach_is_told_everywhere(alert):
    table, key, value, words = BREACHES[alert]
    breached = session(alert)
    assert summary(breached).as_json()[table][key] == value
    assert words in shown(breached)
    page = render(breached)
    assert page.count('class="bad"') == 1
    assert words in page
    assert str(escape(wording.alerts(summary(breached))[0].what)) in page


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "words", "how_much"),
    [
        ("head_forgotten", "full: the use of another head is no longer counted", "it had done 12 sessions"),
        ("subject_forgotten", "full: no interval guards another subject", "the last treatment was 12 days before"),
    ],
)
def test_who_is_pushed_out_of_the_ledger_is_told_everywhere_and_casts_no_doubt(kind, words, how_much):
    pushing = session(kind, value=12)
    told = summary(pushing)
    assert told.trusted and not told.doubts
    assert f"Ledger {words}" in shown(pushing)
    page = render(pushing)
    assert page.count('class="bad"') == 1 and words in page
    assert how_much in wording.alerts(told)[0].what


def test_a_clock_that_was_not_set_leaves_the_interval_unknown():
    unset = session(utc_s=None)
    assert summary(unset).interval.state == "unknown"
    assert "the device's clock was not set" in shown(unset)


def test_without_a_plan_nothing_is_claimed():
    free = session(plan=None, head=vars(Head()), ledger={"sessions": 0, "revolutions": 0})
    facts = summary(free)
    assert facts.head.confirmation is None
    assert facts.interval == Interval(None, None)
    assert lines(facts) == []
    assert "confirmed" not in render(free)


def test_serum_without_a_lot():
    assert "saline, no lot given" in shown(session(plan={**PLAN, "serum": {"name": "saline"}}))


def test_a_damaged_log_does_not_pass_for_one_of_a_confirmed_head():
    def damaged(*alerts):
        return replace(session(*alerts), damage=Damage(10, 1, 0, "at byte 2000"))

    assert summary(damaged()).head.confirmation == "unknown"
    assert "not known: the damaged log has lost it" in shown(damaged())
    assert summary(damaged("head_confirmed")).head.confirmation == "confirmed"
    assert summary(session("head_confirmed")).head.confirmation == "confirmed"


def test_a_lost_header_does_not_pass_for_a_session_without_a_plan_or_of_a_real_handle():
    log = LogBuilder(plan=PLAN, head=HEAD).stroke().footer()
    del log.blocks[0]
    found = Session.parse(log.data())
    facts = summary(found)
    assert facts.head.confirmation == "unknown"
    assert facts.interval == Interval(None, "unknown")
    for text in (shown(found), render(found)):
        assert "the damaged log has lost what the plan asks for" in text
        assert "What made the log, a handle or a virtual board, is not known." in text
    assert not facts.verdict.is_plain_success
