"""The chip's `time`: it passes where the firmware waits."""

import scene
from scene import ticks_ms, ticks_us  # noqa: F401


def ticks_diff(end, start):
    return end - start


def ticks_add(ticks, delta):
    return ticks + delta


def sleep_ms(ms):
    scene.rest(ms)


def time():
    return scene.now_us // 1_000_000


def gmtime(secs=None):
    return (2000, 1, 1, 0, 0, 0, 5, 1)
