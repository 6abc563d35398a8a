"""Pressure, head, interval, battery and sleep: what the hand is told, and what the log says of it."""

from story import FakeHal, Folder, Handle

from roller import plan as plans
from roller import records
from roller.gate import Gate
from roller.ledger import Ledger
from roller.plan import Zone
from roller.power import EMPTY_MV, LOW_MV, Power
from roller.pressure import HARD, LIGHT, RIGHT, Pressure
from roller.settings import Settings

DAY_S = 86400
NOW_S = 1800000000


class Noise:
    """Small numbers with a standard deviation of about 100, the same each time."""

    def __init__(self):
        self._n = 12345

    def next(self):
        total = 0
        for _ in range(12):
            self._n = (self._n * 1103 + 12345) & 0xFFFFF
            total += self._n >> 4
        return (total - 6 * 65536) * 100 // 65536


def changes(limit_mn, mean_mn, seconds, every_ms=8):
    """Changes of state while the force hovers, new every `every_ms`, judged every 5 ms; and the most in any one
    second.
    """
    pressure = Pressure(600, 6000)
    pressure.touch(0)
    noise = Noise()
    told = []
    force_mn = mean_mn
    state = RIGHT
    for t_ms in range(0, seconds * 1000, 5):
        if t_ms % every_ms < 5:
            force_mn = mean_mn + noise.next()
        before = state
        state = pressure.step(t_ms, force_mn)
        if state != before:
            told.append(t_ms)
    return told


def test_hovering_at_a_limit_changes_the_light_once_a_second_at_most():
    for limit_mn in (600, 6000):
        for offset_mn in range(-400, 401, 50):
            told = changes(limit_mn, limit_mn + offset_mn, 60)
            assert len(told) <= 60, (limit_mn, offset_mn, len(told))


def test_too_hard_is_told_at_once_and_forgotten_slowly():
    pressure = Pressure(600, 6000)
    pressure.touch(0)
    assert pressure.step(1000, 5999) == RIGHT
    assert pressure.step(1005, 6000) == HARD
    assert pressure.step(1010, 5000) == HARD
    assert pressure.step(1304, 5000) == HARD
    assert pressure.step(1310, 5000) == RIGHT


def test_too_light_is_told_within_fifty_milliseconds_but_not_at_touch_down():
    pressure = Pressure(600, 6000)
    pressure.touch(0)
    assert [pressure.step(t_ms, 400) for t_ms in (5, 100, 245)] == [RIGHT] * 3
    assert pressure.step(255, 400) == LIGHT
    pressure.touch(1000)
    pressure.step(1100, 2000)
    assert [pressure.step(t_ms, 400) for t_ms in (1105, 1125, 1130)] == [RIGHT, RIGHT, LIGHT]


def planned(max_sessions=1, min_interval_days=28):
    plan = plans.Plan()
    plan.source = {"subject": "P-1"}
    plan.subject = "P-1"
    plan.head.id = "A1"
    plan.head.max_sessions = max_sessions
    plan.min_interval_days = min_interval_days
    plan.zones = [Zone("a", 1000, 300), Zone("b", 1000, 300)]
    return plan


def test_a_fresh_head_is_confirmed_once_a_session():
    gate = Gate(planned(), Ledger(FakeHal()))
    assert gate.asks_for_head()
    assert gate.confirm(0, None) == "head_confirmed"
    assert not gate.asks_for_head()
    assert gate.confirm(0, None) is None
    gate.end_session()
    assert gate.asks_for_head()


def test_what_was_confirmed_expires_if_no_session_begins():
    gate = Gate(planned(), Ledger(FakeHal()))
    gate.confirm(5000, None)
    gate.expire(5000 + Settings.confirmed_ms - 1)
    assert not gate.asks_for_head()
    gate.expire(5000 + Settings.confirmed_ms)
    assert gate.asks_for_head()
    assert gate.warnings(None) == ["interval_unknown", "head_unconfirmed"]


def test_a_used_up_head_can_be_overridden_and_says_so():
    book = Ledger(FakeHal())
    book.enter(1, "A1", "P-1", 320, None)
    gate = Gate(planned(), book)
    assert gate.confirm(0, None) == "head_used_up"
    assert gate.warnings(None) == ["interval_unknown", "head_confirmed", "head_used_up"]


def test_revolutions_use_a_head_up_too():
    plan = planned(0)
    plan.head.max_revolutions = 10
    book = Ledger(FakeHal())
    book.enter(1, "A1", "P-1", 319, None)
    assert not Gate(plan, book).is_head_used_up()
    book.enter(2, "A1", "P-1", 1, None)
    assert Gate(plan, book).is_head_used_up()


def test_a_last_session_that_lies_ahead_leaves_the_interval_unknown():
    book = Ledger(FakeHal())
    book.enter(1, "A1", "P-1", 320, NOW_S)
    gate = Gate(planned(0), book)
    assert gate.is_locked(NOW_S - DAY_S)  # the clock was put right since
    assert not gate.is_locked(NOW_S - DAY_S - 1)
    assert gate.warnings(NOW_S - DAY_S - 1) == ["interval_unknown", "head_unconfirmed"]


def test_the_interval_locks_until_it_is_over():
    book = Ledger(FakeHal())
    book.enter(1, "A1", "P-1", 320, NOW_S)
    gate = Gate(planned(0), book)
    assert gate.is_locked(NOW_S + 28 * DAY_S - 1)
    assert not gate.is_locked(NOW_S + 28 * DAY_S)
    assert not gate.is_locked(None)
    assert gate.warnings(NOW_S + DAY_S) == ["interval_ignored", "head_unconfirmed"]
    assert gate.warnings(NOW_S + 28 * DAY_S) == ["interval_over", "head_unconfirmed"]
    assert gate.confirm(0, NOW_S + DAY_S) == "interval_override"
    assert not gate.is_locked(NOW_S + DAY_S)


def test_free_mode_asks_for_nothing():
    gate = Gate(plans.Plan(), Ledger(FakeHal()))
    assert not gate.asks_for_head()
    assert gate.warnings(NOW_S) == []


def alerts(handle):
    told = []
    original = handle.app.session.alert

    def alert(t_ms, kind, value=0):
        assert kind in records.ALERT_KINDS.split()
        told.append(kind)
        original(t_ms, kind, value)

    handle.app.session.alert = alert
    return told


def test_a_long_press_confirms_the_head_before_and_ends_the_session_after():
    with Folder() as folder:
        handle = Handle(folder, planned())
        told = alerts(handle)
        handle.wait(100)
        assert handle.app.feedback.state == "confirm_head"
        handle.press(2200)
        assert handle.app.feedback.state == "ready"
        handle.roll(51, 1000)
        handle.lift()
        assert handle.app.feedback.state == "zone_done"
        handle.press(200)
        handle.wait(10)
        assert "next_zone" in handle.states()
        handle.wait(2000)
        assert handle.app.feedback.state == "progress"
        handle.press(2200)
        assert handle.app.feedback.state == "session_done"
        assert told == ["interval_unknown", "head_confirmed", "zone_done"]
        assert handle.app.ledger.head("A1") == (1, 51)


def test_rolling_without_confirmation_counts_and_is_logged():
    with Folder() as folder:
        handle = Handle(folder, planned())
        told = alerts(handle)
        handle.roll(51, 1000)
        handle.lift()
        assert handle.app.meter.dose.passes[0] == 1
        assert told == ["interval_unknown", "head_unconfirmed", "zone_done"]


def test_pressing_too_hard_for_longer_is_logged_once():
    with Folder() as folder:
        handle = Handle(folder)
        told = alerts(handle)
        handle.roll(51, 200, 7000)
        handle.roll(51, 1000, 2000)
        handle.roll(51, 1000, 7000)
        handle.lift()
        assert told == ["too_hard"]


def test_a_low_battery_is_told_and_an_empty_one_closes_the_session():
    with Folder() as folder:
        handle = Handle(folder)
        handle.roll(51, 1000)
        handle.hal.battery_mv = LOW_MV - 1
        handle.lift(12000)
        assert handle.app.feedback.state == "low_battery"
        assert handle.app.session.is_open
        handle.hal.battery_mv = EMPTY_MV - 1
        handle.wait(12000)
        assert not handle.app.session.is_open


def test_a_charging_handle_says_so_and_is_not_low():
    with Folder() as folder:
        handle = Handle(folder)
        handle.hal.battery_mv = LOW_MV - 1
        handle.hal.charging = True
        handle.wait(12000)
        assert handle.app.feedback.state == "charging"


def test_untouched_it_sleeps_and_wakes_by_motion_button_or_force():
    for wake in ("motion", "button", "force"):
        with Folder() as folder:
            handle = Handle(folder)
            handle.rest(301000)
            assert handle.app.feedback.state == "asleep"
            if wake == "motion":
                handle.spin(10, 100)
            elif wake == "button":
                handle.hal.is_pressed = True
                handle.wait(100)
                handle.hal.is_pressed = False
                handle.wait(100)
            else:
                handle.roll(0, 100)
            assert handle.app.feedback.state != "asleep", wake


def test_an_open_session_keeps_it_awake():
    power = Power(lambda: None, lambda: False)
    power.step(400000, 0, True)
    assert not power.is_asleep
    assert power.battery_mv is None
    power.step(400000, 0, False)
    assert power.is_asleep
