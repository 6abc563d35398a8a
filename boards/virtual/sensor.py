"""What the analogue pins read: the truth about this board's sensors, which the firmware can only measure.

The force sensor shows 6 counts per millinewton above its rest value, with noise on each reading: the sum of three small
generators, which is near enough to a normal distribution and fits in 31 bits.
"""

from micropython import const

import board
from virtual import clock
from virtual.clock import marks, spend

READ_US = const(60)
FULL_SCALE_MV = const(3100)  # of the ADC at 11 dB
_COUNTS_PER_MN = const(6)
_FULL = const(65535)
_OPEN = const(1)
_SPIKE = const(4)
_NOISE_MEAN = const(45453)
_NOISE_SIGMA = const(15151)  # of the sum of three values even in 0...30300
_FORCE_START = const(0)

rest_raw = 3200  # what the force sensor shows without a force
# Bits 0-1: 0 sound; 1 open, reads full scale; 2 shorted, reads 0. Above them: how many of the next readings are spikes.
fault = 0
battery_mv = 3900
_from_mn = _to_mn = _ramp_us = 0
_sigma_raw = 20 * _COUNTS_PER_MN
_a = _b = _c = 1


def set_noise(sigma_mn):
    """Noise of the force sensor: standard deviation in millinewtons."""
    global _sigma_raw
    _sigma_raw = sigma_mn * _COUNTS_PER_MN


def seed_noise(seed):
    """Where the noise's generators start."""
    global _a, _b, _c
    _a = seed % 30268 + 1
    _b = seed // 7 % 30306 + 1
    _c = seed // 49 % 30322 + 1


def set_fault(value):
    """0: sound; 1: open; 2: shorted."""
    global fault
    fault = fault & -_SPIKE | value


def add_spikes(n):
    """So many of the next force readings are full scale, whatever else the sensor has."""
    global fault
    fault += n * _SPIKE


def set_force(force_mn, ramp_us, start_us):
    """From `start_us` on, the force goes to this value in a straight line."""
    global _from_mn, _to_mn, _ramp_us
    _from_mn = _to_mn
    _to_mn = force_mn
    _ramp_us = ramp_us
    marks[_FORCE_START] = start_us


def reader(pin):
    """The function that converts this pin's voltage: 12 bits stretched to 16, after the time that it takes."""
    if pin == board.FORCE_PIN:
        return _read_force
    if pin == board.BATTERY_PIN:
        return _read_battery
    return _read_nothing


def _read_force():
    # Called at every sample: written for speed, and allocates nothing.
    global _a, _b, _c
    clock.now += READ_US
    if clock.now >= clock.next_due or clock.attention:  # as in clock.spend()
        spend(0)
    if fault:
        return _read_faulty()
    _a = a = _a * 171 % 30269
    _b = b = _b * 172 % 30307
    _c = c = _c * 170 % 30323
    force_mn = _to_mn
    elapsed_us = clock.now - marks[_FORCE_START]
    if elapsed_us < _ramp_us:
        force_mn = _from_mn + (force_mn - _from_mn) * elapsed_us // _ramp_us
    raw = rest_raw + force_mn * _COUNTS_PER_MN + (a + b + c - _NOISE_MEAN) * _sigma_raw // _NOISE_SIGMA >> 4
    if raw < 0:
        return 0
    return raw << 4 | raw >> 8 if raw < 4096 else 65535


def _read_faulty():
    global fault
    if fault >= _SPIKE:
        fault -= _SPIKE
        return _FULL
    return _FULL if fault == _OPEN else 0


def _read_battery():
    spend(READ_US)
    raw = min(battery_mv * 1000 // board.BATTERY_DIVIDER_X1000 * 4095 // FULL_SCALE_MV, 4095)
    return raw << 4 | raw >> 8


def _read_nothing():
    spend(READ_US)
    return 0
