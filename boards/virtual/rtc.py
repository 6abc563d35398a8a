"""machine.RTC: the real-time clock, which survives resets but not a power failure."""

from virtual import clock, times


class RTC:
    """Years to microseconds; and a little memory."""

    def datetime(self, moment=None):
        if moment is None:
            year, month, day, hour, minute, second, weekday, _ = times.gmtime()
            return (year, month, day, weekday, hour, minute, second, clock.now % 1_000_000)
        self._set(moment[:3] + moment[4:7])

    def init(self, moment):
        self._set(moment[:6])

    def _set(self, moment):
        times.set_time(times.mktime(moment))

    def memory(self, data=None):
        if data is None:
            return times.rtc_memory
        if len(data) > 2048:
            raise ValueError("buffer too long")
        times.rtc_memory = bytes(data)
