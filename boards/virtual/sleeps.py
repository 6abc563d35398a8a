"""Light and deep sleep, and what ends them: a part of `machine`.

What timers would queue meanwhile beyond the queue's depth is lost.
"""

from virtual import clock, host, times, world

PIN_WAKE = EXT0_WAKE = 2
EXT1_WAKE = 3
TIMER_WAKE = 4

wake_pin = None  # (pin, level)
reason = 0


def wake_on(pin, level):
    """Which pin and level ends a sleep."""
    global wake_pin
    wake_pin = None if pin is None else (pin.gpio, 1 if level else 0)


def lightsleep(time_ms=None):
    global reason
    started_ms = clock.ticks_ms()
    _sleep(time_ms)
    reason = TIMER_WAKE if time_ms and times.ticks_diff(clock.ticks_ms(), started_ms) >= time_ms else EXT0_WAKE


def deepsleep(time_ms=None):
    """Ends in a reset."""
    _sleep(time_ms)
    host.leave("deepsleep")


def wake_reason():
    return reason


def _sleep(time_ms):
    left_ms = -1 if time_ms is None else time_ms
    while left_ms and not (wake_pin and world.levels[wake_pin[0]] == wake_pin[1]):
        clock.stall(1000)
        left_ms -= 1
