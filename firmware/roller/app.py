"""The loop: drain -> passes -> dose -> feedback -> log -> link, in this order, each turn."""

import gc

from roller import button, counters, services
from roller import feedback as light
from roller.clock import Clock, widen
from roller.contact import AIR
from roller.guide import Guide, is_settled
from roller.judge import STATE
from roller.ledger import Ledger
from roller.link import Link
from roller.meter import Meter
from roller.power import Power
from roller.ring import COUNT, Ring
from roller.sampler import Sampler
from roller.session import REASON_FLASH, REASON_LATE, REASON_SERIAL, Session
from roller.settings import Settings

LOOP_MS = 5  # longest wait of a turn, so that the light is never later than this and a turn's work
_DOZE_MS = 50  # a turn while asleep
_LATER_GC_MS = 1000  # in the air, between two collections of garbage
_HOST_GONE_MS = 5000  # without a request


class App:
    """Wires the instrument's parts; `hal` is the only way to the outside."""

    def __init__(self, hal, store, plan, plan_path="/plan.bin"):
        self.hal = hal
        self.plan_path = plan_path
        self.staged = b""  # a plan in the making: see planning.py
        self.store = store
        self.calibration = hal.calibration()
        self.ledger = Ledger(hal)
        store.close_leftovers(self.ledger.last_session)
        now_us = hal.ticks_us()
        self.clock = Clock(now_us)
        self._now = self.clock.words
        self._sample_clock = Clock(now_us)  # apart, because a sample is always a little older than now
        self.ring = Ring()
        self.button = button.Button()
        self.session = Session(self._get_meter, store, self.calibration, self.identity, self.counters, self)
        self.sampler = Sampler(hal.ticks_us, hal.read_count, hal.read_force_raw, self.ring, hal.span)
        self.power = Power(hal.read_battery_mv, hal.is_charging)
        services.load()
        self.link = Link(hal.console, self._answer, self._is_recording)
        self.feedback = light.Feedback()
        self.now_ms = 0
        self._gc_ms = 0
        self._tidy_ms = self._tidy_count = 0  # there is nothing to tidy until then, while the drum stands there
        self._contact_ms = 0  # the last turn in contact, until it is tidied up after
        self._was_full = False
        self._is_serving = False
        self._has_heard = True  # from the host, or nobody knows
        self._is_answering = False
        self.use_plan(plan)
        self.set_brightness(hal.load_number("light") or 100)
        self.enter_leftovers(store.leftovers)

    def use_plan(self, plan):
        """Take a plan; not while a session is open. One that is still closing keeps its own."""
        self.session.settle()  # before the ledger would enter it under the new plan
        settings = Settings(plan.head, plan.low_mn, plan.high_mn, self.calibration.nm_per_count)
        self.plan = plan
        self.session.use(plan, settings)
        clock = self._sample_clock
        self.meter = Meter(plan, settings, self.calibration, clock, self.session, self.hal.max_edges_per_s)
        self.guide = Guide(self, settings)

    def set_brightness(self, percent):
        """1 to 100 percent, until the next boot; planning.light keeps it."""
        self.light_percent = percent
        self.feedback.set_brightness(percent)
        self.guide.stir()

    def enter_leftovers(self, leftovers):
        """Enter the sessions that lost power into the ledger: what Ledger.enter takes of each."""
        for each in leftovers:
            self.ledger.enter(*each)
        self._keep()

    def run(self):
        """Sample and serve until Ctrl-C; then leave the timer off and the log safe."""
        self.hal.start_sampling(self.sampler.tick)
        try:
            while True:
                self.step()
                self.rest()
        finally:
            self.hal.stop_sampling()
            if self.session.is_open:
                self.session.close(self.now_ms, "stopped")
            self.session.settle()
            self._keep()
            self.hal.show(light.DARK, 0, False)

    def step(self):
        """One turn of the loop. What has nothing to do in nearly every turn is not called, as a call costs the most."""
        if self.sampler.is_interrupted:
            self.sampler.is_interrupted = False
            raise KeyboardInterrupt
        hal = self.hal
        meter = self.meter
        session = self.session
        meter.drain(self.ring)
        if session.stall_reason != REASON_LATE:
            session.stall_reason = REASON_LATE
        self.now_ms = t_ms = widen(self._now, hal.ticks_us())
        if not hal.button_level() or not self.button.is_up:
            self._press(t_ms, not hal.button_level())
        if not is_settled(meter.words, meter.force.words, t_ms) or self.store.is_full != self._was_full:
            self._light(t_ms)
        if t_ms >= session.due_ms:
            session.step(t_ms)
        if self._has_heard or self._is_answering:
            if self.link.step(t_ms):
                self._talked(t_ms)
            self._is_answering = self.link.is_at_work()
        if meter.words[STATE] != AIR:
            self._contact_ms = t_ms
            if self.power.is_asleep:
                self.power.touch(t_ms)
        elif t_ms >= self._tidy_ms or self._contact_ms or self.ring.words[COUNT] != self._tidy_count:
            self._tidy(t_ms)

    def rest(self):
        """Let the callbacks work until the next turn; asleep, without the sampling timer and for longer."""
        if self._is_answering:
            self.hal.pause(self.link.pause_ms(LOOP_MS))
            return
        if not self.power.is_asleep:
            self._has_heard = self.hal.wait(LOOP_MS)
            return
        self._has_heard = True
        self.hal.stop_sampling()
        while self.power.is_asleep:
            self.hal.doze(_DOZE_MS)
            self.sampler.tick(None)
            self.step()
        self.hal.start_sampling(self.sampler.tick)

    def identity(self):
        """Who this handle is and what its head has done, for the log's header and for `info`."""
        identity = self.hal.identity()
        sessions, counts = self.ledger.head(self.plan.head.id)
        identity["ledger"] = {"sessions": sessions, "revolutions": counts // self.plan.head.counts_per_rev}
        return identity

    def counters(self):
        """Everything lost or out of order since boot, by name."""
        return counters.read(self)

    def end_session(self, end):
        """Close the open session; `end` is a word for the footer."""
        self.session.close(self.now_ms, end)
        self.feedback.show_done(self.now_ms)
        self.guide.stir()

    # What the session tells.

    def opened(self, t_ms):
        services.unload()
        self.guide.stir()
        self._tidy_ms = 0
        self.guide.gate.expire(t_ms)
        for kind in self.guide.gate.warnings(self.hal.utc_s()):
            self.session.alert(t_ms, kind)
        sessions = self.ledger.head_to_go(self.plan.head.id)
        if sessions:
            self.session.alert(t_ms, "head_forgotten", sessions)
        self.dated(t_ms)

    def dated(self, t_ms):
        """Now that there is a time, the subject of the session that may be open will be entered with it."""
        utc_s = self.hal.utc_s()
        last_s = utc_s and self.ledger.subject_to_go(self.plan.subject)
        if last_s:
            self.session.alert(t_ms, "subject_forgotten", max(0, utc_s - last_s) // 86400)

    def passed(self, t_ms):
        self.feedback.flash_pass(self.now_ms)
        self.guide.stir()

    def closed(self, session, totals, t_ms):
        if totals.passes >= Settings.treatment_min_passes:
            plan = self.plan
            self.ledger.enter(session, plan.head.id, plan.subject, totals.path_counts, self.hal.utc_s())
            self.guide.gate.end_session()
        else:  # nothing was treated: what was confirmed for it still holds
            self.ledger.enter(session, None, None, 0, None)
        self.guide.stir()
        self._tidy_ms = 0

    def _keep(self):
        """What sessions have left for NVS; not in contact, as writing there stalls as writing to flash does."""
        if self.ledger.is_due:
            self.store.keep_last()
            self.ledger.keep()

    def _get_meter(self):
        return self.meter

    def _is_recording(self):
        return self.session.is_open

    def _answer(self, words):
        self._is_serving = True
        return services.answer(self, words)

    def _stop_serving(self):
        """The host has gone: so does what only served it."""
        self._is_serving = False
        self.link.release()

    def _press(self, t_ms, is_pressed):
        press = self.button.step(t_ms, is_pressed)
        if press == button.NONE:
            return
        self.guide.stir()
        self.power.touch(t_ms)
        session = self.session
        if press == button.LONG:
            if session.is_open:
                session.press(t_ms, "long")
                self.end_session("button")
            else:
                self.guide.confirm(t_ms)
        elif session.is_open:
            session.press(t_ms, "short")
            session.next_zone(t_ms)
            self.feedback.show_next_zone(t_ms)
        else:
            session.open(t_ms)

    def _light(self, t_ms):
        guide = self.guide
        feedback = self.feedback
        self._was_full = self.store.is_full
        facts = guide.step(t_ms)
        if feedback.step(t_ms, facts, guide.progress_percent):
            self.hal.show(feedback.colour, feedback.lit, feedback.is_buzzing)
        guide.rest(feedback.due_ms)

    def _talked(self, t_ms):
        """Something went over the line."""
        self.power.touch(t_ms)
        self.guide.asked(t_ms)
        if self.session.stall_reason == REASON_LATE:  # a flush in the same turn weighs more
            self.session.stall_reason = REASON_SERIAL

    def _tidy(self, t_ms):
        """While the drum is in the air: garbage, battery and sleep, so that none of them disturbs the rolling."""
        power = self.power
        if self._contact_ms:
            power.touch(self._contact_ms)
            self._contact_ms = 0
            self._tidy_ms = 0
            return  # the turn of a lift has enough to do
        if self.ledger.is_due:
            self.session.stall_reason = REASON_FLASH
            self._keep()
            return
        changes = power.changes
        count = self._tidy_count = self.ring.words[COUNT]
        if power.step(t_ms, count, self.session.is_open) and self.session.is_open:
            self.end_session("low_battery")
        if power.changes != changes:
            self.guide.stir()
        if self._is_serving and t_ms - self.guide.asked_ms > _HOST_GONE_MS and not self.link.is_at_work():
            self._stop_serving()
        if t_ms - self._gc_ms >= _LATER_GC_MS:
            self._gc_ms = t_ms
            gc.collect()
        self._tidy_ms = t_ms if self._is_serving else min(self._gc_ms + _LATER_GC_MS, power.due_ms)
