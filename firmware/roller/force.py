"""Force from raw readings: conversion, a short average, and the judgement that a reading cannot be a force."""

from array import array

WINDOW = 8  # samples averaged, 8 ms at 1 kHz: noise down by 2.8, and still far inside the light's 50 ms
DELAY = WINDOW // 2  # samples by which the average lags behind the newest reading
_SURVEY_MAX = 16000  # readings; their sum still fits a small integer
FAULT_SAMPLES = 20  # readings in a row outside the range before the sensor is called faulty


def force_mn(raw, tare_raw, nn_per_count):
    """Force on the drum in millinewtons; negative means pulled.

    raw, tare_raw: ADC counts, 0 to 65535. nn_per_count: calibration, nanonewtons per count, at most 260,000 (17 N
    in all):
    the product then stays within a 31-bit integer, at a rounding of 1 part in nn_per_count / 16.
    """
    return (raw - tare_raw) * (nn_per_count >> 4) // 62500


class ForceFilter:
    """Averages the last WINDOW readings and hands each count out DELAY samples late, so that both belong together."""

    def __init__(self, calibration):
        self._calibration = calibration
        self._raw = array("H", [0] * WINDOW)
        self._sum = 0
        self._n = 0
        self._at = 0
        self._outside = 0
        self.is_faulty = False
        self.faults = 0  # times the sensor went out of range
        self.mn = 0
        self._survey()

    def _survey(self):
        """Start the statistics of raw readings anew."""
        self._survey_n = self._survey_sum = self._survey_max = 0
        self._survey_min = 65535

    def survey(self):
        """(n, mean, lowest, highest) of the raw readings since the last call, in ADC counts."""
        n = self._survey_n
        told = (n, self._survey_sum // n if n else 0, self._survey_min, self._survey_max)
        self._survey()
        return told

    def restart(self):
        """Forget the average, as after a gap; a fault is remembered."""
        for i in range(WINDOW):
            self._raw[i] = 0
        self._sum = self._n = 0

    def step(self, raw):
        """Take one reading: True if `mn` is now the average force, False if the reading cannot be a force."""
        calibration = self._calibration
        if self._survey_n < _SURVEY_MAX:
            self._survey_n += 1
            self._survey_sum += raw
            if raw < self._survey_min:
                self._survey_min = raw
            if raw > self._survey_max:
                self._survey_max = raw
        if not calibration.raw_min <= raw <= calibration.raw_max:
            self._suspect()
            return False
        if self._outside:
            self._outside -= 1
            if self.is_faulty:
                self.is_faulty = self._outside > 0
                return False
        at = self._at
        self._sum += raw - self._raw[at]
        self._raw[at] = raw
        self._at = (at + 1) % WINDOW
        if self._n < WINDOW:
            self._n += 1
        self.mn = calibration.force_mn(self._sum // self._n)
        return True

    def mean_raw(self):
        """The averaged reading, 0 before there is one."""
        return self._sum // self._n if self._n else 0

    def _suspect(self):
        if self._outside < FAULT_SAMPLES:
            self._outside += 1
            if self._outside == FAULT_SAMPLES and not self.is_faulty:
                self.is_faulty = True
                self.faults += 1
