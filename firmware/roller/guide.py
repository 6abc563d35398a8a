"""What the hand is told: turns the instrument's state into facts for the light, and into alerts for the log."""

from roller import feedback
from roller.contact import AIR, TOUCH
from roller.dose import NEVER
from roller.force import MN
from roller.gate import Gate
from roller.judge import ABOVE_MS, DUE_COUNTS, DUE_EFFECTIVE, DUE_MS, HIGH_MN, IS_CHANGED, LOW_MN, STATE
from roller.native import micropython, ptr32
from roller.pressure import HARD, LIGHT, RIGHT, Pressure

HARD_MS = 300  # pressing too hard for longer is logged
ATTACHED_MS = 5000  # after its last request the host counts as attached for this long
PULLING_MS = 500
LOCK_MS = 1000  # between two looks at the clock, whether the plan's interval is over


class Guide:
    """Judged when something changed. `progress_percent`: the zone's dose against its target, 100 where there is
    none.
    """

    def __init__(self, app, settings):
        self._app = app
        self.gate = Gate(app.plan, app.ledger)
        self.pressure = Pressure(settings.low_mn, settings.high_mn)
        self._low_mn = settings.low_mn
        self._high_mn = settings.high_mn
        app.meter.words[HIGH_MN] = settings.high_mn
        self.progress_percent = 100
        self.asked_ms = -ATTACHED_MS  # when the host last asked for anything
        self.pulled_ms = -PULLING_MS  # and when for bytes of a session
        self._was_faulty = self._was_done = self._was_over = self._was_low = self._was_full = False
        self._is_touching = False
        self._is_hard_told = False
        self._is_locked = False  # by the plan's interval, when it was last looked at
        self._lock_due_ms = 0
        self.facts = 0
        self._words = app.meter.words  # in which is_settled finds what the facts rest on
        self._words[DUE_MS] = 0

    def asked(self, t_ms):
        """The host has asked for something. Until that is shown no more, asking again changes nothing."""
        if t_ms - self.asked_ms >= ATTACHED_MS:
            self.stir()
        self.asked_ms = t_ms

    def pulled(self, t_ms):
        """The host has asked for bytes of a session."""
        if t_ms - self.pulled_ms >= PULLING_MS:
            self.stir()
        self.pulled_ms = t_ms

    def stir(self):
        """Something has changed that the facts rest on and that is_settled does not see."""
        self._words[DUE_MS] = 0

    def rest(self, t_ms):
        """Until t_ms, unless something changes, `step` need not be called."""
        words = self._words
        words[DUE_MS] = min(words[DUE_MS], t_ms)

    def confirm(self, t_ms):
        """A long press outside a session."""
        self.gate.confirm(t_ms, self._app.hal.utc_s())
        self._lock_due_ms = 0
        self.stir()

    def step(self, t_ms):
        """The facts that hold at t_ms; alerts for those that are new."""
        meter = self._app.meter
        session = self._app.session
        words = self._words
        words[DUE_MS] = NEVER
        words[IS_CHANGED] = 0
        words[DUE_COUNTS] = words[DUE_EFFECTIVE] = NEVER
        facts = self._lasting(t_ms)
        if meter.contact.state != AIR:
            facts |= feedback.ROLLING | self._press(t_ms)
        else:
            self._is_touching = False
            facts |= self._waiting(t_ms)
        if session.is_open:
            facts |= self._dose(t_ms)
        self.facts = facts
        return facts

    def _lasting(self, t_ms):
        """Faults, whatever the drum does."""
        app = self._app
        is_faulty = app.meter.force.is_faulty
        if is_faulty != self._was_faulty:
            self._was_faulty = is_faulty
            app.session.alert(t_ms, "fault" if is_faulty else "fault_over")
        if app.session.is_log_full and not self._was_full:
            app.session.alert(t_ms, "log_full")
        self._was_full = app.session.is_log_full
        return feedback.FAULT if is_faulty or app.plan.error else 0

    def _press(self, t_ms):
        """In contact: too light, too hard."""
        meter = self._app.meter
        words = self._words
        pressure = self.pressure
        if not self._is_touching:
            self._is_touching = True
            pressure.touch(t_ms)
            words[LOW_MN] = NEVER
        if meter.contact.state != TOUCH:
            return 0  # a drum that is leaving the skin is no mistake
        if words[LOW_MN] != NEVER:
            pressure.above_ms = words[ABOVE_MS]
        state = pressure.step(t_ms, meter.force.mn)
        words[ABOVE_MS] = pressure.above_ms
        words[LOW_MN] = self._low_mn if state == RIGHT else NEVER
        if state != HARD:
            self._is_hard_told = False
            return feedback.TOO_LIGHT if state == LIGHT else 0
        is_hard = meter.force.mn >= self._high_mn  # the light stays on for longer
        if is_hard and not self._is_hard_told and t_ms - pressure.hard_since_ms >= HARD_MS:
            self._is_hard_told = True
            self._app.session.alert(t_ms, "too_hard", meter.force.mn)
        return feedback.TOO_HARD

    def _waiting(self, t_ms):
        """In the air."""
        app = self._app
        facts = feedback.LOG_FULL if app.session.is_log_full else 0
        power = app.power
        if power.is_asleep:
            return feedback.ASLEEP
        if power.is_low:
            facts |= feedback.LOW_BATTERY
            if not self._was_low:
                app.session.alert(t_ms, "low_battery", power.battery_mv)
        self._was_low = power.is_low
        if power.is_charging:
            facts |= feedback.CHARGING
        if t_ms - self.pulled_ms < PULLING_MS:
            facts |= feedback.PULLING
            self.rest(self.pulled_ms + PULLING_MS)
        if t_ms - self.asked_ms < ATTACHED_MS:
            facts |= feedback.HOST_ATTACHED
            self.rest(self.asked_ms + ATTACHED_MS)
        if app.session.is_open:
            self._lock_due_ms = t_ms
        else:
            self.gate.expire(t_ms)
            if t_ms >= self._lock_due_ms:  # now and then, because telling the time takes heap
                self._lock_due_ms = t_ms + LOCK_MS
                self._is_locked = self.gate.is_locked(app.hal.utc_s())
            self.rest(self._lock_due_ms)
            if self._is_locked:
                facts |= feedback.LOCKED
            if self.gate.asks_for_head():
                facts |= feedback.CONFIRM_HEAD
        return facts

    def _dose(self, t_ms):
        """In a session: the zone's progress, its target, its limit."""
        app = self._app
        dose = app.meter.dose
        zone = app.meter.zone
        target = dose.target_counts[zone]
        self.progress_percent = dose.progress_percent(zone)
        self._words[DUE_COUNTS] = dose.next_counts(zone)
        self._words[DUE_EFFECTIVE] = dose.next_effective(zone)
        is_done = dose.is_target_reached(zone)
        if is_done and not self._was_done:
            app.session.alert(t_ms, "zone_done", zone)
        self._was_done = is_done
        is_over = dose.is_over_limit(zone)
        if is_over and not self._was_over:
            app.session.alert(t_ms, "overdose", zone)
        self._was_over = is_over
        facts = feedback.ZONE_DONE if is_done else 0
        if is_over and app.meter.contact.state != AIR:
            facts |= feedback.OVERDOSE
        if target and not is_done and app.meter.contact.state == AIR:
            facts |= feedback.PROGRESS
        return facts


@micropython.viper
def is_settled(meter: ptr32, force: ptr32, t_ms: int) -> bool:
    """Whether the guide's facts still hold at t_ms, by the words of meter and force filter: to be asked each turn.

    In contact only a force that is right, as before, changes nothing but the moment until which it was.
    """
    if t_ms >= meter[DUE_MS] or meter[IS_CHANGED]:
        return False
    if meter[STATE] == TOUCH:
        if force[MN] < meter[LOW_MN] or force[MN] >= meter[HIGH_MN]:
            return False
        meter[ABOVE_MS] = t_ms
    return True
