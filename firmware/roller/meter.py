"""From samples to meaning: force, contact, strokes and dose, sample by sample, for whoever listens.

The listener (the session) is told `touched(t_ms)`, `lifted(t_ms)`, `stroked(stroke)`, `gap(start_ms, end_ms)` and
`alert(t_ms, kind, value)`; times are ms since boot.
"""

from array import array

from roller.contact import AIR, LEAVING, TOUCH, Contact
from roller.dose import NEVER, Dose
from roller.force import DELAY, MN, ForceFilter, average, survey
from roller.judge import (
    AT,
    CHANGE,
    COUNT,
    DUE_COUNTS,
    DUE_EFFECTIVE,
    EFFECTIVE_MN,
    FELT_COUNT,
    IS_CHANGED,
    LATE,
    LATE_MS,
    LOG_END_MS,
    MOST,
    NOW_MS,
    OFF_MN,
    ON_MN,
    PAST_COUNT,
    PAST_MS,
    PERIOD,
    ROLL,
    SEEN_MS,
    SIZE_OF_METER,
    STATE,
    STRIP_LIMIT,
    T_COUNT,
    T_MS,
    WINDOW,
    WINDOW_MS,
    WINDOW_MS_AT,
    ZONE,
    judge,
)
from roller.passes import PassCounter, feel
from roller.rolling import roll
from roller.strip import Strip

STILL_MS = 1000  # in the air without a count for this long, the tare may be followed
QUEUE_MS = 4  # a longer pause overfills the chip's queue of 8 callbacks with ticks and edges
_NO_SURVEY = array("i", [0])


class Meter:
    """What judge.judge adds up and finds in the samples, and what follows from it."""

    def __init__(self, plan, settings, calibration, clock, listener, max_edges_per_s=0):
        """clock: a roller.clock.Clock stepped by nobody else. max_edges_per_s: what the counter can be trusted with;
        0: anything.
        """
        self._clock = clock
        self._gap_ms = settings.gap_ms
        self._listener = listener
        self._calibration = calibration
        self._nm_per_count = settings.nm_per_count
        self._max_edges_per_s = max_edges_per_s
        self._strip_limit = NEVER if plan.source else settings.strip_max_passes or NEVER
        self._is_drift_told = False
        self.strip = Strip(plan.head.counts_per_rev)
        self.speed_mm_s = 0
        self.too_fast = 0  # windows and pauses in which more edges came than the counter can be trusted with
        self._window_count = 0
        self._still_ms = clock.ms  # since when no count has come
        self.force = ForceFilter(calibration)
        self._force = self.force.words
        self._scale = calibration.words
        self.contact = Contact(settings)
        self.passes = PassCounter(settings, self._stroked)
        self.dose = Dose(plan)
        self.late = 0
        self._gap_end_ms = -1
        self._rest_count = 0  # where the drum stood before the last gap
        self._is_begun = False
        words = self.words = array("i", bytes(4 * SIZE_OF_METER))
        words[EFFECTIVE_MN] = settings.low_mn
        words[DUE_COUNTS] = words[DUE_EFFECTIVE] = NEVER
        words[STRIP_LIMIT] = self._strip_limit
        words[ON_MN] = settings.contact_on_mn
        words[OFF_MN] = settings.contact_off_mn
        words[WINDOW_MS_AT] = clock.ms
        words[SEEN_MS] = clock.ms - LATE_MS - 1
        self.survey = None
        self.log = None
        self._tell = self._answer  # bound once: binding allocates

    @property
    def now_ms(self):
        """Time of the sample last judged: some ms behind the last received, as the force's average is."""
        return self.words[NOW_MS]

    @property
    def count(self):
        """What was counted by then."""
        return self.words[COUNT]

    @property
    def survey(self):
        """Statistics of raw readings, while somebody wants them."""
        return self._survey

    @survey.setter
    def survey(self, wanted):
        self._survey = wanted
        self._gather()

    @property
    def log(self):
        """A sample run while a session records, else None."""
        return self._log

    @log.setter
    def log(self, run):
        self._log = run
        if run:
            run.connect(self.words)
        else:
            self.words[LOG_END_MS] = -1

    def _gather(self):
        """What judge.judge takes besides words of its own: put together whenever one of these is another."""
        passes, dose, strip = self.passes, self.dose, self.strip
        path, effective = dose.path_counts, dose.effective_counts
        rolled = (self.words, self._force, passes.words, path, effective, strip.words, strip.visits)
        surveyed = self._survey.words if self._survey else _NO_SURVEY
        self._parts = (self._clock.words, average, passes.stroke.felt, feel, surveyed, survey, roll, rolled)

    @property
    def zone(self):
        return self.words[ZONE]

    def drain(self, ring):
        """Take all that waits in the ring."""
        words = ring.words
        while judge(words, self.words, self._force, self._scale, self._parts, self._tell) == MOST:
            pass

    def _answer(self, what):
        if what == ROLL:
            self._roll()
        elif what == PERIOD:
            self._log.turn()
        elif what == CHANGE:
            self._change()
        elif what == WINDOW:
            self._judge_window()
        elif what == LATE:
            self._stall()
        else:
            self._fail()

    def is_at_rest(self):
        """Whether the drum is in the air and has not turned for a while: if it turns next, it is by the skin."""
        return self._last_count() == self._window_count and self.words[SEEN_MS] - self._still_ms >= WINDOW_MS

    def change_zone(self, zone):
        """End the stroke and go on in another zone."""
        self.passes.end(self.now_ms)
        self.words[ZONE] = zone
        self.passes.begin(self.now_ms, self.count)
        self.words[IS_CHANGED] = 1

    def end_contact(self):
        """End stroke and contact now, as a session does."""
        self._lose_contact(self.now_ms)

    def clear_dose(self, plan):
        """Start a session: no dose, first zone."""
        self.dose = Dose(plan)
        self._gather()
        self.words[ZONE] = 0
        self.words[IS_CHANGED] = 1

    def _stall(self):
        """A sample that comes late, or the first of all."""
        t_ms = self.words[T_MS]
        seen_ms = self.words[SEEN_MS]
        if self._is_begun:
            self.late += 1
            pause_ms = t_ms - seen_ms
            if pause_ms > QUEUE_MS or self._max_edges_per_s:
                self._judge_pause(t_ms, self.words[T_COUNT], pause_ms)
            if pause_ms <= self._gap_ms:
                return
            self._listener.gap(seen_ms, t_ms)
        self._is_begun = True
        self._restart()

    def _fail(self):
        """The sensor is faulty: dated back to the last reading that was a force."""
        self._lose_contact(self.now_ms)
        self._restart()

    def _judge_pause(self, t_ms, count, pause_ms):
        """Between two samples: whether counts may be lost in it, and where the drum stood before it."""
        before = self._last_count()
        if self._max_edges_per_s > 0 and (count != before or self.speed_mm_s):
            self._warn_of_edges(t_ms, abs(count - before) * 1000 // pause_ms)
        self._gap_end_ms = t_ms
        self._rest_count = before if self.is_at_rest() else count

    def _last_count(self):
        return self.words[PAST_COUNT + (self.words[AT] - 1 & DELAY - 1)]

    def _warn_of_edges(self, t_ms, edges_per_s):
        self.too_fast += 1
        self._listener.alert(t_ms, "edge_rate", edges_per_s)

    def _judge_window(self):
        """Speed, edge rate, and the tare if the drum stands still in the air: ten times a second."""
        words = self.words
        t_ms = words[T_MS]
        moved = abs(words[T_COUNT] - self._window_count)
        edges_per_s = moved * 1000 // (t_ms - words[WINDOW_MS_AT])
        words[WINDOW_MS_AT] = t_ms
        self._window_count = words[T_COUNT]
        self.speed_mm_s = edges_per_s * (self._nm_per_count >> 4) // 62500
        if edges_per_s > self._max_edges_per_s > 0:
            self._warn_of_edges(t_ms, edges_per_s)
        if moved or self.contact.state != AIR or self.force.is_faulty or self.force.mn >= words[OFF_MN]:
            self._still_ms = t_ms
        elif t_ms - self._still_ms >= STILL_MS:
            is_at_bound = self._calibration.follow(self.force.mean_raw())
            if is_at_bound and not self._is_drift_told:
                self._listener.alert(t_ms, "tare_drift", self._calibration.drift_raw)
            self._is_drift_told = is_at_bound

    def _restart(self):
        words = self.words
        for i in range(DELAY):
            words[PAST_MS + i] = words[T_MS]
            words[PAST_COUNT + i] = words[T_COUNT]
        words[AT] = 0
        self.force.restart()

    def _change(self):
        """The force may have crossed a threshold."""
        before = self.contact.state
        state = self.contact.step(self.now_ms, self.force.mn)
        if state == before:
            return
        self.words[IS_CHANGED] = 1
        self.words[STATE] = state
        if state == TOUCH and before == AIR:
            self._touch()
        elif state == AIR:
            self._end_at(self.contact.fell_ms)

    def _touch(self):
        # A drum at rest in the air is only turned by the skin: it touched in the gap, and has rolled since.
        now_ms = self.now_ms
        start = self._rest_count if now_ms == self._gap_end_ms else self.count
        self._listener.touched(now_ms)
        self.passes.begin(now_ms, start)
        self.strip.begin(start)
        self.words[FELT_COUNT] = start
        self.words[STRIP_LIMIT] = self._strip_limit

    def _roll(self):
        """The drum has rolled back in contact, which ends a stroke; or the strip is over its limit: see rolling."""
        words = self.words
        count = words[COUNT]
        strip = self.strip
        if words[FELT_COUNT] != count:
            words[FELT_COUNT] = count
            is_effective = self._force[MN] >= words[EFFECTIVE_MN]
            added = self.passes.turn(words[NOW_MS], count, is_effective)
            dose, zone = self.dose, words[ZONE]
            dose.roll(zone, added, is_effective)
            if dose.path_counts[zone] >= words[DUE_COUNTS] or dose.effective_counts[zone] >= words[DUE_EFFECTIVE]:
                words[IS_CHANGED] = 1
            strip.roll(count)
        if strip.max_visits > words[STRIP_LIMIT]:
            words[STRIP_LIMIT] = NEVER  # told once a contact
            self._listener.alert(words[NOW_MS], "strip_overdose", strip.max_visits)

    def _lose_contact(self, t_ms):
        if self.contact.state != AIR:
            end_ms = self.contact.fell_ms if self.contact.state == LEAVING else t_ms
            self.contact.reset()
            self.words[STATE] = AIR
            self.words[IS_CHANGED] = 1
            self._end_at(end_ms)

    def _end_at(self, t_ms):
        self.passes.end(t_ms)
        self._listener.lifted(t_ms)

    def _stroked(self, stroke):
        if stroke.is_counted:
            self.dose.passes[self.zone] += 1
        self._listener.stroked(stroke)
