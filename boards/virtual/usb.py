"""The board's serial port over USB, in packets and without a line rate: what the computer does not fetch is dropped.

Only boards with such a port load this. When the computer fetches is given: away for the last `away` ms of each
`period` ms.
"""

import sys

from micropython import const

from virtual import clock, console, host

_PACKET = const(64)
_PACKET_US = const(64)  # full speed, with a handshake
_BYTES_AT_ONCE = const(64)

_stdin = sys.stdin.buffer


class UsbSerialJtag(console.Uart):
    """The port of C3 and C6: a write that nobody fetches waits once, drops its rest, and is reported as complete.

    Later ones are dropped without waiting, until the computer fetches again.
    """

    patience_us = 200_000
    is_waiting_again = False
    is_told = False  # whether a write says how much of it went out

    def __init__(self, period_ms, away_ms):
        super().__init__(8_000_000)
        self._period_us = period_ms * 1000
        self._here_us = (period_ms - away_ms) * 1000
        self._is_fetched = True

    def write(self, data):
        """Send bytes; returns how many the caller believes to be sent."""
        size = len(data)
        for at in range(0, size, _PACKET):
            if not self._wait():
                self.lost += size - at
                size = at if self.is_told else size
                break
            # A small write comes from where nothing may be allocated, perhaps.
            host.record(host.CONSOLE, data if size <= _PACKET else memoryview(data)[at : at + _PACKET])
            clock.stall(_PACKET_US)
        clock.spend(_PACKET_US)
        return size

    def receive_typed(self, interval_us):
        """The computer waits where there is no room: nothing that it sends is lost."""
        free = len(self._ring) - 1 - self.waiting
        while free > 0:
            n = _stdin.readinto(self._in, min(free, _BYTES_AT_ONCE))
            if n is None:
                return
            if n == 0:
                host.leave("closed")
            free -= n
            for i in range(n):
                self.receive(self._in[i])

    def _wait(self):
        """Until there is room for a packet; false if that took too long."""
        away_us = self._away_us()
        if away_us and (self._is_fetched or self.is_waiting_again):
            clock.stall(min(away_us, self.patience_us))
            away_us = self._away_us()
        self._is_fetched = not away_us
        return self._is_fetched

    def _away_us(self):
        """How long the computer will not fetch; 0 while it does."""
        if not self._period_us:
            return 0
        at_us = clock.now % self._period_us
        return self._period_us - at_us if at_us >= self._here_us else 0


class Usb(UsbSerialJtag):
    """The S3's own: waits each time, and says how much went out."""

    patience_us = 500_000
    is_waiting_again = True
    is_told = True
