"""Head, interval and serum from the button to the summary: three sessions on one day, by the real firmware."""

import pytest

from dermaroller.plan import Plan
from dermaroller.session import Session
from dermaroller.sim.run import run
from dermaroller.summary import summary
from roller import wire

from .hand import Hand

pytest.importorskip("littlefs")

pytestmark = pytest.mark.slow

PLAN = Plan.parse("""
subject = "P-0042"
[head]
id = "A1"
max_sessions = 1
[limits]
min_interval_days = 28
[serum]
name = "hyaluronic acid 1 %"
lot = "H-2291"
[[zone]]
name = "small"
area_cm2 = 10
target_density_per_cm2 = 50
""")
NOW_S = 1_800_000_000


@pytest.fixture(scope="module")
def sessions(micropython):
    """One by the rules; one by somebody who just rolls; one with both confirmations."""
    hand = Hand()
    hand.rest(3)
    for confirmations in (1, 0, 2):
        for _ in range(confirmations):
            hand.event("button_long", 4)
        for way_mm in (60, -60):
            hand.roll(way_mm, 2)
            hand.rest(1)
        hand.event("button_long", 8)
    clock = [(0.5, wire.pack_request(0, f"time set {NOW_S} 0"))]
    files = run(hand.trace(), plan_bytes=PLAN.device_bytes(), requests=clock).files
    logs = [content for name, content in sorted(files.items()) if name.endswith(".drl")]
    return [summary(Session.parse(log)).as_json() for log in logs]


def test_the_sessions_say_how_they_began(sessions):
    told = [(s["head"]["confirmation"], s["head"]["is_used_up"], s["interval"]["state"]) for s in sessions]
    assert told == [
        ("confirmed", False, "over"),
        ("unconfirmed", True, "ignored"),
        ("confirmed", True, "overridden"),
    ]
    assert [[alert["kind"] for alert in s["alerts"]] for s in sessions] == [
        ["interval_over", "head_confirmed"],
        ["interval_ignored", "head_unconfirmed", "head_used_up"],
        ["interval_override", "head_confirmed", "head_used_up"],
    ]


def test_the_ledger_goes_on_and_the_serum_is_kept(sessions):
    assert [s["head"]["sessions_before"] for s in sessions] == [0, 1, 2]
    assert [s["head"]["revolutions_before"] for s in sessions] == [0, 1, 3]
    assert all(s["serum"] == {"name": "hyaluronic acid 1 %", "lot": "H-2291"} for s in sessions)
    assert [s["passes"] for s in sessions] == [2, 2, 2]  # it guards, but never stops the counting
