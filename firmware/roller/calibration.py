"""What turns this handle's readings into forces and millimetres. How that is checked and kept: see calibrating."""

from array import array

from roller.native import micropython, ptr32

LINEAR = "linear"  # bridges and digital sensors: a tare and a slope
TABLE = "table"  # force resistors: a monotone table of readings
MAX_DRIFT_MN = 120  # the tare follows a sensor's drift by no more than this; contact begins well above


# What turns readings into forces, as words: the reading without force, the slope (0: a table), the range, and the
# points of the table behind their number.
ZERO = 0
SCALE = 1
RAW_MIN = 2
RAW_MAX = 3
POINTS = 4
TABLE_AT = 5
_WORDS = 5 + 2 * 8  # as many points as calibrating lets through


class CalibrationError(ValueError):
    """A calibration that cannot be used; the text says why."""


class Calibration:
    """raw: mean of read_u16 counts, 0 to 65535. Forces in mN. `sequence` counts this handle's calibrations; 0: the
    board's own.
    """

    def __init__(self, tare_raw, nn_per_count, raw_min, raw_max):
        """tare_raw: reading without force. raw_min, raw_max: readings outside these are an open, shorted or saturated
        sensor.
        """
        self.kind = LINEAR
        self.tare_raw = tare_raw
        self.nn_per_count = nn_per_count
        self.raw_min = raw_min
        self.raw_max = raw_max
        self.words = array("i", bytes(4 * _WORDS))
        self.table = []  # of (raw above tare, mN), both rising, from (0, 0)
        self.nm_per_count = 0  # travel measured with a ruler; 0: computed from the drum's diameter
        self.utc_s = None  # when it was made
        self.sequence = 0
        self.is_refused = False  # one was kept, but makes no sense to this firmware or board: theirs is not in use
        self.drift_raw = 0  # how far the tare has been followed since boot
        self.max_drift_raw = 0
        self._start()

    @property
    def zero_raw(self):
        """The reading without force, as it is followed."""
        return self.words[ZERO]

    def force_mn(self, raw):
        """Force on the drum for a mean reading, in millinewtons; negative means pulled."""
        return force_mn(self.words, raw)

    def follow(self, raw):
        """Let the tare creep by one count towards a mean reading in the air; True if it has reached its bound."""
        step = raw - self.words[ZERO]
        if step > 0:
            self.drift_raw = min(self.drift_raw + 1, self.max_drift_raw)
        elif step < 0:
            self.drift_raw = max(self.drift_raw - 1, -self.max_drift_raw)
        self.words[ZERO] = self.tare_raw + self.drift_raw
        return abs(self.drift_raw) == self.max_drift_raw

    def as_dict(self):
        """What is kept, shown and written to each log."""
        kept = {
            "kind": self.kind,
            "tare_raw": self.tare_raw,
            "nn_per_count": self.nn_per_count,
            "raw_min": self.raw_min,
            "raw_max": self.raw_max,
            "utc_s": self.utc_s,
            "sequence": 0 if self.is_refused else self.sequence,
        }
        if self.table:
            kept["table"] = self.table
        if self.nm_per_count:
            kept["nm_per_count"] = self.nm_per_count
        return kept

    def take(self, kept):
        """Take over the entries of a dict such as as_dict gives, where they stand; CalibrationError leaves all as it
        was.
        """
        self.adopt(self.checked(kept))

    def checked(self, kept):
        """The entries of a dict such as as_dict gives, and those of this calibration where it has none; or
        CalibrationError.
        """
        merged = self.as_dict()
        merged.update(kept)
        merged["raw_min"], merged["raw_max"] = self.raw_min, self.raw_max  # the board says these
        from roller import calibrating

        calibrating.check(merged)
        return merged

    def adopt(self, merged):
        """Take over what `checked` gave."""
        self.kind = merged["kind"]
        self.tare_raw = merged["tare_raw"]
        self.nn_per_count = merged["nn_per_count"]
        self.table = merged.get("table", [])
        self.nm_per_count = merged.get("nm_per_count", 0)
        self.utc_s = merged["utc_s"]
        self._start()

    def _start(self):
        self.drift_raw = 0
        self.max_drift_raw = self._raw_at(MAX_DRIFT_MN)
        words = self.words
        words[ZERO] = self.tare_raw
        words[SCALE] = self.nn_per_count >> 4 if self.kind == LINEAR else 0
        words[RAW_MIN] = self.raw_min
        words[RAW_MAX] = self.raw_max
        words[POINTS] = len(self.table)
        at = TABLE_AT
        for point in self.table:
            words[at], words[at + 1] = point
            at += 2

    def _raw_at(self, mn):
        """Counts above tare at a force."""
        if self.kind == LINEAR:
            return mn * 1000000 // self.nn_per_count
        raw, at_mn = self.table[0]
        return max(1, raw * mn // at_mn)


@micropython.viper
def force_mn(words: ptr32, raw: int) -> int:
    """Calibration.force_mn, of the calibration with these words.

    A linear sensor: (raw - tare) * nn_per_count / 10**6. With at most 260,000 nN per count the product stays within
    31 bits, at a rounding of 16 parts in nn_per_count. A table: linear between its points and beyond the last.
    """
    raw -= words[ZERO]
    if words[SCALE]:
        return (raw * words[SCALE] + 31250) // 62500
    if not words[POINTS]:
        return 0
    low_raw = 0
    low_mn = 0
    at = TABLE_AT
    last = TABLE_AT + 2 * words[POINTS] - 2
    while at < last and raw >= words[at]:
        low_raw = words[at]
        low_mn = words[at + 1]
        at += 2
    return low_mn + (raw - low_raw) * (words[at + 1] - low_mn) // (words[at] - low_raw)
