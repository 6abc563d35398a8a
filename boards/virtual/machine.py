"""The `machine` module. What few programs use is loaded when they do: the heap is the chip's."""

from virtual.adc import ADC  # noqa: F401
from virtual.chip import (  # noqa: F401
    DEEPSLEEP_RESET,
    HARD_RESET,
    PWRON_RESET,
    SOFT_RESET,
    WDT_RESET,
    disable_irq,
    enable_irq,
    freq,
    idle,
    reset,
    reset_cause,
    soft_reset,
    unique_id,
)
from virtual.pin import Pin  # noqa: F401
from virtual.pwm import PWM  # noqa: F401
from virtual.timer import Timer  # noqa: F401

PIN_WAKE = EXT0_WAKE = 2
EXT1_WAKE = 3
TIMER_WAKE = 4


def RTC():
    from virtual.rtc import RTC

    return RTC()


def WDT(id=0, timeout=5000):
    from virtual.wdt import WDT

    return WDT(id, timeout)


def lightsleep(time_ms=None):
    from virtual import sleeps

    sleeps.light(time_ms)


def deepsleep(time_ms=None):
    from virtual import sleeps

    sleeps.deep(time_ms)


def wake_reason():
    from virtual import sleeps

    return sleeps.reason
