"""The rest of the `machine` module: resets, sleeps, identity, the real-time clock and the watchdog."""

from micropython import const

from virtual import clock, host, times, world

PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = range(1, 6)
PIN_WAKE = EXT0_WAKE = 2
EXT1_WAKE = 3
TIMER_WAKE = 4
_SECONDS_PER_DAY = const(86400)

cause = PWRON_RESET
_wake_reason = 0
_freq_hz = 160_000_000
_memory = b""


def set_up(reset_cause, rtc_memory):
    """Take over what survived the last boot."""
    global cause, _memory
    cause = reset_cause
    _memory = rtc_memory


def reset_cause():
    return cause


def reset():
    host.leave("reset")


def soft_reset(is_raw=False):
    """Start again; into the raw REPL if it was asked for from there."""
    print("MPY: soft reboot")
    host.leave("soft_reset", is_raw=is_raw)


def unique_id():
    return b"\x24\x0a\xc4\x00\x00\x01"


def freq(hz=None):
    global _freq_hz
    if hz is None:
        return _freq_hz
    if hz not in (20_000_000, 40_000_000, 80_000_000, 160_000_000, 240_000_000):
        raise ValueError("frequency must be 20MHz, 40MHz, 80Mhz, 160MHz or 240MHz")
    _freq_hz = hz


def idle():
    clock.spend(10)


def wake_reason():
    return _wake_reason


def lightsleep(time_ms=None):
    """Sleep with the timers stopped in effect: what they would have queued beyond the depth of the queue is lost."""
    global _wake_reason
    started_ms = clock.ticks_ms()
    _sleep(time_ms)
    _wake_reason = TIMER_WAKE if time_ms and times.ticks_diff(clock.ticks_ms(), started_ms) >= time_ms else EXT0_WAKE


def deepsleep(time_ms=None):
    """Like a lightsleep that ends in a reset."""
    _sleep(time_ms)
    host.leave("deepsleep")


def _sleep(time_ms):
    from virtual import esp32

    left_ms = -1 if time_ms is None else time_ms
    while left_ms:
        if esp32.wake_pin and world.levels[esp32.wake_pin[0]] == esp32.wake_pin[1]:
            return
        clock.stall(1000)
        left_ms -= 1


def disable_irq():
    was = clock.in_callback
    clock.in_callback = True
    return was


def enable_irq(state=False):
    clock.in_callback = state
    clock.spend(0)


class RTC:
    """The real-time clock: survives resets, not a power failure."""

    def datetime(self, moment=None):
        if moment is None:
            year, month, day, hour, minute, second, weekday, _ = times.gmtime()
            return (year, month, day, weekday, hour, minute, second, clock.now % 1_000_000)
        self._set(moment[:3] + moment[4:7])

    def init(self, moment):
        self._set(moment[:6])

    def _set(self, moment):
        times.rtc_s = times.mktime(moment) - clock.uptime_s()

    def memory(self, data=None):
        global _memory
        if data is None:
            return _memory
        if len(data) > 2048:
            raise ValueError("buffer too long")
        _memory = bytes(data)


class WDT:
    """Resets the board unless fed in time."""

    def __init__(self, id=0, timeout=5000):
        if id:
            raise ValueError
        if timeout <= 0:
            raise ValueError("WDT timeout too short")
        self._timeout_us = timeout * 1000
        clock.handlers[clock.WDT] = self._starved
        self.feed()

    def feed(self):
        clock.set_due(clock.WDT, clock.now + self._timeout_us)

    def _starved(self, slot):
        host.leave("wdt_reset")


host.at_exit["rtc_s"] = times.time
host.at_exit["rtc_memory"] = lambda: _memory.hex()
