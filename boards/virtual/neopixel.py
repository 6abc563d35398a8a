"""neopixel.NeoPixel: a write takes the time of its bits, with interrupts on as RMT does it."""

from micropython import const

from virtual import clock, light

_SETUP_US = const(150)
_PIXEL_US = const(30)


class NeoPixel:
    """A chain of pixels on one pin."""

    ORDER = (1, 0, 2, 3)

    def __init__(self, pin, n, bpp=3, timing=1):
        self.pin = pin
        self.n = n
        self.bpp = bpp
        self.buf = bytearray(n * bpp)
        self.timing = timing

    def __len__(self):
        return self.n

    def __setitem__(self, index, pixel):
        for i in range(self.bpp):
            self.buf[index * self.bpp + self.ORDER[i]] = pixel[i]

    def __getitem__(self, index):
        return tuple(self.buf[index * self.bpp + self.ORDER[i]] for i in range(self.bpp))

    def fill(self, pixel):
        for index in range(self.n):
            self[index] = pixel

    def write(self):
        clock.spend(_SETUP_US + self.n * _PIXEL_US)
        light.set_pixels(self.pin.gpio, self.buf, self.bpp)
