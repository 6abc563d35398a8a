"""The figures of comparisons and trends as SVG text, drawn as the report's are.

A band is an upright bar from its low to its high end; what is in doubt is hollow. Zones and sessions go by their
number, so no figure holds a name, whose script it might not have.
"""

from collections.abc import Sequence
from datetime import datetime

import matplotlib
from matplotlib import dates
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dermaroller.analysis.compare_types import ZonePair
from dermaroller.analysis.dose import ZoneDose
from dermaroller.analysis.summary_parts import ForceHabits
from dermaroller.analysis.trend_types import Dated, ZoneRow
from dermaroller.figures import ACCENT, FAINT, INK, MUTED, SOFT, STYLE, WARN, WIDTH_IN, svg
from dermaroller.trend import TOO_EARLY, UNSURE

MAX_NUMBERS = 16  # sessions or zones whose marks still have room for a number
_HALF_POINTS = 4.5  # half a band's width over time, at the most
_ALONE_DAYS = 20.0  # around a session that is the only one


def pair_figure(zones: Sequence[ZonePair], limits: tuple[float | None, float | None]) -> str:
    """Each zone's densities side by side: A filled, B hollow; thick lines are targets, dashed ones limits.

    zones: compare's. Empty if none has a density.
    """
    places = [
        (i, letter, zone, limit)
        for i, pair in enumerate(zones)
        for letter, zone, limit in (("A", pair.a, limits[0]), ("B", pair.b, limits[1]))
    ]
    known = [(i, letter, zone, limit) for i, letter, zone, limit in places if zone and _has_density(zone)]
    if not known:
        return ""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH_IN, 1.75))
        axes = figure.add_axes((0.062, 0.16, 0.93, 0.82))
        for i, letter, zone, limit in known:
            x = i + (-0.18 if letter == "A" else 0.18)
            _band(axes, x, zone, is_filled=letter == "A", half=0.085)
            _plan(axes, x, 0.085, zone.target_density_per_cm2, limit)
            if len(zones) <= MAX_NUMBERS:
                _below(axes, x, letter)
        axes.set_xticks(range(len(zones)), [str(i + 1) for i in range(len(zones))], fontweight="bold")
        axes.set_xlim(-0.6, len(zones) - 0.4)
        axes.tick_params(axis="x", length=0, labelcolor=INK, pad=9)
        _from_zero(axes, [value for _, _, zone, limit in known for value in (*_shown(zone), limit or 0)])
        axes.set_ylabel("punctures per cm²")
        axes.text(-0.007, -0.075, "zone", transform=axes.transAxes, ha="right", va="top", color=MUTED)
        return svg(figure)


def zone_figure(row: ZoneRow, sessions: Sequence[Dated], top: float, is_wide: bool) -> str:
    """One zone's densities over time, each with the target and limit of its own session. Empty without any density.

    row: one of trend's zones. sessions: all dated ones, which set the time axis; top: of the density axis.
    """
    points = [point for point in row.points if _has_density(point.zone)]
    if not points:
        return ""
    with matplotlib.rc_context(STYLE):
        width_in = WIDTH_IN if is_wide else WIDTH_IN / 2 - 0.15
        figure = Figure(figsize=(width_in, 1.5))
        axes = figure.add_axes((0.42 / width_in, 0.14, 1 - 0.5 / width_in, 0.78))
        half = _time_axis(axes, sessions, width_in)
        for point in points:
            at = _day(point.started_at)
            _band(axes, at, point.zone, point.trusted, half)
            _plan(axes, at, half, point.zone.target_density_per_cm2, point.limit_density_per_cm2)
            if len(sessions) <= MAX_NUMBERS:
                _on_top(axes, at, str(point.n))
        _from_zero(axes, [top])
        axes.set_ylabel("per cm²")
        return svg(figure)


def interval_figure(sessions: Sequence[Dated]) -> str:
    """Days since the subject's last session, against what the plan of each wants. Empty if there is no interval."""
    known = [(one, one.since_last.days, one.since_last.min_days) for one in sessions if one.since_last.days is not None]
    if not known:
        return ""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH_IN, 1.1))
        axes = figure.add_axes((0.062, 0.19, 0.93, 0.74))
        half = _time_axis(axes, sessions, WIDTH_IN)
        for one, days, min_days in known:
            at = _day(one.started_at)
            is_off = one.since_last.state in (TOO_EARLY, UNSURE)
            colour, face, mark = (WARN, "white", "D") if is_off else (ACCENT, ACCENT, "o")
            axes.plot([at, at], [0, days], color=colour, linewidth=1.1)
            axes.plot(at, days, mark, markersize=4, color=colour, markerfacecolor=face, clip_on=False)
            _plan(axes, at, half, min_days, None)
            if len(sessions) <= MAX_NUMBERS:
                _above(axes, at, _clear_of(days, min_days), f"{one.n}: {days:,.1f} d")
        _from_zero(axes, [value for _, days, min_days in known for value in (days, min_days or 0)], 1.3)
        axes.set_ylabel("days")
        return svg(figure)


def force_figure(sessions: Sequence[Dated]) -> str:
    """For each session in turn the shares of time below, in and above its window; below, mean and peak force.

    Empty if no session has samples.
    """
    known = [one for one in sessions if one.overview.force.mean_n is not None]
    if not known:
        return ""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH_IN, 1.9))
        shares = figure.add_axes((0.062, 0.56, 0.93, 0.4))
        force = figure.add_axes((0.062, 0.15, 0.93, 0.34), sharex=shares)
        for one in known:
            _draw_shares(shares, one.n, one.overview.force)
            _draw_force(force, one.n, one.overview.force, one.overview.trusted)
        shares.set_ylim(0, 100)
        shares.set_ylabel("% of time")
        shares.tick_params(labelbottom=False, axis="x")
        force.set_ylabel("force, N")
        _from_zero(force, [max(one.overview.force.peak_n or 0, one.overview.force.high_n) for one in known])
        step = 1 + len(sessions) // 26
        force.set_xticks([one.n for one in sessions[::step]])
        force.set_xlim(min(0.4, len(sessions) / 2 - 2), max(len(sessions) + 0.6, len(sessions) / 2 + 3))
        force.set_xlabel("session", loc="right", labelpad=1)
        for axes in (shares, force):
            axes.yaxis.set_label_coords(-0.048, 0.5)
        return svg(figure)


def _draw_shares(axes: Axes, n: int, force: ForceHabits) -> None:
    bottom = 0.0
    for fraction, colour, hatch in (
        (force.in_window_fraction, ACCENT, ""),
        (force.light_fraction, SOFT, ""),
        (force.hard_fraction, "white", "//////"),
    ):
        share = fraction or 0.0
        axes.bar(n, 100 * share, 0.62, bottom, facecolor=colour, hatch=hatch, edgecolor=ACCENT, linewidth=0.5)
        bottom += 100 * share


def _draw_force(axes: Axes, n: int, force: ForceHabits, is_trusted: bool) -> None:
    mean_n, peak_n = force.mean_n or 0.0, force.peak_n or 0.0
    axes.bar(n, force.high_n - force.low_n, 0.9, force.low_n, color=FAINT)
    axes.plot([n, n], [mean_n, peak_n], color=MUTED, linewidth=0.8)
    axes.plot(n, peak_n, "_", color=MUTED, markersize=5)
    axes.plot(n, mean_n, "o", color=ACCENT, markersize=4, markerfacecolor=ACCENT if is_trusted else "white")


def _has_density(zone: ZoneDose) -> bool:
    return zone.density_per_cm2 is not None


def _shown(zone: ZoneDose) -> tuple[float, float]:
    return zone.density_high_per_cm2 or 0, zone.target_density_per_cm2 or 0


def _band(axes: Axes, x: float, zone: ZoneDose, is_filled: bool, half: float) -> None:
    """From the low to the high end, on a dotted stem; a ring on the axis where nothing was rolled."""
    low, high = zone.density_low_per_cm2 or 0.0, zone.density_high_per_cm2 or 0.0
    face = SOFT if is_filled else "white"
    if not high:
        axes.plot(x, 0, "o", markersize=4, color=ACCENT, markerfacecolor=face, clip_on=False, zorder=4)
        return
    axes.bar(x, high - low, 2 * half, low, facecolor=face, edgecolor=ACCENT, linewidth=0.9, zorder=3)
    axes.plot([x, x], [0, low], color=ACCENT, linewidth=0.6, linestyle=(0, (1, 1.5)))


def _clear_of(days: float, least: float | None) -> float:
    """Where a label stands above its mark, and above the plan's line if that is close over it."""
    return least if least and days < least < days * 1.5 + 5 else days


def _plan(axes: Axes, x: float, half: float, target: float | None, limit: float | None) -> None:
    """The target as a thick line, the limit as a dashed one, behind the band and to both sides of it."""
    ends = [x - 1.9 * half, x + 1.9 * half]
    if target:
        axes.plot(ends, [target, target], color=INK, linewidth=1.5, solid_capstyle="butt", zorder=2)
    if limit:
        axes.plot(ends, [limit, limit], color=WARN, linewidth=1.1, linestyle=(0, (2, 1)), zorder=2)


def _above(axes: Axes, x: float, y: float, text: str) -> None:
    axes.annotate(text, (x, y), xytext=(0, 3), textcoords="offset points", ha="center", va="bottom", zorder=4)


def _on_top(axes: Axes, x: float, text: str) -> None:
    place = ("data", "axes fraction")
    axes.annotate(text, (x, 1), xycoords=place, ha="center", va="bottom", color=MUTED)


def _below(axes: Axes, x: float, text: str) -> None:
    place = ("data", "axes fraction")
    axes.annotate(text, (x, 0), xytext=(0, -3), xycoords=place, textcoords="offset points", ha="center", va="top")


def _from_zero(axes: Axes, values: list[float], room: float = 1.08) -> None:
    axes.set_ylim(0, max(1.0, max(values) * room))


def _time_axis(axes: Axes, sessions: Sequence[Dated], width_in: float) -> float:
    """The days from the first session to the last, with some room; returns half the width of a band, in days."""
    days = [_day(one.started_at) for one in sessions]
    room = (max(days) - min(days)) * 0.05 or _ALONE_DAYS
    axes.set_xlim(min(days) - room, max(days) + room)
    locator = dates.AutoDateLocator(minticks=3, maxticks=7)
    formatter = dates.ConciseDateFormatter(locator, show_offset=False)
    formatter.formats[2] = "%d %b"
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(formatter)
    points = width_in * 72 - 36
    return (max(days) - min(days) + 2 * room) / points * min(_HALF_POINTS, points / (4 * len(days)))


def _day(start: datetime) -> float:
    """As matplotlib counts days."""
    return float(dates.date2num(start))
