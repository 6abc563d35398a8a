"""The HX711 bridge amplifier, 80 samples a second, read bit by bit.

Its trap: a clock pulse that stays high for more than 60 us powers it down, and it then needs 400 ms to settle. So
each pulse is made with interrupts off, and readings that stay away for STALE_READS are reported as a fault rather
than as the last force.
"""

STALE_READS = 100  # reads at 1 kHz without a new value; 12.5 ms apart when all is well
OUT_OF_RANGE = 65535  # what a stale sensor reads: outside any calibration's range
_PULSES = 25  # 24 bits, and one more that asks for channel A at gain 128


class Hx711:
    def __init__(self, data, clock, disable_irq, enable_irq):
        """data, clock: pins, called without argument to read and with one to write, as machine.Pin is."""
        self._data = data
        self._clock = clock
        self._disable_irq = disable_irq
        self._enable_irq = enable_irq
        self._raw = OUT_OF_RANGE
        self._waited = 0
        self.silences = 0  # times the values stayed away
        clock(0)

    def read_u16(self):
        """The newest value as 0 to 65535, 32768 at zero input, or OUT_OF_RANGE. Allocates nothing."""
        if self._data():  # low means that a value is ready
            self._waited += 1
            if self._waited == STALE_READS:
                self._raw = OUT_OF_RANGE
                self.silences += 1
            return self._raw
        self._waited = 0
        value = 0
        for _ in range(_PULSES):
            value = value << 1 | self._pulse()
        value >>= 1  # the last pulse carried no bit
        self._raw = (value ^ 0x800000) >> 8
        return self._raw

    def _pulse(self):
        clock = self._clock
        state = self._disable_irq()
        clock(1)
        clock(0)
        self._enable_irq(state)
        return self._data()
