"""From samples to meaning: force, contact, strokes and dose, sample by sample, for whoever listens.

The listener (the session) is told `touched(t_ms)`, `lifted(t_ms)`, `stroked(stroke)`, `gap(start_ms, end_ms)` and
`alert(t_ms, kind, value)`; times are ms since boot.
"""

from array import array

from roller.contact import AIR, LEAVING, TOUCH, Contact
from roller.dose import Dose
from roller.force import DELAY, ForceFilter
from roller.passes import PassCounter
from roller.strip import Strip

WINDOW_MS = 100  # over which speed and edge rate are judged
STILL_MS = 1000  # in the air without a count for this long, the tare may be followed
LATE_MS = 2  # samples further apart than two periods are counted as late
QUEUE_MS = 4  # a longer pause overfills the chip's queue of 8 callbacks with ticks and edges


class Meter:
    def __init__(self, plan, settings, calibration, clock, listener, max_edges_per_s=0):
        """clock: a roller.clock.Clock stepped by nobody else. max_edges_per_s: what the counter can be trusted with;
        0: anything.
        """
        self._clock = clock
        self._gap_ms = settings.gap_ms
        self._low_mn = settings.low_mn
        self._listener = listener
        self._calibration = calibration
        self._on_mn = settings.contact_on_mn
        self._off_mn = settings.contact_off_mn
        self._nm_per_count = settings.nm_per_count
        self._max_edges_per_s = max_edges_per_s
        self._strip_limit = 0 if plan.source else settings.strip_max_passes
        self._is_strip_over = False
        self._is_drift_told = False
        self.strip = Strip(plan.head.counts_per_rev)
        self.speed_mm_s = 0
        self.too_fast = 0  # windows and pauses in which more edges came than the counter can be trusted with
        self._window_ms = clock.ms
        self._window_count = 0
        self._still_ms = clock.ms  # since when no count has come
        self.force = ForceFilter(calibration)
        self.contact = Contact(settings)
        self.passes = PassCounter(settings, self._stroked)
        self.dose = Dose(plan)
        self.zone = 0
        self.late = 0
        self.now_ms = 0  # time of the sample last judged: some ms behind the last received, as the force's average is
        self.count = 0
        self.survey = None  # statistics of raw readings, while somebody wants them
        self._felt_count = 0
        self._gap_end_ms = -1
        self._rest_count = 0  # where the drum stood before the last gap
        self._seen_ms = clock.ms - LATE_MS - 1  # time of the sample last received
        self._past_ms = array("i", [0] * DELAY)
        self._past_count = array("i", [0] * DELAY)
        self._at = 0
        self._is_begun = False
        self.log = None  # a sample run while a session records, else None

    # What runs for every sample is cut into methods of few names: frames of more than eleven words take heap.

    def step(self, t_us, count, force_raw):
        """Take one sample from the ring."""
        t_ms = self._clock.step(t_us)
        if t_ms - self._seen_ms > LATE_MS:
            self._stall(t_ms, count)
        self._seen_ms = t_ms
        if self.survey:
            self.survey.add(force_raw)
        if self.force.step(force_raw):
            self._judge(t_ms, count)
        elif self.force.is_faulty:
            self._lose_contact(self.now_ms)  # dated back to the last reading that was a force
            self._restart(t_ms, count)

    def _judge(self, t_ms, count):
        """Judge the moment that the averaged force belongs to."""
        at = self._at
        self.now_ms = self._past_ms[at]
        self.count = self._past_count[at]
        self._past_ms[at] = t_ms
        self._past_count[at] = count
        self._at = at + 1 & DELAY - 1
        if self.contact.state != AIR or self.force.mn >= self._on_mn:
            self._feel()
        if not at:
            self._now_and_then(t_ms, count)

    def is_at_rest(self):
        """Whether the drum is in the air and has not turned for a while: if it turns next, it is by the skin."""
        return self._last_count() == self._window_count and self._seen_ms - self._still_ms >= WINDOW_MS

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

    def _stall(self, t_ms, count):
        """A sample that comes late, or the first of all."""
        if self._is_begun:
            self.late += 1
            pause_ms = t_ms - self._seen_ms
            if pause_ms > QUEUE_MS:
                self._judge_pause(t_ms, count, pause_ms)
            if pause_ms <= self._gap_ms:
                return
            self._listener.gap(self._seen_ms, t_ms)
        self._is_begun = True
        self._restart(t_ms, count)

    def _judge_pause(self, t_ms, count, pause_ms):
        """Between two samples: whether counts may be lost in it, and where the drum stood before it."""
        before = self._last_count()
        if self._max_edges_per_s > 0 and (count != before or self.speed_mm_s):
            self._warn_of_edges(t_ms, abs(count - before) * 1000 // pause_ms)
        self._gap_end_ms = t_ms
        self._rest_count = before if self.is_at_rest() else count

    def _last_count(self):
        return self._past_count[self._at - 1 & DELAY - 1]

    def _warn_of_edges(self, t_ms, edges_per_s):
        self.too_fast += 1
        self._listener.alert(t_ms, "edge_rate", edges_per_s)

    def _now_and_then(self, t_ms, count):
        """What every fourth sample is enough for."""
        if self.contact.state == TOUCH:
            self.passes.stroke.feel(self.force.mn)
        if t_ms - self._window_ms >= WINDOW_MS:
            self._judge_window(t_ms, count)

    def _judge_window(self, t_ms, count):
        """Speed, edge rate, and the tare if the drum stands still in the air: ten times a second."""
        moved = abs(count - self._window_count)
        edges_per_s = moved * 1000 // (t_ms - self._window_ms)
        self._window_ms = t_ms
        self._window_count = count
        self.speed_mm_s = edges_per_s * (self._nm_per_count >> 4) // 62500
        if edges_per_s > self._max_edges_per_s > 0:
            self._warn_of_edges(t_ms, edges_per_s)
        if moved or self.contact.state != AIR or self.force.is_faulty or self.force.mn >= self._off_mn:
            self._still_ms = t_ms
        elif t_ms - self._still_ms >= STILL_MS:
            is_at_bound = self._calibration.follow(self.force.mean_raw())
            if is_at_bound and not self._is_drift_told:
                self._listener.alert(t_ms, "tare_drift", self._calibration.drift_raw)
            self._is_drift_told = is_at_bound

    def _restart(self, t_ms, count):
        for i in range(DELAY):
            self._past_ms[i] = t_ms
            self._past_count[i] = count
        self._at = 0
        self.force.restart()

    def _feel(self):
        state = self.contact.state
        if state != TOUCH or self.force.mn < self._off_mn:  # else nothing can change
            state = self._change(state)
        if state == AIR:
            return
        if state == TOUCH and self.count != self._felt_count:
            self._roll()
        if self.log:
            self.log.add(self.now_ms, self.count, self.force.mn)

    def _change(self, before):
        state = self.contact.step(self.now_ms, self.force.mn)
        if state == TOUCH and before == AIR:
            self._touch()
        elif state == AIR and before == LEAVING:
            self._end_at(self.contact.fell_ms)
        return state

    def _touch(self):
        # A drum at rest in the air is only turned by the skin: it touched in the gap, and has rolled since.
        start = self._rest_count if self.now_ms == self._gap_end_ms else self.count
        self._listener.touched(self.now_ms)
        self.passes.begin(self.now_ms, start)
        self.strip.begin(start)
        self._felt_count = start
        self._is_strip_over = False

    def _roll(self):
        self._felt_count = self.count
        is_effective = self.force.mn >= self._low_mn
        added = self.passes.move(self.now_ms, self.count, is_effective)
        if added:
            self.dose.roll(self.zone, added, is_effective)
            if self.strip.roll(self.count) > self._strip_limit > 0 and not self._is_strip_over:
                self._is_strip_over = True
                self._listener.alert(self.now_ms, "strip_overdose", self.strip.max_visits)

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
