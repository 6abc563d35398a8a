"""Force from raw readings: a short average, and the judgement that a reading cannot be a force."""

from array import array

from roller import calibration as calibrations
from roller.calibration import RAW_MAX, RAW_MIN, SCALE, ZERO
from roller.native import micropython, ptr32

WINDOW = 8  # samples averaged, 8 ms at 1 kHz: noise down by 2.8, and still far inside the light's 50 ms
DELAY = WINDOW // 2  # samples by which the average lags behind the newest reading
SURVEY_MAX = 16000  # readings; their sum still fits a small integer
FAULT_SAMPLES = 20  # readings in a row outside the range before the sensor is called faulty

# Words of a filter; behind them the last WINDOW readings.
MN = 0  # the average force
SUM = 1  # of the readings
AT = 2  # the oldest of them, which goes next; -1: no reading yet
OUTSIDE = 3  # readings in a row that could be no force, less those since that could
IS_FAULTY = 4
FAULTS = 5
READINGS = 6

# Words of a survey.
LEFT = 0  # readings that it still takes
SURVEY_SUM = 1
LOWEST = 2
HIGHEST = 3


class ForceFilter:
    """Averages the last WINDOW readings; the average belongs to the moment DELAY readings ago."""

    def __init__(self, calibration):
        self.words = array("i", bytes(4 * (READINGS + WINDOW)))
        self._calibration = calibration.words
        self.restart()

    @property
    def mn(self):
        return self.words[MN]

    @property
    def is_faulty(self):
        return self.words[IS_FAULTY] != 0

    @property
    def faults(self):
        """Times the sensor went out of range."""
        return self.words[FAULTS]

    def restart(self):
        """Forget the average, as after a gap; a fault is remembered."""
        self.words[AT] = -1

    def step(self, raw):
        """Take one reading: whether `mn` is now the average force; else the reading cannot be a force."""
        return average(self.words, self._calibration, raw) != 0

    def mean_raw(self):
        """The averaged reading."""
        return (self.words[SUM] + WINDOW // 2) // WINDOW


@micropython.viper
def average(force: ptr32, calibration, raw: int) -> int:
    """ForceFilter.step, of the filter and the calibration with these words: 1 or 0.

    A reading that cannot be a force is left out. FAULT_SAMPLES of them in a row make the sensor faulty, until as many
    have come that can be one; after fewer, each good one makes up for a bad one.
    """
    scale = ptr32(calibration)
    if raw < scale[RAW_MIN] or raw > scale[RAW_MAX]:
        if force[OUTSIDE] < FAULT_SAMPLES:
            force[OUTSIDE] += 1
            if force[OUTSIDE] == FAULT_SAMPLES and not force[IS_FAULTY]:
                force[IS_FAULTY] = 1
                force[FAULTS] += 1
        return 0
    if force[OUTSIDE]:
        force[OUTSIDE] -= 1
        if force[IS_FAULTY]:
            force[IS_FAULTY] = 1 if force[OUTSIDE] else 0
            return 0
    at = force[AT]
    if at < 0:  # begin with this reading in all places
        for i in range(WINDOW):
            force[READINGS + i] = raw
        force[SUM] = raw * WINDOW
        at = 0
    force[SUM] += raw - force[READINGS + at]
    force[READINGS + at] = raw
    force[AT] = at + 1 & WINDOW - 1
    mean = force[SUM] + DELAY >> 3
    if scale[SCALE]:  # as calibration.force_mn; not called, because this runs a thousand times a second
        force[MN] = ((mean - scale[ZERO]) * scale[SCALE] + 31250) // 62500
    else:
        force[MN] = int(calibrations.force_mn(calibration, mean))
    return 1


class Survey:
    """Statistics of raw readings, for a calibration or a self-test; counts of 0 to 65535."""

    def __init__(self):
        self.words = array("i", (SURVEY_MAX, 0, 65535, 0))

    @property
    def n(self):
        return SURVEY_MAX - self.words[LEFT]

    @property
    def sum_raw(self):
        return self.words[SURVEY_SUM]

    @property
    def min_raw(self):
        return self.words[LOWEST]

    @property
    def max_raw(self):
        return self.words[HIGHEST]

    def add(self, raw):
        survey(self.words, raw)


@micropython.viper
def survey(words: ptr32, raw: int):
    """Survey.add, of the survey with these words."""
    if words[LEFT]:
        words[LEFT] -= 1
        words[SURVEY_SUM] += raw
        if raw < words[LOWEST]:
            words[LOWEST] = raw
        if raw > words[HIGHEST]:
            words[HIGHEST] = raw
