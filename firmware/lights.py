"""The kinds of light that a handle may have; each shows a colour as (red, green, blue) of 255."""

import machine

_PWM_HZ = 1000


class PwmLight:
    """One RGB LED on three PWM channels: changing it blocks nothing."""

    def __init__(self, board):
        self._is_low = board.LED_ACTIVE_LOW
        dark = 65535 if self._is_low else 0
        self._channels = [machine.PWM(machine.Pin(pin), freq=_PWM_HZ, duty_u16=dark) for pin in board.LED_PINS]

    def show(self, colour, _lit):
        for i in range(3):
            duty = colour[i] * 257
            self._channels[i].duty_u16(65535 - duty if self._is_low else duty)


class PixelLight:
    """One NeoPixel, or a ring of 8 that fills."""

    def __init__(self, board):
        import neopixel

        n = 8 if board.LED_KIND == "ring8" else 1
        self._pixels = neopixel.NeoPixel(machine.Pin(board.LED_PINS[0], machine.Pin.OUT), n)

    def show(self, colour, lit):
        pixels = self._pixels
        for i in range(len(pixels)):
            pixels[i] = colour if i < lit or len(pixels) == 1 else _glow(colour)
        pixels.write()


def _glow(colour):
    """What the pixels of a ring show that are not yet reached: the same colour, faint."""
    return tuple([part >> 4 for part in colour])
