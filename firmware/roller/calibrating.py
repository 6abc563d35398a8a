"""Calibrations checked, written and read again.

Kept as two sealed blocks, written in turn, in non-volatile storage: a power cut while one is written leaves the other.
The block's sequence says which is newer.
"""

import json

from roller import wire
from roller.calibration import LINEAR, TABLE, CalibrationError

MAX_POINTS = 8
MAX_MN = 20000  # of a point of the table
MIN_NN_PER_COUNT = 1000
MAX_NN_PER_COUNT = 260000
MAX_NM_PER_COUNT = 100000000
_SLOTS = ("cal_a", "cal_b")
_MAX_BYTES = 400


def check(kept):
    """CalibrationError unless the dict makes sense."""
    table = kept.get("table", [])
    if kept["kind"] == LINEAR:
        if not _is_whole(kept["nn_per_count"], MIN_NN_PER_COUNT, MAX_NN_PER_COUNT):
            raise CalibrationError("slope must be %d to %d nN per count" % (MIN_NN_PER_COUNT, MAX_NN_PER_COUNT))
    elif kept["kind"] != TABLE:
        raise CalibrationError("kind must be linear or table")
    elif not isinstance(table, (list, tuple)) or not 2 <= len(table) <= MAX_POINTS:
        raise CalibrationError("a table has 2 to %d points" % MAX_POINTS)
    else:
        _check_rising(table)
    if not _is_whole(kept["tare_raw"], kept["raw_min"], kept["raw_max"]):
        raise CalibrationError("tare is outside the sensor's range")
    if not _is_whole(kept.get("nm_per_count", 0), 0, MAX_NM_PER_COUNT):
        raise CalibrationError("travel per count must be 0 to %d nm" % MAX_NM_PER_COUNT)
    if kept["utc_s"] is not None and not _is_whole(kept["utc_s"], 0, 1 << 33):
        raise CalibrationError("date must be Unix seconds")


def _check_rising(table):
    last_raw = last_mn = 0
    for point in table:
        if not isinstance(point, (list, tuple)) or len(point) != 2 or not _is_whole(point[0], last_raw + 1, 65535):
            raise CalibrationError("readings of the table must rise")
        if not _is_whole(point[1], last_mn + 1, MAX_MN):
            raise CalibrationError("forces of the table must rise")
        last_raw, last_mn = point


def _is_whole(n, low, high):
    return type(n) is int and low <= n <= high


def load(load_blob):
    """(dict, sequence) of the newer intact one of the two, (None, 0) if there is none."""
    kept = None
    newest = 0
    for key in _SLOTS:
        block = load_blob(key)
        try:
            kind, _, sequence, _, start, end, _ = wire.parse_block(block or b"")
        except wire.WireError:
            continue
        if kind == wire.CALIBRATION and (kept is None or sequence > newest):
            kept = json.loads(block[start:end])
            newest = sequence
    return kept, newest


def keep(kept, sequence, keep_blob):
    """Write a dict over the older of the two."""
    block = wire.pack_block(wire.CALIBRATION, 0, sequence, 0, json.dumps(kept).encode())
    if len(block) > _MAX_BYTES:
        raise CalibrationError("calibration is too long to keep")
    keep_blob(_SLOTS[sequence % 2], block)
