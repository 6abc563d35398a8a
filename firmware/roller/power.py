"""Battery and sleep. Only judged while the drum is in the air."""

SLEEP_MS = 300000  # untouched for this long, the handle sleeps
LOW_MV = 3500  # of a lithium cell at light load: warn
EMPTY_MV = 3300  # close the session while there is power to write
_MEASURE_MS = 10000
_STIR_COUNTS = 2  # of the drum that wake the handle; less is a shake


class Power:
    """`is_asleep`, `is_low` and `battery_mv` (None where it cannot be measured)."""

    def __init__(self, read_battery_mv, is_charging):
        """read_battery_mv(): int, or None without a divider. is_charging(): whether a charger says so."""
        self._read_battery_mv = read_battery_mv
        self._read_charging = is_charging
        self.is_asleep = False
        self.is_low = False
        self.is_charging = False
        self.battery_mv = None
        self.changes = 0  # of any of these
        self._touched_ms = 0
        self._measured_ms = -_MEASURE_MS
        self._count = 0
        self.due_ms = 0  # until then, `step` changes nothing if the drum does not turn, nor a session opens or ends

    def touch(self, t_ms):
        """Somebody uses the handle."""
        self._touched_ms = t_ms
        if self.is_asleep:
            self.is_asleep = False
            self.changes += 1

    def step(self, t_ms, count, is_open):
        """Judge at t_ms with the drum at `count`; True if the battery is so low that a session must end now."""
        if abs(count - self._count) > _STIR_COUNTS:
            self._count = count
            self.touch(t_ms)
        if t_ms - self._measured_ms >= _MEASURE_MS:
            self._measured_ms = t_ms
            self.battery_mv = self._read_battery_mv()
            self.is_charging = self._read_charging()
            self.changes += 1
            self.is_low = self.battery_mv is not None and self.battery_mv < LOW_MV and not self.is_charging
        was_asleep = self.is_asleep
        self.is_asleep = not is_open and t_ms - self._touched_ms >= SLEEP_MS
        self.changes += self.is_asleep != was_asleep
        self.due_ms = self._measured_ms + _MEASURE_MS
        if not is_open and not self.is_asleep:
            self.due_ms = min(self.due_ms, self._touched_ms + SLEEP_MS)
        return self.is_low and self.battery_mv < EMPTY_MV
