"""The LED as an eye would see it: PWM duties and pixels in, a record whenever colour or state has changed out."""

import sys

from micropython import const

import board
from virtual import clock, host

_LONGEST_US = const(999_999)  # that a record can be dated back
_TOGETHER_US = const(200)  # channels that change this close to each other are one change

_now = bytearray(3)
_seen = bytearray(3)  # dark, and no application yet
_seen_state = ""


def set_channel(gpio, duty_u16):
    """A PWM duty has changed: pin and 0...65535."""
    if gpio in board.LED_PINS and board.LED_KIND == "rgb_pwm":
        level = duty_u16 >> 8
        _now[board.LED_PINS.index(gpio)] = 255 - level if board.LED_ACTIVE_LOW else level
        _changed()


def set_pixels(gpio, pixels, bytes_per_pixel):
    """Pixels have been written, as green, red, blue; the brightest speaks for all."""
    if gpio not in board.LED_PINS:
        return
    best = 0
    _now[0] = _now[1] = _now[2] = 0
    for i in range(0, len(pixels), bytes_per_pixel):
        total = pixels[i] + pixels[i + 1] + pixels[i + 2]
        if total > best:
            best = total
            _now[0], _now[1], _now[2] = pixels[i + 1], pixels[i], pixels[i + 2]
    _changed()


def _changed():
    if clock.due[clock.LIGHT] == clock.NEVER:
        clock.marks[clock.LIGHT_CHANGED] = clock.now
        clock.set_due(clock.LIGHT, clock.now + _TOGETHER_US)


def _look(slot):
    global _seen_state
    if clock.in_callback:  # a record needs the heap, which a callback may have locked
        clock.due[slot] += _TOGETHER_US
        return
    clock.due[slot] = clock.NEVER
    state = _state()
    if _now != _seen or state != _seen_state:
        _seen[:] = _now
        _seen_state = state
        # A stall may have come between the change and this look at it.
        age_us = min(clock.now - clock.marks[clock.LIGHT_CHANGED], _LONGEST_US)
        host.record(host.LIGHT, bytes(_now) + state.encode(), age_us)


def _state():
    main = sys.modules.get("main")
    try:
        return main.app.feedback.state
    except AttributeError:
        return ""


clock.handlers[clock.LIGHT] = _look
