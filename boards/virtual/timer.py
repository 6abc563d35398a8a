"""machine.Timer: hardware timers 0-3 queue a callback at every tick, virtual ones (-1) skip what they missed."""

from micropython import const

import board
from virtual import clock

_HARDWARE = const(4)
_VIRTUAL = const(4)


class Timer:
    """As on the ESP32: every callback is soft."""

    ONE_SHOT = 0
    PERIODIC = 1

    def __new__(cls, id=-1, **settings):
        if id >= _hardware_timers():
            raise ValueError("Timer(%d) doesn't exist, there are only %d hardware timers" % (id, _hardware_timers()))
        if id >= 0 and _timers[id]:
            return _timers[id]
        return super().__new__(cls)

    def __init__(self, id=-1, **settings):
        if id < 0 or not _timers[id]:
            self._slot = id if id >= 0 else _free_slot()
            self._is_virtual = id < 0
            _timers[self._slot] = self
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
        self._callback = callback
        self._period_us = period_us if mode else 0
        slot = clock.TIMERS + self._slot
        clock.handlers[slot] = self._virtual_expired if self._is_virtual else self._expired
        clock.set_due(slot, clock.now + period_us)

    def deinit(self):
        clock.set_due(clock.TIMERS + self._slot, clock.NEVER)
        if self._is_virtual:
            _timers[self._slot] = None

    def value(self):
        due_us = clock.due[clock.TIMERS + self._slot]
        return (self._period_us - (due_us - clock.now)) // 1000 if due_us != clock.NEVER else 0

    def _expired(self, slot):
        if self._period_us:
            clock.due[slot] += self._period_us
        else:
            clock.due[slot] = clock.NEVER
        clock.push(self._callback, self)

    def _virtual_expired(self, slot):
        self._expired(slot)
        while clock.due[slot] <= clock.now:
            clock.due[slot] += self._period_us


_timers = [None] * (_HARDWARE + _VIRTUAL)


def _hardware_timers():
    return _HARDWARE if board.CHIP in ("esp32", "esp32s2", "esp32s3") else 2


def _free_slot():
    for slot in range(_HARDWARE, _HARDWARE + _VIRTUAL):
        if _timers[slot] is None:
            return slot
    raise OSError(12)
