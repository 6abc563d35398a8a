"""The numbers of a comparison as rows of text with their units, the same for the terminal and for the page."""

from pathlib import Path
from typing import Any, NamedTuple

from dermaroller import show
from dermaroller.compare import DASH, DAY_S, get, moment
from dermaroller.show import clock

Facts = dict[str, Any]


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


def when(one: Facts) -> str:
    """The start in words, "2026-01-03 10:00 UTC"."""
    return f"{one['started_at'][:16].replace('T', ' ')} UTC" if one["started_at"] else "start not known"


def apart(a: Facts, b: Facts) -> str:
    """How long after A B began, in days."""
    if not a["started_at"] or not b["started_at"]:
        return "how far apart is not known"
    days = (moment(b) - moment(a)).total_seconds() / DAY_S
    return f"B began {abs(days):,.1f} days {'before' if days < 0 else 'after'} A"


def short_name(one: Facts) -> str:
    """The file's name; of one in an archive, the beginning of its hash."""
    path = Path(one["file"])
    return path.stem[:8] if len(path.stem) == 64 else path.name


def band(zone: Facts) -> str:
    """A density with its band, as in `show`; a zone that was not rolled has none."""
    return "0" if zone["density_high_per_cm2"] == 0 else show.band(zone)


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


def reached(zone: Facts) -> str:
    """The share of its target that a zone has reached, as a band."""
    if zone["reached_fraction"] is None:
        return DASH
    low, high = round(100 * zone["reached_low_fraction"]), round(100 * zone["reached_fraction"])
    return f"{low} to {high} %" if low != high else f"{high} %"


def zone_side(zone: Facts | None) -> ZoneSide:
    """A zone's cells in one session."""
    if zone is None:
        return ZoneSide(*[DASH] * 7)
    return ZoneSide(
        _number(zone["area_cm2"], 1),
        str(zone["passes"]),
        _number(zone["punctures"], 0),
        _number(zone["density_per_cm2"], 1),
        band(zone),
        _number(zone["target_density_per_cm2"], 0),
        reached(zone),
    )


def zone_difference(pair: Facts) -> ZoneDifference:
    """The cells of what two zones differ in."""
    if pair["density_difference_per_cm2"] is None:
        return ZoneDifference(*[DASH] * 5)
    ends = [pair[f"density_difference_{end}_per_cm2"] for end in ("low", "high")]
    ratio = pair["density_ratio"]
    return ZoneDifference(
        signed(pair["density_difference_per_cm2"], 1),
        f"{signed(ends[0])} to {signed(ends[1])}",
        DASH if ratio is None else f"{ratio:.2f}",
        span(pair["density_ratio_low"], pair["density_ratio_high"], 2),
        pair["verdict"],
    )


def measure_rows(compared: Facts) -> list[Row]:
    """Time, way and number of passes; force; strokes; what was captured: with unit, and band where it has one."""
    a, b = compared["sessions"]
    rows = [
        _row(a, b, f"In contact, {_clock_unit(a, b)}", "contact_s", 1, "", 0, clock, "s"),
        _row(a, b, f"Lasted, {_clock_unit(a, b)}", "duration_s", 1, "", 0, clock, "s"),
        _row(a, b, "Passes", "passes"),
        _row(a, b, "Punctures", "punctures"),
        _row(a, b, "of them effective", "effective_punctures"),
        _banded(a, b, "Path in contact, m", "path_{}mm", 0.001, 2),
        _share(a, b, "Force too light", "force.light_fraction"),
        _share(a, b, "Force in window", "force.in_window_fraction"),
        _share(a, b, "Force too hard", "force.hard_fraction"),
        _row(a, b, "Mean force", "force.mean_n", 1, " N", 2),
        _row(a, b, "Peak force", "force.peak_n", 1, " N", 2),
        _banded(a, b, "Pass length, mm", "strokes.mean_length_{}mm", 1, 0),
        _banded(a, b, "Speed, mm/s", "strokes.mean_speed_{}mm_per_s", 1, 0),
        _row(a, b, "Passes forward", "strokes.forward_passes"),
        _row(a, b, "Passes backward", "strokes.backward_passes"),
        _share(a, b, "Way rolled forward", "strokes.forward_fraction"),
    ]
    return rows


def quality_rows(compared: Facts) -> list[Row]:
    """What was captured, and the alerts."""
    a, b = compared["sessions"]
    rows = [_share(a, b, "Captured", "captured_fraction", 2), Row("Trusted", _trust(a), _trust(b), "")]
    for kind, counts in compared["alerts"].items():
        difference = signed(counts["b"] - counts["a"])
        rows.append(Row(f"Alert: {kind.replace('_', ' ')}", str(counts["a"]), str(counts["b"]), difference))
    return rows


def _trust(one: Facts) -> str:
    return "yes" if one["trusted"] else f"no, {len(one['doubts'])} doubt{'s' if len(one['doubts']) > 1 else ''}"


def _clock_unit(a: Facts, b: Facts) -> str:
    return "h:min:s" if max(a["duration_s"], b["duration_s"]) >= 3600 else "min:s"


def _row(
    a: Facts, b: Facts, what: str, name: str, factor: float = 1, unit: str = "", digits: int = 0,
    tell: Any = None, difference_unit: str = "",
) -> Row:  # fmt: skip
    left, right = get(a, name), get(b, name)
    if left is None or right is None:
        difference = DASH
    else:
        difference = signed((right - left) * factor, digits) + (f" {difference_unit}" if difference_unit else unit)
    tell = tell or (lambda value: f"{value * factor:,.{digits}f}{unit}")
    texts = [DASH if value is None else str(tell(value)) for value in (left, right)]
    return Row(what, texts[0], texts[1], difference)


def _share(a: Facts, b: Facts, what: str, name: str, digits: int = 1) -> Row:
    """The difference of two shares is in points of a percent."""
    row = _row(a, b, what, name, 100, "", digits)
    known = [DASH if text == DASH else f"{text} %" for text in (row.a, row.b)]
    return Row(what, known[0], known[1], row.difference if row.difference == DASH else f"{row.difference} points")


def _banded(a: Facts, b: Facts, what: str, name: str, factor: float, digits: int) -> Row:
    """Each with its band; the difference from the least to the greatest that both bands allow."""
    ends = [[get(one, name.format(end)) for end in ("low_", "high_")] for one in (a, b)]
    if ends[0][0] is None or ends[1][0] is None:
        difference = DASH
    else:
        low, high = (ends[1][0] - ends[0][1]) * factor, (ends[1][1] - ends[0][0]) * factor
        difference = f"{signed(low, digits)} to {signed(high, digits)}"
    texts = [DASH if low is None else span(low * factor, high * factor, digits) for low, high in ends]
    return Row(what, texts[0], texts[1], difference)


def _number(value: float | None, digits: int) -> str:
    return DASH if value is None else f"{value:,.{digits}f}"
