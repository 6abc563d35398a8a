"""Takes a steady reading of a device's force sensor, or says why there is none."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from dermaroller.device import Device
from dermaroller.errors import CalibrationRefused
from dermaroller.link.answers import Calibration, Raw

PIECE_S = 0.25
PIECES = 9  # more than two seconds
MIN_READINGS = 15  # in a piece; an amplifier of 80 samples a second gives 20
# Of the sensor's range, so that they hold before anything is known of its slope; at the reference bridge's 10.6 N,
# 0.5 N from the lowest to the highest single reading, and 0.02 N from the lowest to the highest mean of a piece.
MAX_NOISE_PERCENT = 5.0
MAX_WANDER_PERCENT = 0.2

Wait = Callable[[float], None]


@dataclass(frozen=True)
class Reading:
    """A mean in counts of 0 to 65535, over n readings. noise_raw: highest less lowest of them."""

    raw: float
    n: int
    noise_raw: int
    wander_raw: float


def steady(device: Device, held: Calibration, what: str, wait: Wait = time.sleep) -> Reading:
    """The mean reading over two seconds. held: the device's calibration, with the sensor's range. what: for messages.

    Raises CalibrationRefused if a reading is out of the sensor's range, or they are too unsteady.
    """
    pieces = _pieces(device, what, wait)
    low, high = min(p.force_raw_min for p in pieces), max(p.force_raw_max for p in pieces)
    _check_range(low, high, held, what)
    n = sum(p.n for p in pieces)
    means = [(p.force_raw or 0) + 0.5 for p in pieces]  # the device rounds down
    mean = sum(mean * p.n for mean, p in zip(means, pieces, strict=True)) / n
    reading = Reading(mean, n, high - low, max(means) - min(means))
    range_raw = held.raw_max - held.raw_min
    for name, value, limit in (
        ("are noisy", reading.noise_raw, MAX_NOISE_PERCENT),
        ("wander", reading.wander_raw, MAX_WANDER_PERCENT),
    ):
        percent = 100 * value / range_raw
        if percent > limit:
            raise CalibrationRefused(
                f"not calibrated: {what}, the readings {name} by {value:.0f} counts, {percent:.2f} % of the sensor's "
                f"range; the limit is {limit:g} %. Stand the handle firmly, keep hands off, wait, and begin again."
            )
    return reading


def _pieces(device: Device, what: str, wait: Wait) -> list[Raw]:
    device.raw()  # begins a new row of readings
    pieces = []
    for _ in range(2 * PIECES):
        wait(PIECE_S)
        piece = device.raw()
        if piece.n >= MIN_READINGS:  # else the answer before was lost and the request came twice
            pieces.append(piece)
        if len(pieces) == PIECES:
            return pieces
    raise CalibrationRefused(
        f"not calibrated: {what}, the sensor gave too few readings. See `dermaroller info` for faults, and try again."
    )


def _check_range(low: int, high: int, held: Calibration, what: str) -> None:
    if low < held.raw_min:
        raise CalibrationRefused(
            f"not calibrated: {what}, a reading of {low} is below {held.raw_min}: the sensor is open or at its "
            "lower end. Check its plug and wires."
        )
    if high > held.raw_max:
        raise CalibrationRefused(
            f"not calibrated: {what}, a reading of {high} is above {held.raw_max}: the sensor is shorted or "
            "saturated. Use a lighter weight, or check its wires."
        )
