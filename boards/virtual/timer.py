"""machine.Timer: hardware timers 0-3 queue a callback at every tick, virtual ones (-1) skip what they missed."""

from micropython import const

import board
from virtual import clock

_HARDWARE = const(4)
_VIRTUAL = const(2)


class Timer:
    """As on the ESP32: every callback is soft."""

    ONE_SHOT = 0
    PERIODIC = 1

    def __new__(cls, id=-1, **settings):
        if id >= _hardware_timers():
            raise ValueError("Timer(%d) doesn't exist, there are only %d hardware timers" % (id, _hardware_timers()))
        return (id >= 0 and clock.timers[clock.TIMERS + id]) or super().__new__(cls)

    def __init__(self, id=-1, **settings):
        self._slot = clock.TIMERS + id if id >= 0 else _free_slot()
        clock.timers[self._slot] = self
        if settings:
            self.init(**settings)

    def init(self, *, mode=PERIODIC, callback=None, period=-1, tick_hz=1000, freq=None, hard=False):
        if hard:
            raise ValueError("hard Timers are not implemented")
        if freq is not None:
            period_us = int(1_000_000 // freq)
        else:
            period_us = period * 1000 if tick_hz == 1000 else period * 1_000_000 // tick_hz
        if period_us <= 0:
            raise ValueError("Timer period is too short for this timer")
        self._period_us = period_us
        clock.callbacks[self._slot] = callback
        clock.periods[self._slot] = period_us if mode else 0
        clock.set_due(self._slot, clock.now + period_us)

    def deinit(self):
        clock.set_due(self._slot, clock.NEVER)
        if self._slot < clock.TIMERS:
            clock.timers[self._slot] = None

    def value(self):
        due_us = clock.due[self._slot]
        return (self._period_us - (due_us - clock.now)) // 1000 if due_us != clock.NEVER else 0


def _virtual_expired(slot):
    due_us = clock.NEVER
    if clock.periods[slot]:
        missed = (clock.now - clock.due[slot]) // clock.periods[slot]
        due_us = clock.due[slot] + (missed + 1) * clock.periods[slot]
    clock.due[slot] = due_us
    clock.push(clock.callbacks[slot], clock.timers[slot])


def _hardware_timers():
    return _HARDWARE if board.CHIP in ("esp32", "esp32s2", "esp32s3") else 2


def _free_slot():
    for slot in range(clock.VIRTUAL_TIMERS, clock.VIRTUAL_TIMERS + _VIRTUAL):
        if clock.timers[slot] is None:
            clock.handlers[slot] = _virtual_expired
            return slot
    raise OSError(12)  # the chip has memory for more
