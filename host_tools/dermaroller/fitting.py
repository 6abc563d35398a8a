"""Fits a handle's calibration to readings under known forces, or to counts over known travel; refuses a bad fit.

The residuals are those of the device's own arithmetic: the numbers are rounded as the device keeps them, and put
through the code that it runs. What the readings are and how they are taken is calibrating.py's.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from dermaroller.as_json import as_object
from dermaroller.errors import CalibrationRefused
from dermaroller.link.answers import Calibration as Held
from dermaroller.log.geometry import Geometry
from roller import calibrating
from roller.calibration import LINEAR, TABLE, Calibration, CalibrationError

MAX_FORCE_MN = calibrating.MAX_MN  # the device's tables end there
MIN_WEIGHTS = {LINEAR: 2, TABLE: 3}
# Of the greatest weight. Force resistors are given for 10 % of hysteresis; a bridge is far better than 2 %.
MAX_RESIDUAL_PERCENT = {LINEAR: 2.0, TABLE: 10.0}
MIN_SPAN_MN = 1000  # a slope from less than a newton says little about six
MAX_REVOLUTION_PERCENT = 2.0  # of ten measured revolutions against the head's counts
MAX_RUN_PERCENT = 2.0  # of one run along the ruler against the middle one of them
RUN_COUNTS = 1.0  # by which a run may be off anyway: where it begins and ends between two counts
MAX_DIAMETER_PERCENT = 3.0  # beyond the band from drum to tip circle
# Of a calibration; the rest is the board's.
_TAKEN = ("kind", "tare_raw", "nn_per_count", "table", "nm_per_count", "utc_s")


@dataclass(frozen=True)
class Point:
    """A mean reading (counts of 0 to 65535) under a known force."""

    force_mn: float
    raw: float


@dataclass(frozen=True)
class Residual:
    """What the fit makes of a point. percent: of the greatest force, or of the mean of all runs."""

    wanted: float
    read: float
    fitted: float
    percent: float

    @property
    def error(self) -> float:
        return self.fitted - self.wanted


@dataclass(frozen=True)
class Fit:
    """`kept` is what the device is given, without the date."""

    kept: dict[str, Any]
    residuals: list[Residual]
    max_residual_percent: float
    limit_percent: float


def fit_force(kind: str, tare_raw: float, points: Sequence[Point], held: Held) -> Fit:
    """A force calibration of the kind LINEAR or TABLE; `held` is what the device holds now, with its sensor's range.

    Linear: least squares of force = slope * (reading - tare), over all points. Table: the mean reading of each force,
    joined by straight lines. Raises CalibrationRefused.
    """
    _check_forces(kind, [point.force_mn for point in points])
    full_mn = max(point.force_mn for point in points)
    if kind == LINEAR:
        kept: dict[str, Any] = {"kind": LINEAR, "nn_per_count": round(_slope(tare_raw, points) * 1e6)}
        if held.table:
            kept["table"] = []
    else:
        kept = {"kind": TABLE, "table": _table(tare_raw, points)}
    kept["tare_raw"] = round(tare_raw)
    device = as_device(held, kept)
    residuals = []
    for point in points:
        fitted_mn = device.force_mn(round(point.raw))
        percent = 100 * (fitted_mn - point.force_mn) / full_mn
        residuals.append(Residual(point.force_mn, point.raw, fitted_mn, percent))
    worst = max(residuals, key=lambda each: abs(each.percent))
    limit = MAX_RESIDUAL_PERCENT[kind]
    if abs(worst.percent) > limit:
        _refuse(
            f"under {worst.wanted:.0f} mN the fit gives {worst.fitted:.0f} mN, off by {abs(worst.percent):.1f} % of "
            f"the greatest weight; the limit is {limit:g} %. Check that weight, and that nothing else touches the drum"
            + ("; or try --table, for a sensor that is not linear." if kind == LINEAR else ".")
        )
    return Fit(kept, residuals, abs(worst.percent), limit)


def as_device(held: Held, kept: dict[str, Any]) -> Calibration:
    """The device's own object after it took `kept` over what it holds. CalibrationRefused if it would not."""
    merged = {**as_object(held), **kept}
    device = Calibration(merged["tare_raw"], merged["nn_per_count"], merged["raw_min"], merged["raw_max"])
    try:
        calibrating.check(merged)
        device.take(
            {key: value for key, value in merged.items() if key not in ("sequence", "raw_min", "raw_max", "raw")}
        )
    except CalibrationError as error:
        _refuse(f"the device would not take it: {error}. Check the weights and their unit, and the sensor's wiring.")
    return device


def fit_travel(length_mm: float, runs: Sequence[int], turn_counts: int, turns: int, head: Geometry) -> Fit:
    """Travel per count from the counts of runs along a ruler, and a check of the counts in some revolutions.

    Raises CalibrationRefused.
    """
    _check_revolution(turn_counts / turns, head.counts_per_rev)
    if not runs or min(runs) * 100 < 5000:
        _refuse(
            f"the drum turned {min(runs, default=0)} counts along {length_mm:g} mm; at least 50 are needed to measure "
            "by. Roll the whole length, or take a longer ruler, and see with `dermaroller info` that it counts."
        )
    mean = statistics.fmean(runs)
    nm_per_count = round(length_mm * 1e6 / mean)
    residuals = [Residual(length_mm, n, n * nm_per_count / 1e6, 100 * (n - mean) / mean) for n in runs]
    _check_runs(runs)
    _check_diameter(nm_per_count, head)
    worst = max(abs(each.percent) for each in residuals)
    return Fit({"nm_per_count": nm_per_count}, residuals, worst, MAX_RUN_PERCENT)


def diameter_mm(nm_per_count: float, counts_per_rev: float) -> float:
    """The diameter on which a drum rolls that travels so far per count."""
    return nm_per_count * counts_per_rev / 1e6 / math.pi


def _check_forces(kind: str, forces_mn: Sequence[float]) -> None:
    different = sorted(set(forces_mn))
    least = MIN_WEIGHTS[kind]
    if len(different) < least:
        _refuse(f"{len(different)} different weights are too few; give at least {least}, spread over 0 to 6 N.")
    if kind == TABLE and len(different) > calibrating.MAX_POINTS:
        _refuse(f"{len(different)} different weights are too many; a table has {calibrating.MAX_POINTS} at most.")
    if different[0] <= 0 or different[-1] > MAX_FORCE_MN:
        wrong = different[0] if different[0] <= 0 else different[-1]
        _refuse(f"a weight of {wrong / 1000:g} N is outside 0 to {MAX_FORCE_MN / 1000:g} N. Check its unit.")
    if different[-1] < MIN_SPAN_MN:
        _refuse(
            f"the greatest weight is {different[-1] / 1000:g} N, and says little about a hand's 6 N. Use one of "
            f"{MIN_SPAN_MN / 1000:g} N (102 g) or more."
        )


def _slope(tare_raw: float, points: Sequence[Point]) -> float:
    """Millinewtons per count: of all lines through the tare, that of the least squares."""
    heaviest = max(points, key=lambda point: point.force_mn)
    if heaviest.raw <= tare_raw:
        _refuse(
            f"the reading does not rise under weight: {tare_raw:.0f} with nothing on the drum, {heaviest.raw:.0f} "
            f"under {heaviest.force_mn:.0f} mN. Swap the bridge's two signal wires, or seat the weight on the drum."
        )
    above = [point.raw - tare_raw for point in points]
    return sum(raw * point.force_mn for raw, point in zip(above, points, strict=True)) / sum(raw * raw for raw in above)


def _table(tare_raw: float, points: Sequence[Point]) -> list[list[int]]:
    """[[counts above tare, mN], ...] rising in both."""
    table = []
    before_mn, before_raw = 0.0, tare_raw
    for force_mn in sorted({point.force_mn for point in points}):
        raw = statistics.fmean(point.raw for point in points if point.force_mn == force_mn)
        if round(raw) <= round(before_raw):
            _refuse(
                f"the readings do not rise with the weight: {before_raw:.0f} under {before_mn:.0f} mN, {raw:.0f} under "
                f"{force_mn:.0f} mN. Check the order of the weights, and that each stands on the drum alone."
            )
        table.append([round(raw - round(tare_raw)), round(force_mn)])
        before_mn, before_raw = force_mn, raw
    return table


def _check_revolution(counts: float, counts_per_rev: float) -> None:
    percent = 100 * (counts - counts_per_rev) / counts_per_rev
    if abs(percent) > MAX_REVOLUTION_PERCENT:
        _refuse(
            f"a revolution gave {counts:.2f} counts, and the head says {counts_per_rev}: off by {abs(percent):.1f} %; "
            f"the limit is {MAX_REVOLUTION_PERCENT:g} %. Count the revolutions again; if they were right, correct "
            "counts_per_rev in the plan, or look at the magnets and both hall sensors."
        )


def _check_runs(runs: Sequence[int]) -> None:
    middle = statistics.median(runs)
    n = max(runs, key=lambda each: abs(each - middle))
    percent = 100 * abs(n - middle) / middle
    if percent > MAX_RUN_PERCENT and abs(n - middle) > RUN_COUNTS:
        _refuse(
            f"run {runs.index(n) + 1} gave {n} counts and the middle one {middle:g}, off by {percent:.1f} %; the limit "
            f"is {MAX_RUN_PERCENT:g} %. Roll along the ruler again, without slipping, to the same mark."
        )


def _check_diameter(nm_per_count: int, head: Geometry) -> None:
    rolled_mm = diameter_mm(nm_per_count, head.counts_per_rev)
    drum_mm, tips_mm = head.drum_diameter_mm, head.tip_circle_mm
    margin = MAX_DIAMETER_PERCENT / 100
    if not drum_mm * (1 - margin) <= rolled_mm <= tips_mm * (1 + margin):
        _refuse(
            f"that travel means a drum of {rolled_mm:.2f} mm, but the head's is {drum_mm:g} mm, or {tips_mm:g} mm at "
            f"the needles' tips; {MAX_DIAMETER_PERCENT:g} % beyond that is the limit. Check the ruler's length, and "
            "roll without slipping; if both were right, correct the head in the plan."
        )


def _refuse(reason: str) -> NoReturn:
    raise CalibrationRefused(f"not calibrated: {reason}")
