"""A session of two hours: six wraps of the ticks, many of the counter, and not one count too few or too many."""

import gc

import pytest
from story import Folder, Handle, read

from dermaroller.session import Session
from dermaroller.summary import summary

pytestmark = pytest.mark.slow

WRAP_MS = (1 << 30) // 1000
TWO_HOURS_MS = 2 * 3600 * 1000
AIR_STEP_MS = 18  # between samples in the air, so that the test is short; a gap would begin above 20
SPAN = 32000


class Counter:
    """The hardware's: it starts again from 0 at either limit."""

    def __init__(self):
        self.value = 0
        self.wraps = 0

    def move(self, counts):
        for _ in range(abs(counts)):
            self.value += 1 if counts > 0 else -1
            if abs(self.value) == SPAN:
                self.value = 0
                self.wraps += 1


class LongSession:
    """A handle, its counter, and the sum of what was rolled."""

    def __init__(self, folder):
        self.handle = Handle(folder)
        self.hal = self.handle.hal
        self.counter = Counter()
        self.strokes = 0
        self.rolled = 0

    @property
    def t_ms(self):
        return self.hal.t_us // 1000

    def pass_ms(self, ms, step_ms, counts_per_step=0):
        for i in range(ms // step_ms):
            self.hal.t_us += 1000 * step_ms
            self.counter.move(counts_per_step)
            self.hal.count = self.counter.value
            self.handle.app.sampler.tick(None)
            if i % 5 == 0:
                self.handle.app.step()

    def stroke(self, direction):
        """Stand, touch, 300 counts at 250 a second, stand, lift."""
        self.pass_ms(40, 1)
        self.hal.force_mn = 2000
        self.pass_ms(40, 1)
        self.pass_ms(1200, 4, direction)
        self.pass_ms(40, 1)
        self.hal.force_mn = 0
        self.pass_ms(100, 1)
        self.strokes += 1
        self.rolled += 300

    def air_until(self, t_ms, counts_per_step=0):
        self.pass_ms(t_ms - self.t_ms, AIR_STEP_MS, counts_per_step)


def roll_for_two_hours(folder):
    """Strokes at each wrap of the ticks and of the counter, and every four minutes, as five without end a session."""
    session = LongSession(folder)
    session.air_until(100)
    session.stroke(1)
    start_ms = session.t_ms
    moments = [n * WRAP_MS - 600 for n in range(1, 7)] + list(range(240_000, TWO_HOURS_MS, 240_000))
    for i, t_ms in enumerate(sorted(moments)):
        session.air_until(t_ms, 2 if i % 2 else 0)  # the drum spins half of the time
        left = SPAN - abs(session.counter.value)
        if left < 3000:
            session.counter.move(left - 150)  # a spin, up to just before the wrap: the stroke crosses it
            session.pass_ms(40, 1)
        session.stroke(-1 if i % 5 == 4 else 1)
        session.stroke(1)
    session.air_until(TWO_HOURS_MS + 200)
    session.handle.press(2200)
    return session, start_ms


def test_two_hours_have_exact_totals():
    gc.freeze()  # the firmware collects garbage every second in the air: let it not look through the whole test run
    try:
        with Folder() as folder:
            session, start_ms = roll_for_two_hours(folder)
            log = Session.parse(read(folder + "/00001.drl"))
    finally:
        gc.unfreeze()
    assert session.t_ms > 6 * WRAP_MS
    assert session.counter.wraps >= 5
    shown = summary(log).as_json()
    assert log.footer.sums.path_counts == session.rolled
    assert shown["passes"] == len(shown["strokes"]) == session.strokes
    assert {abs(stroke.counts) for stroke in log.entries.strokes} == {300}
    assert abs(shown["duration_s"] - (session.t_ms - start_ms) / 1000) < 2
    assert abs(shown["contact_s"] - session.strokes * 1.28) < 0.01 * session.strokes
    assert shown["gaps"] == []
