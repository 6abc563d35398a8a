"""The chip's `machine`, as far as the firmware asks for it, answering at once."""

import scene


class Pin:
    IN, OUT, PULL_UP, PULL_DOWN, IRQ_RISING, IRQ_FALLING = 1, 3, 2, 1, 1, 2

    def __init__(self, *_, **__):
        self.value = scene.read_pin

    def irq(self, *_, **__):
        pass


class ADC:
    ATTN_11DB = 3

    def __init__(self, *_, **__):
        self.read_u16 = scene.read_force

    def read_uv(self):
        return 1_900_000


class PWM:
    def __init__(self, *_, **__):
        self.duty_u16 = scene.set_duty


class Timer:
    PERIODIC = 1

    def __init__(self, *_):
        pass

    def init(self, *, callback, **_):
        scene.callback = callback

    def deinit(self):
        scene.callback = None


class RTC:
    def datetime(self, _):
        pass


def unique_id():
    return b"\x24\x0a\xc4\x00\x00\x01"


def freq(hz=None):
    return 160_000_000


def lightsleep(ms):
    scene.rest(ms)


def reset_cause():
    return 1


def disable_irq():
    return 0


def enable_irq(_):
    pass
