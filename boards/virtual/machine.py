"""The `machine` module. What few programs use is loaded when they ask for it: the heap is the chip's."""

from virtual import system
from virtual.adc import ADC  # noqa: F401
from virtual.pin import Pin  # noqa: F401
from virtual.pwm import PWM  # noqa: F401
from virtual.timer import Timer  # noqa: F401


def unique_id():
    return b"\x24\x0a\xc4\x00\x00\x01"


def __getattr__(name):
    places = {"RTC": "rtc", "WDT": "wdt"}
    if name in ("lightsleep", "deepsleep", "wake_reason") or name.endswith("_WAKE"):
        return system.fetch("sleeps", name)
    return system.fetch(places.get(name, "chip"), name)
