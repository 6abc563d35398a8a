"""Calibrations checked, written and read again; sealed_slots says how they are kept."""

import json

from roller import sealed_slots, wire
from roller.calibration import LINEAR, TABLE, CalibrationError

MAX_POINTS = 8
MAX_MN = 20000  # of a point of the table
MIN_NN_PER_COUNT = 1000
MAX_NN_PER_COUNT = 260000
MAX_NM_PER_COUNT = 100000000
_NAME = "cal"


def check(kept):
    """CalibrationError unless the dict makes sense."""
    table = kept.get("table", [])
    if kept["kind"] == LINEAR:
        if not _is_whole(kept["nn_per_count"], MIN_NN_PER_COUNT, MAX_NN_PER_COUNT):
            raise CalibrationError("slope must be %d to %d nN per count" % (MIN_NN_PER_COUNT, MAX_NN_PER_COUNT))
    elif kept["kind"] != TABLE:
        raise CalibrationError("kind must be linear or table")
    _check_table(table, 0 if kept["kind"] == LINEAR else 2)
    if not _is_whole(kept["tare_raw"], kept["raw_min"], kept["raw_max"]):
        raise CalibrationError("tare is outside the sensor's range")
    if not _is_whole(kept.get("nm_per_count", 0), 0, MAX_NM_PER_COUNT):
        raise CalibrationError("travel per count must be 0 to %d nm" % MAX_NM_PER_COUNT)
    if kept["utc_s"] is not None and not _is_whole(kept["utc_s"], 0, 1 << 33):
        raise CalibrationError("date must be Unix seconds")


def _check_table(table, fewest):
    """Checked under either kind, as it is kept under either; a linear calibration may have none."""
    if not isinstance(table, (list, tuple)) or not fewest <= len(table) <= MAX_POINTS or len(table) == 1:
        raise CalibrationError("a table has 2 to %d points" % MAX_POINTS)
    last_raw = last_mn = 0
    for point in table:
        if not isinstance(point, (list, tuple)) or len(point) != 2 or not _is_whole(point[0], last_raw + 1, 65535):
            raise CalibrationError("readings of the table must rise")
        if not _is_whole(point[1], last_mn + 1, MAX_MN):
            raise CalibrationError("forces of the table must rise")
        last_raw, last_mn = point


def _is_whole(n, low, high):
    return type(n) is int and low <= n <= high


def load(calibration, hal):
    """Take over the calibration that is kept, if any. One that makes no sense is told, and `is_refused`."""
    kind, payload, sequence = sealed_slots.load(hal, _NAME, (wire.CALIBRATION,))
    if not kind:
        return
    calibration.sequence = sequence
    try:
        calibration.take(json.loads(payload))
    except (ValueError, TypeError, KeyError) as error:  # not to start would be worse
        calibration.is_refused = True
        sealed_slots.tell(hal, _NAME, error)


def keep(calibration, hal):
    """Write it to NVS, where a power cut leaves the one before or this; raises OSError."""
    kept = calibration.as_dict()
    kept["sequence"] = calibration.sequence + 1
    sealed_slots.keep(hal, _NAME, wire.CALIBRATION, kept["sequence"], json.dumps(kept).encode())
    calibration.sequence += 1
    calibration.is_refused = False
