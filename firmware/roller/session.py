"""The life of a session: from first contact (or button) to the button, or to five minutes without contact.

Listens to the meter and writes what it hears to the recorder; decides when to flush.
"""

from roller import records, wire
from roller.dose import NEVER
from roller.recorder import Header, Recorder
from roller.version import VERSION

FLUSH_AT_LIFT_MS = 2000  # unflushed contact that makes a lift worth a flash write, each of which stalls sampling
FLUSH_IN_AIR_MS = 1000  # in the air for this long, whatever is unflushed is written as soon as the drum is at rest
FLUSH_SPINNING_MS = 3000  # in the air for this long, it is written although the drum turns
TIDY_MS = 200  # from one erase of a block that was left to the next: each stalls the light as well

REASON_LATE = records.number_of(records.GAP_REASONS, "late")
REASON_FLASH = records.number_of(records.GAP_REASONS, "flash")
REASON_SERIAL = records.number_of(records.GAP_REASONS, "serial")


class Session:
    """recorder is None while no session is open. due_ms: until then, nothing is there for `step` to do."""

    def __init__(self, meter_of, store, calibration, identity, counters, listener):
        """meter_of(): the meter. identity(): dict for the header. counters(): dict of ints.

        listener is told opened(t_ms), passed(t_ms), and closed(session, totals, t_ms).
        """
        self._meter_of = meter_of
        self._store = store
        self._plan = None
        self._settings = None
        self._calibration = calibration
        self._identity = identity
        self._counters = counters
        self._listener = listener
        self.recorder = None
        self.stall_reason = REASON_LATE  # why the next gap came about
        self._lost_bytes = 0  # of the sessions before
        self.gaps = 0
        self._touch_ms = 0
        self._lift_ms = 0
        self._unflushed_ms = 0  # time of ended contacts not yet in flash
        self._is_touching = False
        self._pending_ms = -1  # since when something waits for flash; -1: nothing does
        self.due_ms = 0
        self._tidy_ms = 0  # when flash may next be erased
        self._is_flushing = False
        self._header = None  # of the next session, put together in the air; none while it is not needed
        self._closing = None  # yields where the loop may turn while a session that has ended is written
        self._beginning = None  # what the header says of the moment when the session began
        self._counters_before = None

    @property
    def is_open(self):
        return self.recorder is not None

    @property
    def is_closing(self):
        """A session has ended, but has not all that it should in flash."""
        return self._closing is not None

    @property
    def is_log_full(self):
        return self._store.is_full

    @property
    def lost_bytes(self):
        """Bytes of log that flash refused or had no room for, since boot."""
        return self._lost_bytes + (self.recorder.lost_bytes if self.recorder else 0)

    def use(self, plan, settings):
        """Take a plan and its settings; not while a session is open or closing."""
        self._plan = plan
        self._settings = settings
        self._header = Header(plan, settings, self._calibration)
        self.due_ms = 0

    # What the meter tells; times are ms since boot.

    def touched(self, t_ms):
        if not self.recorder:
            self.open(t_ms)
        self.due_ms = 0
        self._touch_ms = t_ms
        self._is_touching = True
        if self._pending_ms < 0:
            self._pending_ms = t_ms

    def lifted(self, t_ms):
        self.due_ms = 0
        self._is_touching = False
        self._lift_ms = t_ms
        recorder = self.recorder
        if recorder:
            recorder.run.finish()
            duration_ms = t_ms - max(self._touch_ms, recorder.start_ms)
            start_ms = recorder.since(self._touch_ms)
            self._record(self._touch_ms, records.CONTACT, (start_ms, duration_ms))
            strip = self._meter_of().strip
            if strip.sum_visits:
                values = (start_ms, strip.extent_bins(), strip.max_visits, strip.sum_visits)
                self._record(self._touch_ms, records.STRIP, values)
            self._unflushed_ms += duration_ms

    def stroked(self, stroke):
        recorder = self.recorder
        if not recorder:
            return
        start_ms = recorder.since(stroke.start_ms)
        values = (
            start_ms,
            recorder.since(stroke.end_ms) - start_ms,
            stroke.counts,
            stroke.path_counts,
            stroke.effective_counts,
            stroke.force_mean_mn,
            stroke.force_peak_mn,
            self._meter_of().zone,
            1 if stroke.is_counted else 0,
        )
        self._record(stroke.start_ms, records.STROKE, values)
        if stroke.is_counted:
            self._listener.passed(stroke.end_ms)

    def gap(self, start_ms, end_ms):
        recorder = self.recorder
        if recorder and end_ms > recorder.start_ms:
            self.gaps += 1
            start_ms = max(start_ms, recorder.start_ms)
            # Not through _record: a gap alone must not cause the flush that would cause the next gap.
            recorder.record(start_ms, records.GAP, (recorder.since(start_ms), end_ms - start_ms, self.stall_reason))

    # What the app asks for.

    def open(self, t_ms):
        self.settle()
        session = self._store.new_number()
        recorder = Recorder(self._store, session, t_ms, self._pieces_of_header)
        meter = self._meter_of()
        meter.clear_dose(self._plan)
        meter.log = recorder.run
        self.recorder = recorder
        self._beginning = {"format": wire.FORMAT, "fw": VERSION, "session": session, "uptime_ms": t_ms}
        self._beginning.update(self._identity())
        self._counters_before = self._counters()
        self._lift_ms = self._touch_ms = t_ms
        self._unflushed_ms = 0
        self._pending_ms = t_ms
        self.due_ms = 0
        self._listener.opened(t_ms)

    def close(self, t_ms, end):
        """End the open session; `end` is one of button, idle, stopped, ask. `step` writes what is left of it."""
        recorder = self.recorder
        meter = self._meter_of()
        meter.end_contact()
        meter.log = None
        t_ms = max(t_ms, meter.now_ms)
        losses = self._losses()
        self.recorder = None
        self._is_flushing = False
        self.due_ms = 0
        self._closing = self._close(recorder, t_ms, end, losses)

    def settle(self):
        """Write at once what a session that has ended leaves to be written."""
        while self._closing:
            self._step_closing()

    def _step_closing(self):
        try:
            next(self._closing)
        except StopIteration:
            self._closing = None
        self.stall_reason = REASON_FLASH

    def _close(self, recorder, t_ms, end, losses):
        yield from recorder.close(t_ms, end, losses)
        yield
        self._listener.closed(recorder.session, recorder.totals, t_ms)
        yield  # the ledger is kept first: of a session that has its mark, the next boot reads but beginning and end
        if recorder.is_complete:
            self._store.finish(recorder.session)
        self._lost_bytes += recorder.lost_bytes
        self._header = Header(self._plan, self._settings, self._calibration)

    def next_zone(self, t_ms):
        meter = self._meter_of()
        meter.change_zone((meter.zone + 1) % len(self._plan.zones))
        self._record(t_ms, records.ZONE, (self.recorder.since(t_ms), meter.zone))

    def alert(self, t_ms, kind, value=0):
        """Record an alert by its name in records.ALERT_KINDS."""
        if self.recorder:
            self._record(
                t_ms, records.ALERT, (self.recorder.since(t_ms), records.number_of(records.ALERT_KINDS, kind), value)
            )

    def clock_set(self, t_ms, utc_s, utc_ms):
        """The wall clock was set, if only now: this dates the open session."""
        if self.recorder:
            self._record(t_ms, records.CLOCK, (self.recorder.since(t_ms), utc_s, utc_ms))

    def press(self, t_ms, kind):
        """Record a button press by its name in records.PRESSES."""
        self._record(t_ms, records.BUTTON, (self.recorder.since(t_ms), records.number_of(records.PRESSES, kind)))

    def step(self, t_ms):
        """Flush what is due, and end the session if nobody rolls any more; erase flash while nobody does."""
        recorder = self.recorder
        if self._closing:
            self._step_closing()
            return
        if t_ms >= self._tidy_ms and not self._is_touching and self._tidy(t_ms):
            return
        if recorder:
            if self._is_flushing or (self._pending_ms >= 0 and self._is_flush_due(t_ms)):
                self._flush(t_ms)
            elif not self._is_touching and t_ms - self._lift_ms >= self._settings.idle_ms:
                self.close(t_ms, "idle")
        self._rest()

    def _rest(self):
        """When there will be something to do, unless something happens before."""
        if self._closing or self._is_flushing:
            self.due_ms = 0
        elif self._is_touching:
            self.due_ms = self._pending_ms + self._settings.flush_ms if self._pending_ms >= 0 else NEVER
        elif not self.recorder:
            self.due_ms = self._tidy_ms
        elif self._pending_ms >= 0:
            self.due_ms = 0
        else:
            self.due_ms = min(self._tidy_ms, self._lift_ms + self._settings.idle_ms)

    def _tidy(self, t_ms):
        """Erase a block that was left, or put together a piece of the next header. Whether that took the turn."""
        if not self._meter_of().is_at_rest():
            return False
        if self._store.tidy():
            self._tidy_ms = t_ms + TIDY_MS
            self.stall_reason = REASON_FLASH
            return True
        if self._header and not self._header.step():
            return True
        self._tidy_ms = t_ms + TIDY_MS
        return False

    def _is_flush_due(self, t_ms):
        """At a lift, or when something has waited for too long. In the air not while the drum turns, as the hand may be
        about to touch, and the stall would hide it.
        """
        if t_ms - self._pending_ms >= self._settings.flush_ms:
            return True
        if self._is_touching:
            return False
        air_ms = t_ms - self._lift_ms
        if self._unflushed_ms >= FLUSH_AT_LIFT_MS or air_ms >= FLUSH_SPINNING_MS:
            return True
        return air_ms >= FLUSH_IN_AIR_MS and self._meter_of().is_at_rest()

    def _record(self, t_ms, tag, values):
        self.recorder.record(t_ms, tag, values)
        if self._pending_ms < 0:
            self._pending_ms = t_ms
            self.due_ms = 0

    def _flush(self, t_ms):
        self.stall_reason = REASON_FLASH
        self._is_flushing = not self.recorder.step_flush(t_ms)
        if self.recorder.is_begun:
            self._header = None
        if not self._is_flushing:
            self._unflushed_ms = 0
            self._pending_ms = t_ms if self._is_touching else -1

    def _pieces_of_header(self):
        return self._header.pieces(self._beginning)

    def _losses(self):
        """What was lost or out of order since the session began, by name."""
        now = self._counters()
        return {name: now[name] - self._counters_before[name] for name in now}
