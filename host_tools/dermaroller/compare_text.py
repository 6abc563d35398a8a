"""The numbers of a comparison as rows of text with their units, the same for the terminal and for the page."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from dermaroller import show
from dermaroller.analysis.compare_types import Compared, ZonePair
from dermaroller.analysis.dose import ZoneDose, reached_text
from dermaroller.analysis.overview_types import Overview
from dermaroller.analysis.summary_parts import ZoneSummary
from dermaroller.compare import DAY_S
from dermaroller.compare_facts import DASH, minute
from dermaroller.show import clock

Number = Callable[[Overview], float | None]
Band = Callable[[Overview], tuple[float | None, float | None]]


class Row(NamedTuple):
    """What it is, that of A, that of B, and B minus A."""

    what: str
    a: str
    b: str
    difference: str


class ZoneSide(NamedTuple):
    """One zone in one session; dashes where the session has no such zone. reached: of the target."""

    area: str
    passes: str
    punctures: str
    density: str
    band: str
    target: str
    reached: str


class ZoneDifference(NamedTuple):
    """B minus A in punctures per cm2, and B / A, each with its band; verdict: compare's word."""

    difference: str
    difference_band: str
    ratio: str
    ratio_band: str
    verdict: str


def when(one: Overview) -> str:
    """The start in words, "2026-01-03 10:00 UTC"."""
    return minute(one.started_at) or "start not known"


def apart(a: Overview, b: Overview) -> str:
    """How long after A B began, in days."""
    if not a.started_at or not b.started_at:
        return "how far apart is not known"
    days = (b.started_at - a.started_at).total_seconds() / DAY_S
    return f"B began {abs(days):,.1f} days {'before' if days < 0 else 'after'} A"


def short_name(file: str) -> str:
    """The file's name; of one in an archive, the beginning of its hash."""
    path = Path(file)
    return path.stem[:8] if len(path.stem) == 64 else path.name


def band(zone: ZoneSummary) -> str:
    """A density with its band, as in `show`; a zone that was not rolled has none."""
    return "0" if zone.density_high_per_cm2 == 0 else show.band(zone)


def signed(value: float, digits: int = 0) -> str:
    """With its sign, a true minus, and no sign before a zero."""
    text = f"{abs(value):,.{digits}f}"
    if not float(text.replace(",", "")):
        return text
    return f"{'−' if value < 0 else '+'}{text}"


def percent(fraction: float | None, digits: int = 0) -> str:
    """0.984 as "98 %"."""
    return DASH if fraction is None else f"{100 * fraction:.{digits}f} %"


def span(low: float | None, high: float | None, digits: int = 0) -> str:
    """A band as "52 to 60"."""
    return DASH if low is None or high is None else f"{low:,.{digits}f} to {high:,.{digits}f}"


def zone_side(zone: ZoneDose | None) -> ZoneSide:
    """A zone's cells in one session."""
    if zone is None:
        return ZoneSide(*[DASH] * 7)
    return ZoneSide(
        _number(zone.area_cm2, 1),
        str(zone.passes),
        _number(zone.punctures, 0),
        _number(zone.density_per_cm2, 1),
        band(zone),
        _number(zone.target_density_per_cm2, 0),
        reached_text(zone) or DASH,
    )


def zone_difference(pair: ZonePair) -> ZoneDifference:
    """The cells of what two zones differ in."""
    low, high = pair.density_difference_low_per_cm2, pair.density_difference_high_per_cm2
    if pair.density_difference_per_cm2 is None or low is None or high is None:
        return ZoneDifference(*[DASH] * 5)
    return ZoneDifference(
        signed(pair.density_difference_per_cm2, 1),
        f"{signed(low)} to {signed(high)}",
        DASH if pair.density_ratio is None else f"{pair.density_ratio:.2f}",
        span(pair.density_ratio_low, pair.density_ratio_high, 2),
        pair.verdict or DASH,
    )


def measure_rows(compared: Compared) -> list[Row]:
    """Time, distance and number of passes; force; strokes; what was captured: with unit, and band where it has one."""
    a, b = compared.sessions
    return [
        _time(a, b, "In contact", lambda one: one.contact_s),
        _time(a, b, "Lasted", lambda one: one.duration_s),
        _row(a, b, "Passes", lambda one: one.passes),
        _row(a, b, "Punctures", lambda one: one.punctures),
        _row(a, b, "of them effective", lambda one: one.effective_punctures),
        _banded(a, b, "Path in contact, m", lambda one: (one.path_low_mm / 1000, one.path_high_mm / 1000), 2),
        _share(a, b, "Force too light", lambda one: one.force.light_fraction),
        _share(a, b, "Force in window", lambda one: one.force.in_window_fraction),
        _share(a, b, "Force too hard", lambda one: one.force.hard_fraction),
        _row(a, b, "Mean force", lambda one: one.force.mean_n, " N", 2),
        _row(a, b, "Peak force", lambda one: one.force.peak_n, " N", 2),
        _banded(
            a, b, "Pass length, mm", lambda one: (one.strokes.mean_length_low_mm, one.strokes.mean_length_high_mm), 0
        ),
        _banded(
            a,
            b,
            "Speed, mm/s",
            lambda one: (one.strokes.mean_speed_low_mm_per_s, one.strokes.mean_speed_high_mm_per_s),
            0,
        ),
        _row(a, b, "Passes forward", lambda one: one.strokes.forward_passes),
        _row(a, b, "Passes backward", lambda one: one.strokes.backward_passes),
        _share(a, b, "Way rolled forward", lambda one: one.strokes.forward_fraction),
    ]


def quality_rows(compared: Compared) -> list[Row]:
    """What was captured, and the alerts."""
    a, b = compared.sessions
    captured = _share(a, b, "Captured", lambda one: one.captured_fraction, 2)
    rows = [captured, Row("Trusted", _trust(a), _trust(b), "")]
    for kind, n in compared.alerts.items():
        rows.append(Row(f"Alert: {kind.replace('_', ' ')}", str(n.a), str(n.b), signed(n.b - n.a)))
    return rows


def _trust(one: Overview) -> str:
    return "yes" if one.trusted else f"no, {len(one.doubts)} doubt{'s' if len(one.doubts) > 1 else ''}"


def _time(a: Overview, b: Overview, what: str, get: Callable[[Overview], float]) -> Row:
    unit = "h:min:s" if max(a.duration_s, b.duration_s) >= 3600 else "min:s"
    return Row(f"{what}, {unit}", clock(get(a)), clock(get(b)), f"{signed(get(b) - get(a))} s")


def _row(a: Overview, b: Overview, what: str, get: Number, unit: str = "", digits: int = 0, factor: float = 1) -> Row:
    left, right = get(a), get(b)
    difference = DASH if left is None or right is None else signed((right - left) * factor, digits) + unit
    texts = [DASH if value is None else f"{value * factor:,.{digits}f}{unit}" for value in (left, right)]
    return Row(what, texts[0], texts[1], difference)


def _share(a: Overview, b: Overview, what: str, get: Number, digits: int = 1) -> Row:
    """The difference of two shares is in points of a percent."""
    row = _row(a, b, what, get, "", digits, 100)
    known = [DASH if text == DASH else f"{text} %" for text in (row.a, row.b)]
    return Row(what, known[0], known[1], row.difference if row.difference == DASH else f"{row.difference} points")


def _banded(a: Overview, b: Overview, what: str, get: Band, digits: int) -> Row:
    """Each with its band; the difference from the least to the greatest that both bands allow."""
    (a_low, a_high), (b_low, b_high) = get(a), get(b)
    texts = span(a_low, a_high, digits), span(b_low, b_high, digits)
    if a_low is None or a_high is None or b_low is None or b_high is None:
        return Row(what, *texts, DASH)
    return Row(what, *texts, f"{signed(b_low - a_high, digits)} to {signed(b_high - a_low, digits)}")


def _number(value: float | None, digits: int) -> str:
    return DASH if value is None else f"{value:,.{digits}f}"
