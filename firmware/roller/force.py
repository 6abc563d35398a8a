"""Force from raw readings: a short average, and the judgement that a reading cannot be a force."""

from array import array

WINDOW = 8  # samples averaged, 8 ms at 1 kHz: noise down by 2.8, and still far inside the light's 50 ms
DELAY = WINDOW // 2  # samples by which the average lags behind the newest reading
_SURVEY_MAX = 16000  # readings; their sum still fits a small integer
FAULT_SAMPLES = 20  # readings in a row outside the range before the sensor is called faulty


class ForceFilter:
    """Averages the last WINDOW readings; the average belongs to the moment DELAY readings ago."""

    def __init__(self, calibration):
        self._calibration = calibration
        self._raw = array("H", [0] * WINDOW)
        self._sum = 0
        self._at = -1  # no reading yet
        self._outside = 0
        self.is_faulty = False
        self.faults = 0  # times the sensor went out of range
        self.mn = 0

    def restart(self):
        """Forget the average, as after a gap; a fault is remembered."""
        self._at = -1

    def step(self, raw):
        """Take one reading: True if `mn` is now the average force, False if the reading cannot be a force."""
        calibration = self._calibration
        if not calibration.raw_min <= raw <= calibration.raw_max:
            self._suspect()
            return False
        if self._outside and not self._trust():
            return False
        at = self._at
        if at < 0:
            at = self._fill(raw)
        self._sum += raw - self._raw[at]
        self._raw[at] = raw
        self._at = at + 1 & WINDOW - 1
        self._convert()
        return True

    def _convert(self):
        calibration = self._calibration
        raw = (self._sum + WINDOW // 2) // WINDOW
        if calibration.scale:  # as Calibration.force_mn; not called, because this runs a thousand times a second
            self.mn = ((raw - calibration.zero_raw) * calibration.scale + 31250) // 62500
        else:
            self.mn = calibration.force_mn(raw)

    def mean_raw(self):
        """The averaged reading."""
        return (self._sum + WINDOW // 2) // WINDOW

    def _fill(self, raw):
        """Begin the average with one reading in all places."""
        for i in range(WINDOW):
            self._raw[i] = raw
        self._sum = raw * WINDOW
        return 0

    def _suspect(self):
        if self._outside < FAULT_SAMPLES:
            self._outside += 1
            if self._outside == FAULT_SAMPLES and not self.is_faulty:
                self.is_faulty = True
                self.faults += 1

    def _trust(self):
        """A reading inside the range after some outside: True if it may be used."""
        self._outside -= 1
        if self.is_faulty:
            self.is_faulty = self._outside > 0
            return False
        return True


class Survey:
    """Statistics of raw readings, for a calibration or a self-test; counts of 0 to 65535."""

    def __init__(self):
        self.n = self.sum_raw = self.max_raw = 0
        self.min_raw = 65535

    def add(self, raw):
        if self.n < _SURVEY_MAX:
            self.n += 1
            self.sum_raw += raw
            self.min_raw = min(self.min_raw, raw)
            self.max_raw = max(self.max_raw, raw)
