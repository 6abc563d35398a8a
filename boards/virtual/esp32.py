"""The `esp32` module."""

import board
from virtual.nvs import NVS  # noqa: F401
from virtual.partition import Partition  # noqa: F401

if board.HAS_PCNT:  # otherwise the name is missing, as on a C3
    from virtual.pcnt import PCNT  # noqa: F401

WAKEUP_ALL_LOW = False
WAKEUP_ANY_HIGH = True


def wake_on_ext0(pin=None, level=WAKEUP_ALL_LOW):
    from virtual import sleeps

    sleeps.wake_on(pin, level)


def wake_on_ext1(pins=None, level=WAKEUP_ALL_LOW):
    wake_on_ext0(pins[0] if pins else None, level)


wake_on_gpio = wake_on_ext1


def mcu_temperature():
    return 40
