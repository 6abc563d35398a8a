"""A session's report: one self-contained HTML page that reads on a screen and on paper."""

from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from dermaroller import care, figures, pages
from dermaroller.pages import DASH
from dermaroller.session import Session
from dermaroller.show import is_free, quality_line
from dermaroller.summary import started_at, summary

_END_WORDS = {
    "button": "by the button",
    "idle": "after five minutes without contact",
    "power_loss": "by loss of power",
    "full": "because the flash was full",
    "restart": "by a restart",
    "stopped": "because the application was stopped",
    "ask": "by the host",
}


def write_report(session: Session, path: Path) -> Path:
    """Write the page and return its path. UsageError if it cannot be written."""
    return pages.write(path, render(session))


def render(session: Session) -> str:
    """The page as text; the same for the same session."""
    return pages.render("report.html.j2", _context(session))


def _context(session: Session) -> dict[str, Any]:
    totals = summary(session)
    started = started_at(session)
    low_n, high_n = figures.force_window_n(session)
    return {
        "s": totals,
        "is_simulated": totals["board"] == "virtual",
        "started": f"{started:%Y-%m-%d %H:%M} UTC" if started else "not known: the clock was never set",
        "ended": _END_WORDS.get(totals["end"], totals["end"]) if totals["end"] else None,
        "facts": _facts(session),
        "force_low_n": low_n,
        "force_high_n": high_n,
        "force_shares": _force_shares(session, low_n, high_n),
        "force_svg": Markup(figures.force_figure(session)),
        "density_svg": Markup(figures.density_figure(session)),
        "stroke_svg": Markup(figures.stroke_figure(session)),
        "quality": quality_line(totals),
        "is_free": is_free(totals),
        "has_areas": any(zone["density_per_cm2"] is not None for zone in totals["zones"]),
        "missing": session.damage,
    }


def _facts(session: Session) -> list[care.Line]:
    """Who and what, and whether the plan's rules were kept."""
    header = session.header
    plan = header.get("plan") or {}
    limits = plan.get("limits") or {}
    max_x10 = limits.get("max_density_per_cm2_x10")
    facts = [
        ("Subject", plan.get("subject") or DASH),
        ("Device", " ".join(filter(None, (header.get("device"), header.get("name")))) or DASH),
        ("Firmware", f"{header.get('fw', DASH)} on {header.get('board', DASH)}"),
        ("Head", _head(header.get("head") or {})),
    ]
    told = [line for line in care.lines(care.care(session)) if line.label != "Head"]
    if not plan.get("serum"):
        told.append(care.Line("Serum", DASH))
    limit = care.Line("Limit", f"{max_x10 / 10:g} punctures per cm²" if max_x10 else DASH)
    return [*(care.Line(label, str(text)) for label, text in facts), *told, limit]


def _head(head: dict[str, Any]) -> str:
    if not head:
        return "not known; the reference head is assumed"
    return (
        f"{head.get('id') or 'no id'}: {head['needles']} needles of {head['needle_length_um'] / 1000:g} mm, drum "
        f"{head['drum_diameter_um'] / 1000:g} × {head['drum_width_um'] / 1000:g} mm"
    )


def _force_shares(session: Session, low_n: float, high_n: float) -> list[tuple[str, float]]:
    """Share of the contact time below, within and above the window, in percent."""
    force_n = session.samples.force_n
    if not len(force_n):
        return []
    light = 100 * float(np.mean(force_n < low_n))
    hard = 100 * float(np.mean(force_n > high_n))
    return [("too light", light), ("in the window", 100 - light - hard), ("too hard", hard)]
