"""What the analogue pins read: the truth about this board's sensors, which the firmware can only measure.

The force sensor rests at `world.tare_raw` counts and shows 6 counts per millinewton, with noise on each reading: the
sum of three small generators, which is near enough to a normal distribution and fits in 31 bits.
"""

from micropython import const

import board
from virtual import world

COUNTS_PER_MN = const(6)
FULL_SCALE_MV = const(3100)  # of the ADC at 11 dB
_FULL = const(65535)
_NOISE_MEAN = const(45453)
_NOISE_SIGMA = const(15151)  # of the sum of three values even in 0...30300

_sigma_raw = 20 * COUNTS_PER_MN
_a = _b = _c = 1


def set_noise(sigma_mn, seed):
    """Noise of the force sensor: standard deviation in millinewtons, and where its generators start."""
    global _sigma_raw, _a, _b, _c
    _sigma_raw = sigma_mn * COUNTS_PER_MN
    _a = seed % 30268 + 1
    _b = seed // 7 % 30306 + 1
    _c = seed // 49 % 30322 + 1


def _force_raw():
    global _a, _b, _c
    if world.fault:
        return _FULL if world.fault == 1 else 0
    _a = _a * 171 % 30269
    _b = _b * 172 % 30307
    _c = _c * 170 % 30323
    noise_raw = (_a + _b + _c - _NOISE_MEAN) * _sigma_raw // _NOISE_SIGMA
    return world.tare_raw + world.force_mn() * COUNTS_PER_MN + noise_raw


def _battery_raw():
    return world.battery_mv * 1000 // board.BATTERY_DIVIDER_X1000 * _FULL // FULL_SCALE_MV


def _floating_raw():
    return 0


def reader(pin):
    """The function that reads this pin: ideal 16-bit counts, not yet limited or quantised."""
    if pin == board.FORCE_PIN:
        return _force_raw
    if pin == board.BATTERY_PIN:
        return _battery_raw
    return _floating_raw
