"""machine.PWM: only the duty is modelled, as far as an LED shows it."""

from micropython import const

from virtual import clock, light
from virtual.pin import Pin

_WRITE_US = const(5)


class PWM:
    """A channel, as on the ESP32."""

    # Of the class as long as a channel has none of its own.
    _freq_hz = 5000
    _duty_u16 = 32768
    _is_inverted = False

    def __init__(self, dest, **settings):
        self.gpio = Pin(dest).gpio
        self.init(**settings)

    def init(self, *, freq=None, duty=None, duty_u16=None, duty_ns=None, invert=None, **_):
        if freq is not None:
            self._freq_hz = freq
        if invert is not None:
            self._is_inverted = invert
        if duty is not None:
            self.duty(duty)
        elif duty_ns is not None:
            self.duty_ns(duty_ns)
        else:
            self.duty_u16(self._duty_u16 if duty_u16 is None else duty_u16)

    def deinit(self):
        self.duty_u16(0)

    def freq(self, value=None):
        if value is None:
            return self._freq_hz
        self._freq_hz = value

    def duty_u16(self, value=None):
        if value is None:
            return self._duty_u16
        if not 0 <= value <= 65535:
            raise ValueError("duty_u16 must be from 0 to 65535")
        clock.spend(_WRITE_US)
        self._duty_u16 = value
        light.set_channel(self.gpio, 65535 - value if self._is_inverted else value)

    def duty(self, value=None):
        if value is None:
            return self._duty_u16 >> 6
        self.duty_u16(min(value << 6, 65535))

    def duty_ns(self, value=None):
        period_ns = 1_000_000_000 // self._freq_hz
        if value is None:
            return self._duty_u16 * period_ns // 65535
        self.duty_u16(value * 65535 // period_ns)
