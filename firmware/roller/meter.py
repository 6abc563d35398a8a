"""From samples to meaning: force, contact, strokes and dose, sample by sample, for whoever listens.

The listener (the app) is told `touched(t_ms)`, `lifted(t_ms)`, `stroked(stroke)`, `gap(start_ms, end_ms, reason)`;
times are ms since boot.
"""

from array import array

from roller.clock import Clock
from roller.contact import AIR, LEAVING, TOUCH, Contact
from roller.dose import Dose
from roller.force import DELAY, ForceFilter
from roller.passes import PassCounter

LATE_MS = 2  # samples further apart than two periods are counted as late


class Meter:
    def __init__(self, plan, settings, calibration, t_us, listener):
        self._clock = Clock(t_us)
        self._gap_ms = settings.gap_ms
        self._low_mn = settings.low_mn
        self._listener = listener
        self.force = ForceFilter(calibration)
        self.contact = Contact(settings)
        self.passes = PassCounter(settings, self._stroked)
        self.dose = Dose(plan)
        self.zone = 0
        self.late = 0
        self.now_ms = 0  # time of the sample last judged: some ms behind the last received, as the force's average is
        self.count = 0
        self._seen_ms = 0  # time of the sample last received
        self._past_ms = array("i", [0] * DELAY)
        self._past_count = array("i", [0] * DELAY)
        self._at = -1  # no sample yet
        self.log = None  # a sample run while a session records, else None

    def step(self, t_us, count, force_raw):
        """Take one sample from the ring."""
        t_ms = self._clock.step(t_us)
        pause_ms = t_ms - self._seen_ms
        if pause_ms > LATE_MS:
            self.late += 1
            if pause_ms > self._gap_ms and self._at >= 0:
                self._listener.gap(self._seen_ms, t_ms)
                self._at = -1
        self._seen_ms = t_ms
        if self._at < 0:
            self._restart(t_ms, count)
        is_force = self.force.step(force_raw)
        at = self._at
        past_ms = self._past_ms[at]
        past_count = self._past_count[at]
        self._past_ms[at] = t_ms
        self._past_count[at] = count
        self._at = (at + 1) % DELAY
        if is_force:
            self.now_ms = past_ms
            self.count = past_count
            self._feel(past_ms, past_count, self.force.mn)
        elif self.force.is_faulty:
            self._lose_contact(self.now_ms)  # dated back to the last reading that was a force

    def change_zone(self, zone):
        """End the stroke and go on in another zone."""
        self.passes.end(self.now_ms)
        self.zone = zone
        self.passes.begin(self.now_ms, self.count)

    def end_contact(self):
        """End stroke and contact now, as a session does."""
        self._lose_contact(self.now_ms)

    def clear_dose(self, plan):
        """Start a session: no dose, first zone."""
        self.dose = Dose(plan)
        self.zone = 0

    def _restart(self, t_ms, count):
        for i in range(DELAY):
            self._past_ms[i] = t_ms
            self._past_count[i] = count
        self._at = 0
        self.force.restart()

    def _feel(self, t_ms, count, force_mn):
        contact = self.contact
        before = contact.state
        state = contact.step(t_ms, force_mn)
        if state == TOUCH:
            if before == AIR:
                self._listener.touched(t_ms)
                self.passes.begin(t_ms, count)
            is_effective = force_mn >= self._low_mn
            added = self.passes.move(t_ms, count, force_mn, is_effective)
            if added:
                self.dose.roll(self.zone, added, is_effective)
        elif state == AIR:
            if before == LEAVING:
                self._end_at(contact.fell_ms)
            return
        if self.log:
            self.log.add(t_ms, count, force_mn)

    def _lose_contact(self, t_ms):
        if self.contact.state != AIR:
            end_ms = self.contact.fell_ms if self.contact.state == LEAVING else t_ms
            self.contact.reset()
            self._end_at(end_ms)

    def _end_at(self, t_ms):
        self.passes.end(t_ms)
        self._listener.lifted(t_ms)

    def _stroked(self, stroke):
        if stroke.is_counted:
            self.dose.passes[self.zone] += 1
        self._listener.stroked(stroke)
