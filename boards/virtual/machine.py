"""The `machine` module."""

from virtual.adc import ADC  # noqa: F401
from virtual.chip import *  # noqa: F403
from virtual.pin import Pin  # noqa: F401
from virtual.pwm import PWM  # noqa: F401
from virtual.timer import Timer  # noqa: F401
