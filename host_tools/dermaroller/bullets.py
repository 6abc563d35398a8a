"""Bars of density: each zone's band against its target and the plan's limit, all on one scale, as small SVG elements.

Of the effective punctures, by which the target goes: dark up to the low end of the band, light up to its high end. Flat
and pale behind them: all punctures, by which the limit goes. A thick line is the target, a dashed one the limit. It is
told apart by shade and form, so it reads in grey.
"""

import math
from collections.abc import Sequence

from dermaroller.analysis.summary_parts import ZoneSummary

WIDTH, HEIGHT = 300, 16  # of the drawing; the page scales it
_TRACK, _PALE, _DARK, _LIGHT, _INK, _WARN = "#eaeef1", "#b9c2ca", "#1f5f8b", "#a9c4d8", "#17212b", "#9a3d12"
_FONT = "font-family=\"'Source Sans Pro','Source Sans 3','Segoe UI',Arial,'DejaVu Sans',sans-serif\""


def scale_end(zones: Sequence[ZoneSummary], limit: float | None) -> float:
    """The density at the right end of all bars: a little beyond everything that they show."""
    shown = [limit or 0.0]
    for zone in zones:
        shown += [zone.density_high_per_cm2 or 0.0, zone.target_density_per_cm2 or 0.0]
    return 1.06 * max(shown) or 1.0


def bar(zone: ZoneSummary, limit: float | None, end: float) -> str:
    """One zone's bar; `zone` as in the summary."""
    low, high = zone.effective_density_low_per_cm2 or 0.0, zone.effective_density_per_cm2 or 0.0
    parts = [
        _box(0, WIDTH, 3, 10, _TRACK),
        _box(0, _x(zone.density_high_per_cm2 or 0.0, end), 6.5, 3, _PALE),
        _box(0, _x(high, end), 3, 10, _LIGHT),
        _box(0, _x(low, end), 3, 10, _DARK),
    ]
    if target := zone.target_density_per_cm2:
        x = _x(target, end)
        parts += [_box(x - 2.25, 4.5, 0, HEIGHT, "white"), _box(x - 1.25, 2.5, 0, HEIGHT, _INK)]
    if limit:
        x = _x(limit, end)
        parts.append(_box(x - 1.75, 3.5, 0, HEIGHT, "white"))
        parts.append(f'<path d="M{x:.1f} 0V{HEIGHT}" stroke="{_WARN}" stroke-width="2" stroke-dasharray="3.2 2.2"/>')
    return _svg(HEIGHT, parts)


def scale(end: float) -> str:
    """The scale below the bars."""
    step = _step(end)
    parts = [_box(0, WIDTH, 0, 0.7, "#586673")]
    for i in range(math.floor(end / step + 1e-9) + 1):
        x = min(max(_x(i * step, end), 0.4), WIDTH - 0.4)
        anchor = "start" if i == 0 else "end" if x > WIDTH - 12 else "middle"
        parts.append(_box(x - 0.4, 0.8, 0, 3, "#586673"))
        parts.append(
            f'<text x="{x:.1f}" y="13" font-size="10.5" fill="#586673" text-anchor="{anchor}" {_FONT}>'
            f"{i * step:g}</text>"
        )
    return _svg(HEIGHT, parts)


def _step(end: float) -> float:
    """The distance of the scale's marks: 1, 2 or 5 times a power of ten, so that there are 3 to 8 of them."""
    greatest = end / 3 * (1 + 1e-9)  # a rounding error less must not lose a mark
    power = 10 ** math.floor(math.log10(greatest))
    return float(max(power * factor for factor in (1, 2, 5) if power * factor <= greatest))


def _x(density: float, end: float) -> float:
    return min(density / end, 1) * WIDTH


def _box(x: float, width: float, y: float, height: float, fill: str) -> str:
    return f'<rect x="{x:.2f}" y="{y:g}" width="{width:.2f}" height="{height:g}" fill="{fill}"/>'


def _svg(height: float, parts: list[str]) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}">{"".join(parts)}</svg>'
