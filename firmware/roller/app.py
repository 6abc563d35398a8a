"""The loop: drain -> passes -> dose -> feedback -> log -> link, in this order, each turn."""

import gc

from roller import button, feedback, services
from roller.clock import Clock
from roller.contact import TOUCH
from roller.feedback import Feedback
from roller.link import Link
from roller.meter import Meter
from roller.ring import Ring
from roller.sampler import Sampler
from roller.session import REASON_LATE, REASON_SERIAL, Session
from roller.settings import Settings

LOOP_MS = 5  # longest wait of a turn, so that the light is never later than this and a turn's work
_LATER_GC_MS = 1000  # in the air, between two collections of garbage


class App:
    """Wires the instrument's parts; `hal` is the only way to the outside."""

    def __init__(self, hal, store, plan):
        self.hal = hal
        self.store = store
        self.plan = plan
        calibration = hal.calibration()
        settings = Settings(plan.head, plan.low_mn, plan.high_mn, calibration.nm_per_count)
        now_us = hal.ticks_us()
        self.clock = Clock(now_us)
        self.ring = Ring()
        self.feedback = Feedback()
        self.button = button.Button()
        self.session = Session(
            self._get_meter, store, plan, settings, calibration, hal.identity, self.counters, self.feedback.flash_pass
        )
        self.meter = Meter(plan, settings, calibration, now_us, self.session, hal.max_edges_per_s)
        self.sampler = Sampler(hal.ticks_us, hal.read_count, hal.read_force_raw, self.ring, hal.span)
        self.link = Link(hal.console, services.verbs(self), self._is_recording)
        self.calibration = calibration
        self.now_ms = 0
        self._settings = settings
        self._shown = None
        self._was_faulty = False
        self._was_done = False
        self._was_over = False
        self._gc_ms = 0

    def run(self):
        """Sample and serve until Ctrl-C; then leave the timer off and the log safe."""
        self.hal.start_sampling(self.sampler.tick)
        try:
            while True:
                self.step()
                self.hal.wait(LOOP_MS)
        finally:
            self.hal.stop_sampling()
            if self.session.is_open:
                self.session.close(self.now_ms, "stopped")
            self.hal.show(feedback.DARK)

    def step(self):
        """One turn of the loop."""
        if self.sampler.is_interrupted:
            self.sampler.is_interrupted = False
            raise KeyboardInterrupt
        self._drain()
        self.now_ms = t_ms = self.clock.step(self.hal.ticks_us())
        self._watch(t_ms)
        self._press(t_ms)
        self._light(t_ms)
        self.session.step(t_ms)
        self._talk()
        self._tidy(t_ms)

    def counters(self):
        """Everything lost or out of order since boot, by name."""
        return {
            "ring_overflow": self.ring.overflow,
            "late_callbacks": self.meter.late,
            "illegal_transitions": self.hal.illegal_transitions(),
            "callback_errors": self.sampler.errors,
            "sensor_faults": self.meter.force.faults,
            "edge_rate_warnings": self.meter.too_fast,
            "gaps": self.session.gaps,
            "log_lost_bytes": self.session.lost_bytes,
            "bad_requests": self.link.bad_requests,
        }

    def _get_meter(self):
        return self.meter

    def _is_recording(self):
        return self.session.is_open

    def _drain(self):
        ring = self.ring
        meter = self.meter
        at = ring.next()
        while at >= 0:
            meter.step(ring.t_us[at], ring.count[at], ring.force_raw[at])
            ring.release()
            at = ring.next()
        self.session.stall_reason = REASON_LATE

    def _watch(self, t_ms):
        """Alerts for what changed since the last turn."""
        meter = self.meter
        is_faulty = meter.force.is_faulty
        if is_faulty != self._was_faulty:
            self._was_faulty = is_faulty
            self.session.alert(t_ms, "fault" if is_faulty else "fault_over")
        is_done = meter.dose.is_target_reached(meter.zone)
        if is_done and not self._was_done:
            self.session.alert(t_ms, "zone_done", meter.zone)
        self._was_done = is_done
        is_over = meter.dose.is_over_limit(meter.zone)
        if is_over and not self._was_over:
            self.session.alert(t_ms, "overdose", meter.zone)
        self._was_over = is_over

    def _press(self, t_ms):
        press = self.button.step(t_ms, self.hal.is_button_pressed())
        if press == button.NONE:
            return
        session = self.session
        if press == button.SHORT:
            if session.is_open:
                session.press(t_ms, "short")
                session.next_zone(t_ms)
            else:
                session.open(t_ms)
        elif session.is_open:
            session.press(t_ms, "long")
            self.end_session(t_ms, "button")

    def end_session(self, t_ms, end):
        self.session.close(t_ms, end)
        self.feedback.show_done(t_ms)

    def _facts(self):
        meter = self.meter
        facts = feedback.LOG_FULL if self.session.is_log_full else 0
        if self._was_faulty or self.plan.error:
            facts |= feedback.FAULT
        if meter.contact.state:
            force_mn = meter.force.mn
            if force_mn >= self._settings.high_mn:
                facts |= feedback.TOO_HARD
            elif force_mn < self._settings.low_mn and meter.contact.state == TOUCH:
                facts |= feedback.TOO_LIGHT  # a drum that is leaving the skin is no mistake
            facts |= feedback.ROLLING
        if self.session.is_open:
            if self._was_done:
                facts |= feedback.ZONE_DONE
            if self._was_over and meter.contact.state:
                facts |= feedback.OVERDOSE
        return facts

    def _light(self, t_ms):
        colour = self.feedback.step(t_ms, self._facts())
        if colour is not self._shown:
            self._shown = colour
            self.hal.show(colour)

    def _talk(self):
        answers = self.link.answers
        self.link.step()
        if self.link.answers != answers:
            self.session.stall_reason = REASON_SERIAL

    def _tidy(self, t_ms):
        """Collect garbage while the drum is in the air, so that it need not be done while rolling."""
        if not self.meter.contact.state and t_ms - self._gc_ms >= _LATER_GC_MS:
            self._gc_ms = t_ms
            gc.collect()
