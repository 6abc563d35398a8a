"""A trend as one self-contained HTML page."""

from typing import Any

from markupsafe import Markup

from dermaroller import pages, trend_figures
from dermaroller import trend_text as texts
from dermaroller.trend import OVER

Facts = dict[str, Any]


def render(found: Facts) -> str:
    """The page as text; the same for the same sessions. found: as made by dermaroller.trend."""
    sessions = found["sessions"]
    everyone = [*sessions, *found["undated"]]
    context = {
        "title": texts.title(found),
        "extent": texts.extent(found),
        "is_simulated": found["is_simulated"],
        "notes": found["notes"],
        "totals": texts.totals(found),
        "rows": [texts.session_row(one) for one in sessions],
        "undated": [(texts.session_row(one), texts.short_name(one), texts.zones_line(one)) for one in found["undated"]],
        "tells_device": len(found["devices"]) > 1,
        "zones": _zones(found["zones"], sessions),
        "has_limit": any(one["limit_density_per_cm2"] for one in sessions),
        "intervals": Markup(trend_figures.interval_figure(sessions)),
        "force": Markup(trend_figures.force_figure(sessions)),
        "heads": [(texts.head_cells(row), row["state"] == OVER) for row in found["heads"]],
        "has_turns": any(row["max_revolutions"] for row in found["heads"]),
        "marked": texts.marked_lines(found),
        "unreadable": [
            entry["reason"].replace(entry["file"], texts.short_name(entry)) for entry in found["unreadable"]
        ],
        "n_doubted": sum(not one["trusted"] for one in everyone),
    }
    return pages.render("trend.html.j2", context)


def _reason(entry: Facts) -> str:
    """Why a file cannot be read, without the folder that it is in."""
    return str(entry["reason"]).replace(entry["file"], texts.short_name(entry))


def _zones(rows: list[Facts], sessions: list[Facts]) -> list[dict[str, Any]]:
    """Each zone's figure, all on the same scales, and its cells by session."""
    points = [point for row in rows for point in row["points"]]
    top = max((value for point in points for value in _shown(point)), default=1.0)
    return [
        {
            "name": row["name"],
            "has_density": texts.has_density(row),
            "figure": Markup(trend_figures.zone_figure(row, sessions, top, len(rows) == 1)),
            "cells": [
                (n, one["started_at"][:10], [texts.zone_cell(point) for point in texts.points_by_n(row).get(n, [])])
                for n, one in enumerate(sessions, 1)
            ],
        }
        for row in rows
    ]


def _shown(point: Facts) -> list[float]:
    keys = ("density_high_per_cm2", "target_density_per_cm2", "limit_density_per_cm2")
    return [point[key] or 0.0 for key in keys]
