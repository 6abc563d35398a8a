"""The report's figures as SVG text: one session over time, and how its force was spread.

They read in grey, and are the same for the same data. Zones go by their number, so no figure holds a name, whose script
it might not have. Text stays text, in the page's own font.
"""

import io
import re
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray

from dermaroller.session import Session

INK, MUTED, FAINT, SOFT, ACCENT, WARN = "#17212b", "#586673", "#eaeef1", "#a9c4d8", "#1f5f8b", "#9a3d12"
WIDTH_IN = 7.32
MAX_TARGETS = 4  # lines across the density that can still be told apart
MAX_COLUMNS = 600  # more of them cannot be told apart on the page
_DASHES: tuple[Any, ...] = ("-", (0, (5, 1.5)), (0, (1, 1)), (0, (6, 1.5, 1, 1.5)))
_SHADES = (ACCENT, "#3c4a57", WARN)
_FONTS = "font-family:'Source Sans Pro','Source Sans 3','Segoe UI',Arial,'DejaVu Sans',sans-serif"
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "dermaroller",
    "font.size": 7.0,
    "axes.edgecolor": MUTED,
    "axes.linewidth": 0.6,
    "axes.labelcolor": MUTED,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "text.color": INK,
    "text.parse_math": False,
}


def timeline_figure(session: Session) -> str:
    """Density, force and strokes, one above the other over the same time. Empty if nothing was rolled or felt."""
    if not session.entries.strokes and not len(session.samples.t_s):
        return ""
    n = len(session.zones)
    heights_in = (0.9, 0.72, min(0.12 + 0.13 * n, 1.2))
    with matplotlib.rc_context(STYLE):
        figure, axes = _rows(heights_in)
        unit_s, unit = (60.0, "min") if session.duration_s > 180 else (1.0, "s")
        _draw_density(axes[0], session, unit_s)
        _draw_force(axes[1], session, unit_s)
        _draw_strokes(axes[2], session, unit_s)
        axes[2].set_xlim(0, 1.02 * max(session.duration_s, 0.1) / unit_s)
        axes[2].set_xlabel(f"time, {unit}", loc="right", labelpad=1)
        for each in axes:
            each.yaxis.set_label_coords(-0.048, 0.5)
        return svg(figure)


def histogram_figure(session: Session) -> str:
    """Share of the contact time by force, in steps; light outside of the window. Empty without samples."""
    force_n = session.samples.force_n
    if not len(force_n):
        return ""
    low_n, high_n = session.header.force.low_n, session.header.force.high_n
    edges = np.linspace(0, max(1.25 * high_n, min(float(force_n.max()), 3 * high_n)), 41)
    shares = 100 * np.histogram(np.minimum(force_n, edges[-1]), edges)[0] / len(force_n)
    middles = (edges[:-1] + edges[1:]) / 2
    is_inside = (middles >= low_n) & (middles <= high_n)
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH_IN / 2 - 0.15, 1.05))
        axes = figure.add_axes((0.11, 0.27, 0.87, 0.58))
        axes.axvspan(low_n, high_n, color=FAINT, linewidth=0)
        colours = [ACCENT if inside else "white" for inside in is_inside]
        axes.bar(middles, shares, edges[1] * 0.86, color=colours, edgecolor=ACCENT, linewidth=0.6)
        for value in (low_n, high_n):
            axes.axvline(value, color=INK, linewidth=0.8, linestyle=(0, (3, 2)))
            axes.annotate(f"{value:g} N", (value, 1.02), xycoords=("data", "axes fraction"), ha="center", va="bottom")
        axes.set_xlim(0, edges[-1])
        axes.set_ylim(0, max(1.0, float(shares.max()) * 1.05))
        axes.set_xlabel("force on the drum, N", loc="right", labelpad=1)
        axes.set_ylabel("% of time")
        axes.yaxis.set_label_coords(-0.085, 0.5)
        return svg(figure)


def _draw_density(axes: Axes, session: Session, unit_s: float) -> None:
    """Punctures per cm2 as they add up in each zone, with their band; punctures alone where a zone has no area."""
    geometry, listed = session.geometry, session.zones
    has_areas = all(zone.area_cm2 for zone in listed)
    for i, zone in enumerate(listed):
        t_s, counts = _cumulative_counts(session, i)
        if not len(t_s):
            continue
        values = geometry.punctures(1) * counts / ((has_areas and zone.area_cm2) or 1)
        colour = _SHADES[i % len(_SHADES)]
        if has_areas:
            low = values * geometry.tip_circle_ratio
            axes.fill_between(t_s / unit_s, low, values, color=colour, alpha=0.18, linewidth=0)
        axes.plot(t_s / unit_s, values, color=colour, linestyle=_DASHES[i % len(_DASHES)], linewidth=1.2)
        if len(listed) > 1:
            _end_mark(axes, t_s[-1] / unit_s, values[-1], str(i + 1))
    targets = {zone.target_per_cm2 for zone in listed if has_areas and zone.target_per_cm2}
    axes.set_ylim(0, 1.08 * max([1.0, axes.get_ylim()[1] / 1.05, *targets]))
    if len(targets) <= MAX_TARGETS:
        levels(axes, {target: f"target {target:g}" for target in targets})
    axes.set_ylabel("punctures per cm²" if has_areas else "punctures")


def _draw_force(axes: Axes, session: Session, unit_s: float) -> None:
    """Least, mean and greatest force in each column of time, and the window that was wanted."""
    samples = session.samples
    low_n, high_n = session.header.force.low_n, session.header.force.high_n
    axes.axhspan(low_n, high_n, color=FAINT, linewidth=0)
    axes.set_ylim(0, high_n * 1.15)
    if len(samples.t_s):
        edges = np.linspace(0, max(session.duration_s, samples.t_s[-1]), min(MAX_COLUMNS, len(samples.t_s)) + 1)
        left_s, right_s, least, mean, greatest = _columns(samples.t_s, samples.force_n, edges)
        x = (left_s / unit_s, right_s / unit_s)
        axes.add_collection(_boxes(*x, least, greatest, facecolors=SOFT, linewidths=0))
        half_n = axes.get_ylim()[1] / 110
        axes.add_collection(_boxes(*x, mean - half_n, mean + half_n, facecolors=INK, linewidths=0))
        axes.set_ylim(0, max(high_n * 1.15, float(greatest.max()) * 1.05))
    levels(axes, {low_n: f"low {low_n:g} N", high_n: f"high {high_n:g} N"})
    axes.set_ylabel("force, N")


def _draw_strokes(axes: Axes, session: Session, unit_s: float) -> None:
    """Each stroke as a bar in its zone's row: above the line forward, below it backward, low and hollow if no pass."""
    n = len(session.zones)
    for is_counted, style in (
        (True, {"facecolors": ACCENT, "edgecolors": ACCENT, "linewidths": 0.25}),
        (False, {"facecolors": "white", "edgecolors": WARN, "linewidths": 0.5}),
    ):
        strokes = [stroke for stroke in session.entries.strokes if stroke.counted == is_counted]
        if strokes:
            start, end, row, side = np.array(
                [(s.start_s, s.end_s, s.zone, 1 if s.counts >= 0 else -1) for s in strokes]
            ).T
            tops = -row + (0.4 if is_counted else 0.2) * side
            axes.add_collection(_boxes(start / unit_s, end / unit_s, -row, tops, **style))
    for i in range(n):
        axes.axhline(-i, color=MUTED, linewidth=0.4)
    axes.set_yticks([-i for i in range(n)], [str(i + 1) if n > 1 else "" for i in range(n)])
    axes.set_ylim(-n + 0.5, 0.5)
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.set_ylabel("zone" if n > 1 else "strokes")


def _boxes(left: Any, right: Any, bottom: Any, top: Any, **style: Any) -> PolyCollection:
    """Many rectangles as one thing to draw: rows of four arrays."""
    corners = np.stack([left, bottom, left, top, right, top, right, bottom], axis=1)
    return PolyCollection(list(corners.reshape(-1, 4, 2)), **style)


def _columns(t_s: NDArray[Any], values: NDArray[Any], edges: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    """(left, right, least, mean, greatest) of the values in each column of time that has any."""
    column = np.clip(np.searchsorted(edges, t_s, side="right") - 1, 0, len(edges) - 2)
    used, first = np.unique(column, return_index=True)  # samples are in the order of time
    least, greatest = np.minimum.reduceat(values, first), np.maximum.reduceat(values, first)
    mean = np.add.reduceat(values, first) / np.diff([*first, len(values)])
    return edges[used], edges[used + 1], least, mean, greatest


def _cumulative_counts(session: Session, zone: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """(times, path counts up to then) from a zone's first stroke to its last, each spread evenly over its time."""
    strokes = [stroke for stroke in session.entries.strokes if stroke.zone == zone]
    t_s = np.array([(stroke.start_s, stroke.end_s) for stroke in strokes]).reshape(-1)
    up_to = np.cumsum([0, *(stroke.path_counts for stroke in strokes)])
    return t_s, np.repeat(up_to, 2)[1:-1]


def _rows(heights_in: tuple[float, ...]) -> tuple[Figure, list[Axes]]:
    """A figure of the page's width with rows of axes that share their time."""
    below_in, gap_in, above_in = 0.3, 0.1, 0.07
    total_in = below_in + above_in + sum(heights_in) + gap_in * (len(heights_in) - 1)
    figure = Figure(figsize=(WIDTH_IN, total_in))
    axes: list[Axes] = []
    top_in = total_in - above_in
    for height_in in heights_in:
        box = (0.062, (top_in - height_in) / total_in, 0.858, height_in / total_in)
        axes.append(figure.add_axes(box, sharex=axes[0] if axes else None))
        top_in -= height_in + gap_in
    for each in axes[:-1]:
        each.tick_params(labelbottom=False)
    return figure, axes


def _end_mark(axes: Axes, x: float, y: float, label: str) -> None:
    """A zone's number at the end of its line."""
    axes.annotate(label, (x, y), xytext=(3, 0), textcoords="offset points", va="center", fontweight="bold")


def levels(axes: Axes, labels: dict[float, str]) -> None:
    """Dashed lines across the figure, each named at its right end; names that would meet are moved apart."""
    bottom, top = axes.get_ylim()
    apart = 8 * (top - bottom) * axes.figure.dpi / (axes.get_window_extent().height * 72)  # 8 points
    places: list[float] = []
    for value in sorted(labels):
        axes.axhline(value, color=MUTED, linewidth=0.7, linestyle=(0, (4, 2.5)))
        places.append(max(value, places[-1] + apart) if places else value)
    beyond = max([0.0, *(place - top for place in places)])
    for value, place in zip(sorted(labels), places, strict=True):
        at = (1, place - beyond)
        axes.annotate(f" {labels[value]}", at, xycoords=("axes fraction", "data"), va="center", color=MUTED)


def svg(figure: Figure) -> str:
    """The figure as an SVG element, its numbers to a hundredth of a point, its text in the page's font."""
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    text = out.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"(font(?:-family)?:[^;\"]*?)'DejaVu Sans'[^;\"]*", lambda m: _with_fonts(m.group(1)), text)
    return re.sub(r"(\d\.\d\d)\d+", r"\1", text)


def _with_fonts(before: str) -> str:
    return before + _FONTS.partition(":")[2]
