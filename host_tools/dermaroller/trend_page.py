"""A trend as one self-contained HTML page."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from dermaroller import pages, trend_figures
from dermaroller import trend_text as texts
from dermaroller.analysis.trend_types import Dated, Trend, Unreadable, ZonePoint, ZoneRow
from dermaroller.compare_text import short_name
from dermaroller.trend import OVER


@dataclass(frozen=True)
class ZoneFigure:
    """A zone's figure, and its cells by session: (number, day, cells)."""

    name: str
    has_density: bool
    figure: Markup
    cells: list[tuple[int, str, list[texts.ZoneCell]]]


def render(found: Trend) -> str:
    """The page as text; the same for the same sessions. found: as made by dermaroller.trend."""
    sessions = found.sessions
    context = {
        "title": texts.title(found),
        "extent": texts.extent(found),
        "is_simulated": found.is_simulated,
        "notes": found.notes,
        "totals": texts.totals(found),
        "rows": [texts.session_row(one.overview, one) for one in sessions],
        "undated": [(texts.session_row(one), short_name(one.file), texts.zones_line(one)) for one in found.undated],
        "tells_device": len(found.devices) > 1,
        "zones": _zones(found.zones, sessions),
        "has_limit": any(one.overview.limit_density_per_cm2 for one in sessions),
        "intervals": Markup(trend_figures.interval_figure(sessions)),
        "force": Markup(trend_figures.force_figure(sessions)),
        "heads": [(texts.head_cells(row), row.state == OVER) for row in found.heads],
        "has_turns": any(row.max_revolutions for row in found.heads),
        "marked": texts.marked_lines(found),
        "unreadable": [_reason(entry) for entry in found.unreadable],
        "n_doubted": sum(not one.trusted for one in found.everyone),
    }
    return pages.render("trend.html.j2", context)


def _reason(entry: Unreadable) -> str:
    """Why a file cannot be read, without the folder that it is in."""
    return entry.reason.replace(entry.file, short_name(entry.file))


def _zones(rows: Sequence[ZoneRow], sessions: Sequence[Dated]) -> list[ZoneFigure]:
    """Each zone's figure, all on the same scales, and its cells by session."""
    points = [point for row in rows for point in row.points]
    top = max((value for point in points for value in _shown(point)), default=1.0)
    return [
        ZoneFigure(
            name=row.name,
            has_density=texts.has_density(row),
            figure=Markup(trend_figures.zone_figure(row, sessions, top, len(rows) == 1)),
            cells=_cells(row, sessions),
        )
        for row in rows
    ]


def _cells(row: ZoneRow, sessions: Sequence[Dated]) -> list[tuple[int, str, list[texts.ZoneCell]]]:
    points = texts.points_by_n(row)
    return [
        (one.n, f"{one.started_at:%Y-%m-%d}", [texts.zone_cell(point.zone) for point in points.get(one.n, ())])
        for one in sessions
    ]


def _shown(point: ZonePoint) -> tuple[float, ...]:
    zone = point.zone
    return (zone.density_high_per_cm2 or 0.0, zone.target_density_per_cm2 or 0.0, point.limit_density_per_cm2 or 0.0)
