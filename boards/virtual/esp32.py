"""The `esp32` module."""

import board
from virtual.nvs import NVS  # noqa: F401
from virtual.partition import Partition  # noqa: F401

if board.HAS_PCNT:  # otherwise the name is missing, as on a C3
    from virtual.pcnt import PCNT  # noqa: F401

WAKEUP_ALL_LOW = False
WAKEUP_ANY_HIGH = True

wake_pin = None  # what a light or deep sleep waits for


def wake_on_ext0(pin=None, level=WAKEUP_ALL_LOW):
    """Which pin and level ends a sleep."""
    global wake_pin
    wake_pin = None if pin is None else (pin.gpio, 1 if level else 0)


def wake_on_ext1(pins=None, level=WAKEUP_ALL_LOW):
    wake_on_ext0(pins[0] if pins else None, level)


wake_on_gpio = wake_on_ext1


def mcu_temperature():
    return 40
