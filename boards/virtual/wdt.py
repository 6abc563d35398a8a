"""machine.WDT: resets the board unless it is fed in time."""

from virtual import clock, host


class WDT:
    """Cannot be stopped."""

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
