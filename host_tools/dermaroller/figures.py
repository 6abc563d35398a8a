"""The report's figures as SVG text: force over time, cumulative density, the strokes.

They read in grey, and are the same for the same data. Lines differ by dash and shade as well as by label; text stays
text, so that the page's font and any script work.
"""

import io
import warnings
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from dermaroller.session import Session
from dermaroller.summary import Geometry, zones

INK, MUTED, FAINT, SOFT, ACCENT, WARN = "#1d2733", "#5f6b78", "#e3e7ec", "#7fa8c4", "#1f5f8b", "#b3541e"
ZONE_STYLES = ((ACCENT, "-"), ("#7a8b3c", "--"), (WARN, "-."), ("#6b4a8c", ":"))
MAX_BINS = 900  # more columns than that cannot be told apart on the page
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "dermaroller",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "text.color": INK,
    "text.parse_math": False,  # a name may hold a dollar sign
}


def force_figure(session: Session) -> str:
    """Least, mean and greatest force in each column of time, and the window that was wanted. Empty without samples."""
    samples = session.samples
    if not len(samples.t_s):
        return ""
    low_n, high_n = force_window_n(session)
    edges = np.linspace(0, max(session.duration_s, samples.t_s[-1]), min(MAX_BINS, len(samples.t_s)) + 1)
    middle_s, least, mean, greatest = _columns(samples.t_s, samples.force_n, edges)
    with matplotlib.rc_context(_STYLE):
        figure, axes, unit_s = _axes(session, 2.3)
        axes.axhspan(low_n, high_n, color=FAINT, zorder=0)
        for value, name in ((low_n, "low"), (high_n, "high")):
            _level(axes, value, f"{name} {value:g} N")
        axes.fill_between(middle_s / unit_s, least, greatest, color=SOFT, linewidth=0, label="range")
        axes.plot(middle_s / unit_s, mean, color=INK, linewidth=0.9, label="mean")
        axes.set_ylim(0, max(high_n * 1.12, float(np.nanmax(greatest)) * 1.05))
        axes.set_ylabel("force, N")
        return _svg(figure)


def density_figure(session: Session) -> str:
    """Punctures per cm2 as they add up in each zone, against its target; punctures where a zone has no area."""
    if not session.entries.strokes:
        return ""
    geometry = Geometry(session.header.get("head") or {})
    listed = zones(session)
    has_areas = all(zone.get("area_mm2") for zone in listed)
    with matplotlib.rc_context(_STYLE):
        figure, axes, unit_s = _axes(session, 2.6)
        for i, zone in enumerate(listed):
            colour, dash = ZONE_STYLES[i % len(ZONE_STYLES)]
            t_s, counts = _cumulative_counts(session, i)
            values = geometry.punctures(1) * counts / (zone["area_mm2"] / 100 if has_areas else 1)
            axes.plot(t_s / unit_s, values, color=colour, linestyle=dash, linewidth=1.6, label=zone["name"])
        if has_areas:
            for target_x10 in sorted({zone["target_per_cm2_x10"] for zone in listed if zone.get("target_per_cm2_x10")}):
                _level(axes, target_x10 / 10, f"target {target_x10 / 10:g}")
        axes.set_ylim(bottom=0)
        axes.set_ylabel("punctures per cm²" if has_areas else "punctures")
        figure.legend(loc="outside upper left", ncols=4, frameon=False, handlelength=3)
        return _svg(figure)


def stroke_figure(session: Session) -> str:
    """Each stroke as a bar in its zone's row: above the line forward, below it backward, hollow if it is no pass."""
    strokes = session.entries.strokes
    if not strokes:
        return ""
    listed = zones(session)
    with matplotlib.rc_context(_STYLE):
        figure, axes, unit_s = _axes(session, 0.75 + 0.42 * len(listed))
        for stroke in strokes:
            axes.bar(
                stroke.start_s / unit_s,
                -0.34 if stroke.counts < 0 else 0.34,
                width=(stroke.end_s - stroke.start_s) / unit_s,
                bottom=-stroke.zone,
                align="edge",
                color=ACCENT if stroke.counted else "white",
                edgecolor=ACCENT if stroke.counted else MUTED,
                linewidth=0.2 if stroke.counted else 0.6,
            )
        for i in range(len(listed)):
            axes.axhline(-i, color=MUTED, linewidth=0.5, zorder=0)
        axes.set_yticks([-i for i in range(len(listed))], [zone["name"] for zone in listed])
        axes.set_ylim(-len(listed) + 0.5, 0.5)
        axes.tick_params(axis="y", length=0, labelcolor=INK)
        return _svg(figure)


def force_window_n(session: Session) -> tuple[float, float]:
    """(low, high) that the session was held against."""
    force = session.header.get("force") or {}
    return force.get("low_mn", 600) / 1000, force.get("high_mn", 6000) / 1000


def _columns(t_s: NDArray[Any], values: NDArray[Any], edges: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    """(middle, least, mean, greatest) of the values in each column of time; NaN where there are none."""
    column = np.clip(np.searchsorted(edges, t_s, side="right") - 1, 0, len(edges) - 2)
    n = len(edges) - 1
    least, greatest = np.full(n, np.inf), np.full(n, -np.inf)
    np.minimum.at(least, column, values)
    np.maximum.at(greatest, column, values)
    total = np.bincount(column, minlength=n)
    mean = np.bincount(column, weights=values, minlength=n) / np.where(total, total, 1)
    for array in (least, mean, greatest):
        array[total == 0] = np.nan
    return (edges[:-1] + edges[1:]) / 2, least, mean, greatest


def _cumulative_counts(session: Session, zone: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """(times, path counts up to then) from a zone's first stroke to its last, each spread evenly over its time."""
    strokes = [stroke for stroke in session.entries.strokes if stroke.zone == zone]
    t_s = np.array([(stroke.start_s, stroke.end_s) for stroke in strokes]).reshape(-1)
    up_to = np.cumsum([0, *(stroke.path_counts for stroke in strokes)])
    return t_s, np.repeat(up_to, 2)[1:-1]


def _axes(session: Session, height_in: float) -> tuple[Figure, Axes, float]:
    """A figure of the page's width whose time axis is in seconds, or in minutes for a long session."""
    figure = Figure(figsize=(7.2, height_in), layout="constrained")
    axes = figure.add_subplot()
    unit_s, unit = (60.0, "min") if session.duration_s > 180 else (1.0, "s")
    axes.set_xlim(0, max(session.duration_s, 0.1) / unit_s)
    axes.set_xlabel(f"time, {unit}", loc="right")
    return figure, axes, unit_s


def _level(axes: Axes, value: float, label: str) -> None:
    """A dashed line across the figure, named at its right end."""
    axes.axhline(value, color=MUTED, linewidth=0.8, linestyle="--", zorder=1)
    axes.annotate(f" {label}", (1, value), xycoords=("axes fraction", "data"), va="center", color=MUTED)


def _svg(figure: Figure) -> str:
    out = io.StringIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")  # the page's reader has a font for it
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    text = out.getvalue()
    return text[text.index("<svg") :]
