"""machine.ADC: one-shot conversions of 12 bits, each of which takes its time."""

from virtual import sensor
from virtual.pin import Pin


class ADC:
    """A channel of ADC1."""

    ATTN_0DB, ATTN_2_5DB, ATTN_6DB, ATTN_11DB = range(4)
    WIDTH_9BIT, WIDTH_10BIT, WIDTH_11BIT, WIDTH_12BIT = range(9, 13)

    def __init__(self, pin, *, atten=ATTN_11DB):
        self.read_u16 = sensor.reader(Pin(pin).gpio)  # itself, as it is called at every sample
        self.atten(atten)

    def init(self, *, atten=ATTN_11DB):
        self.atten(atten)

    def atten(self, atten):
        if not 0 <= atten <= 3:
            raise ValueError("invalid attenuation")

    def width(self, bits):
        pass

    def read(self):
        return self.read_u16() >> 4

    def read_uv(self):
        return self.read() * sensor.FULL_SCALE_MV // 4095 * 1000
