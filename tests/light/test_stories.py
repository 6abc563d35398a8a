"""What is a treatment, and what counts towards its target: stories on the virtual board, and their right endings."""

from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from dermaroller.overview import overview
from dermaroller.plan import Plan
from dermaroller.session import Session
from dermaroller.show import session_view
from dermaroller.sim.run import run
from dermaroller.sim.trace import Trace
from dermaroller.trend import trend
from roller import wire

from .hand import Hand

pytest.importorskip("littlefs")
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("micropython")]

STORIES = Path(__file__).parents[1] / "data" / "stories"
PLAN = Plan.read(STORIES / "plan.toml")
NOW_S, DAY_S = 1_800_000_000, 86_400


def played(trace, flash=None, clock_s=NOW_S, **options):
    """(the sessions by their number, all that came of it) of a trace rolled by the plan of the stories."""
    requests = [(0.2, wire.pack_request(0, f"time set {clock_s} 0"))]
    result = run(trace, plan_bytes=PLAN.device_bytes(), flash=flash, requests=requests, **options)
    logs = {name: content for name, content in result.files.items() if name.endswith(".drl")}
    return [Session.parse(logs[name], name) for name in sorted(logs)], result


def shown(session):
    console = Console(width=200, record=True, file=open("/dev/null", "w"))
    console.print(session_view(session.summary()))
    return console.export_text()


def touch(hand, duration_s, force_n):
    hand.press(0.02, 0.0, force_n)
    hand.press(duration_s, force_n, force_n)
    hand.press(0.02, force_n, 0.0)


def touching(duration_s, force_n):
    """A brush of the head over the skin, in which the drum does not turn."""
    hand = Hand()
    hand.rest(2)
    hand.event("button_long", 4)
    touch(hand, duration_s, force_n)
    hand.rest(3)
    hand.event("button_long", 6)
    return hand.trace()


def rolling(force_n=2.0, ways=8, way_mm=60):
    """Confirmed, then rolled to and fro."""
    hand = Hand()
    hand.rest(2)
    hand.event("button_long", 4)
    for i in range(ways):
        hand.roll(way_mm if i % 2 == 0 else -way_mm, force_n, 1.2)
        hand.rest(0.4)
    hand.event("button_long", 8)
    return hand.trace()


@pytest.mark.parametrize(
    "trace", [STORIES / "accidental_touch.csv", touching(0.2, 0.5), touching(4.0, 5.0)], ids=["80 ms", "200 ms", "4 s"]
)
def test_a_touch_without_a_pass_uses_no_head_and_begins_no_interval(trace, tmp_path):
    flash = tmp_path / "flash.bin"
    played(trace, flash)
    sessions, _ = played(rolling(), flash, NOW_S + 600)
    *touches, treatment = [session.summary() for session in sessions]
    assert len(touches) == 1 and touches[0].passes == 0 and touches[0].is_treatment is False
    assert treatment.is_treatment and treatment.passes > 4
    assert (treatment.head.sessions_before, treatment.head.is_used_up, treatment.interval.state) == (0, False, "over")
    assert "no treatment: not one stroke was long enough for a pass" in shown(sessions[0])
    assert "no treatment" not in shown(sessions[1])
    found = trend(overview(session) for session in sessions)
    assert [one.since_last.state for one in found.sessions] == ["first", "first"]
    assert [(row.sessions, row.ledger_sessions, row.state) for row in found.heads] == [(1, 1, "used up")]


def test_what_was_confirmed_still_holds_after_a_touch(tmp_path):
    hand = Hand()
    hand.rest(2)
    hand.event("button_long", 4)
    touch(hand, 0.3, 0.5)
    hand.rest(1)
    hand.event("button_long", 6)  # ends the session that the touch began
    hand.roll(60, 2.0)
    hand.rest(1)
    hand.event("button_long", 8)
    sessions, _ = played(hand.trace(), tmp_path / "flash.bin")
    assert [(each.summary().is_treatment, each.summary().head.confirmation) for each in sessions] == [
        (False, "confirmed"),
        (True, "confirmed"),
    ]


@pytest.mark.parametrize("trace", [STORIES / "too_light_all_along.csv", rolling(0.45, 24)], ids=["as told", "made"])
def test_rolled_too_lightly_no_target_is_reached_and_the_light_says_so(trace):
    (session,), result = played(trace)
    told = overview(session)
    assert told.passes > 10 and told.punctures > 0
    assert told.zones[0].density_per_cm2 > told.zones[0].target_density_per_cm2, "by all punctures it would be reached"
    assert [zone.target_state for zone in told.zones] == ["below", "below"]
    assert told.zones[0].reached_fraction < 0.1
    assert not {"zone_done"} & {alert.kind for alert in session.entries.alerts}
    states = {entry["state"] for entry in result.led}
    assert "too_light" in states and "zone_done" not in states


def test_a_hand_that_presses_enough_reaches_it():
    (session,), result = played(rolling(2.0, 24))
    assert overview(session).zones[0].target_state == "reached"
    assert "zone_done" in {alert.kind for alert in session.entries.alerts}
    assert "zone_done" in {entry["state"] for entry in result.led}


def test_a_power_cut_does_not_forget_the_interval(tmp_path):
    flash = tmp_path / "flash.bin"
    whole = rolling()
    cut = Trace("cut", whole.t_s, whole.position_mm, whole.force_n, (*whole.events[:1], (whole.end_s - 9, "power_cut")))
    played(cut, flash)
    sessions, _ = played(rolling(), flash, NOW_S + 300)
    first, *_, last = [session.summary() for session in sessions]
    assert first.end == "power_loss" and first.is_treatment
    assert (last.interval.state, last.head.is_used_up) == ("overridden", True)


def test_a_last_session_that_lies_ahead_locks_nobody(tmp_path):
    """The clock was years ahead once: whether the interval is over is not known, and the log says just that."""
    flash = tmp_path / "flash.bin"
    played(rolling(), flash, NOW_S + 3000 * DAY_S)
    sessions, _ = played(rolling(), flash, NOW_S)
    last = sessions[-1].summary()
    assert last.interval.state == "unknown"
    assert "interval_unknown" in {alert.kind for alert in last.alerts}


def test_a_head_that_was_confirmed_long_ago_is_not_confirmed():
    (session,), _ = played(STORIES / "sterile_long_ago.csv")
    assert session.summary().head.confirmation == "unconfirmed"


@pytest.mark.parametrize(("event", "at_s"), [("button_glitch", 2.0), ("button_stuck", 0.0)])
def test_a_button_that_bounces_or_is_stuck_at_power_on_confirms_and_begins_nothing(event, at_s):
    trace = Trace("told", np.array([0.0, 8.0]), np.zeros(2), np.zeros(2), ((at_s, event),))
    sessions, result = played(trace)
    assert sessions == []
    shown = {entry["state"] for entry in result.led if 1 < entry["t_s"] < 8}  # a run ends with a long press
    assert "confirm_head" in shown and shown <= {"confirm_head", "host_attached"}
