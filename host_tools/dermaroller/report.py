"""A session's report: one page from one set of data, as self-contained HTML or as PDF/A-3."""

from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from dermaroller import bullets, care, figures, pages, wording
from dermaroller.geometry import Geometry
from dermaroller.output import plural
from dermaroller.pages import DASH, number
from dermaroller.session import Session
from dermaroller.show import band, clock, is_free, quality_line
from dermaroller.summary import summary

_BASIS = {
    True: "Totals are those that the device closed the session with; the drawings show what could be read.",
    False: "Totals are sums over what could be read.",
}
_DRAWINGS = ("timeline", "histogram", "scale")


def write_report(session: Session, path: Path) -> Path:
    """Write the page, as PDF if the path ends in .pdf; return the path. UsageError if it cannot be written."""
    if path.suffix.lower() != ".pdf":
        return pages.write(path, render(session))
    from dermaroller import pdf

    return pages.write(path, pdf.render(session, content(session), Path(session.name).read_bytes()))


def render(session: Session) -> str:
    """The HTML page as text; the same for the same session."""
    data = content(session)
    data |= {name: Markup(data[name]) for name in _DRAWINGS}
    for zone in data["zones"]:
        zone["bar"] = Markup(zone["bar"])
    return pages.render("report.html.j2", data)


def content(session: Session) -> dict[str, Any]:
    """All that the page says, as plain JSON values: numbers are text with their digits, drawings are SVG."""
    totals = summary(session)
    limit = _limit(session)
    low_n, high_n = figures.force_window_n(session)
    end = bullets.scale_end(totals["zones"], limit)
    ratio = Geometry(session.header.get("head") or {}).tip_circle_ratio
    has_areas = any(zone["area_cm2"] for zone in totals["zones"])
    subject = totals["subject"]
    data = {
        "title": f"Session {totals['id']}" + (f" · {subject}" if subject else ""),
        "is_simulated": totals["board"] == "virtual",
        "warnings": _warnings(session, totals),
        "started": wording.started(session),
        "lasted": wording.lasted(totals),
        "totals": _totals(session, totals, low_n),
        "facts": _facts(session, totals),
        "zones": [_zone(i, zone, limit, end) for i, zone in enumerate(totals["zones"])],
        "scale": bullets.scale(end) if has_areas else "",
        "limit": f"{limit:g}" if limit else "",
        "has_areas": has_areas,
        "covered": _covered(totals["covered"], ratio) if is_free(totals) else None,
        "timeline": figures.timeline_figure(session),
        "histogram": figures.histogram_figure(session),
        "force": _force(session, low_n, high_n),
        "balance": _balance(session, totals),
        "strokes": _strokes(totals["strokes"]),
        "alerts": wording.alerts(totals),
        "alerts_unit": wording.clock_unit(max((alert["t_s"] for alert in totals["alerts"]), default=0)),
        "is_trusted": totals["trusted"],
        "quality": quality_line(totals),
        "details": [*totals["doubts"], *totals["notes"], wording.quality(session, totals)],
        "made": wording.made(session),
        "foot": f"Log of {totals['log_bytes']:,} bytes, session {totals['id']} of device "
        f"{totals['device'] or 'not known'}.",
    }  # fmt: skip
    told: dict[str, Any] = pages.printable(data)
    return told


def _warnings(session: Session, totals: dict[str, Any]) -> list[dict[str, str]]:
    """What must be read before anything else: what is missing, then that the numbers are in doubt."""
    found = []
    if lost := session.damage:
        what = f"at least {plural(lost.blocks, 'block')}, {plural(lost.bytes, 'byte')}"
        what += f", {plural(lost.records, 'unreadable record')}" if lost.records else ""
        found.append(("This log is incomplete.", f"Lost {lost.place}: {what}. {_BASIS[session.footer is not None]}"))
    elif session.footer is None:
        found.append(("This log is incomplete.", f"Its end is missing. {_BASIS[False]}"))
    if totals["doubts"]:
        found.append(("These numbers are not to be trusted as they stand.", "Why, is said under Quality."))
    return [{"title": title, "text": text} for title, text in found]


def _totals(session: Session, totals: dict[str, Any], low_n: float) -> list[dict[str, str]]:
    low_m = totals["path_mm"] / 1000
    high_m = low_m / Geometry(session.header.get("head") or {}).tip_circle_ratio
    told = [
        (number(totals["passes"]), "passes"),
        (number(totals["punctures"]), "punctures, by revolutions"),
        (number(totals["effective_punctures"]), f"of them at {low_n:g} N or more"),
        (f"{low_m:,.2f} to {high_m:,.2f} m" if low_m else "0 m", "path in contact"),
        (clock(totals["contact_s"]), f"in contact, {wording.clock_unit(totals['contact_s'])}"),
    ]
    return [{"value": value, "label": label} for value, label in told]


def _facts(session: Session, totals: dict[str, Any]) -> list[dict[str, Any]]:
    """Who and what, and whether the plan's rules were kept."""
    header = session.header
    limit = _limit(session)
    facts = [
        care.Line("Subject", totals["subject"] or DASH),
        care.Line("Device", " · ".join(filter(None, (header.get("name"), header.get("device")))) or DASH),
        care.Line("Firmware", " on ".join(filter(None, (header.get("fw"), header.get("board")))) or DASH),
        care.Line("Head", _head(header.get("head") or {})),
        *(line for line in care.lines(totals) if line.label != "Head"),
    ]
    if not totals["serum"]:
        facts.append(care.Line("Serum", DASH))
    facts.append(care.Line("Plan", _plan(session, totals, limit)))
    return [{"label": line.label, "text": str(line.text), "is_warning": line.is_warning} for line in facts]


def _plan(session: Session, totals: dict[str, Any], limit: float | None) -> str:
    if not session.header.get("plan"):
        return "none: free rolling" if session.header else "not known"
    zones = plural(len(totals["zones"]), "zone")
    return f"{zones}, limit {limit:g} punctures per cm²" if limit else f"{zones}, no limit"


def _head(head: dict[str, Any]) -> str:
    if not head:
        return "not known; the reference head is assumed"
    used = Geometry(head).head
    return (
        f"{head.get('id') or 'no id'}: {used['needles']} needles of {used['needle_length_um'] / 1000:g} mm, drum "
        f"{used['drum_diameter_um'] / 1000:g} × {used['drum_width_um'] / 1000:g} mm"
    )


def _limit(session: Session) -> float | None:
    """The plan's greatest density, punctures per cm2."""
    limit_x10 = ((session.header.get("plan") or {}).get("limits") or {}).get("max_density_per_cm2_x10")
    return limit_x10 / 10 if limit_x10 else None


def _zone(i: int, zone: dict[str, Any], limit: float | None, end: float) -> dict[str, Any]:
    density, target = zone["density_per_cm2"], zone["target_density_per_cm2"]
    low, high = zone["density_low_per_cm2"], zone["density_high_per_cm2"]
    has_share = density is not None and bool(target)
    return {
        "number": str(i + 1),
        "name": str(zone["name"]),
        "area": number(zone["area_cm2"], 1),
        "passes": number(zone["passes"]),
        "punctures": number(zone["punctures"]),
        "density": number(density, 1),
        "band": band(zone),
        "target": number(target),
        "share": f"{100 * low / target:.0f} to {100 * high / target:.0f} %" if has_share else DASH,
        "over": _over(low, high, limit),
        "bar": bullets.bar(zone, limit, end) if zone["area_cm2"] else "",
    }


def _over(low: float | None, high: float | None, limit: float | None) -> str:
    """How a density's band stands to the plan's limit, if not below it."""
    if not limit or low is None or high is None or high <= limit:
        return ""
    return "over the limit" if low > limit else "perhaps over the limit"


def _covered(covered: dict[str, Any], ratio: float) -> dict[str, str]:
    """The strips under the contacts; `ratio` makes the band, from the drum's surface to the needles' tips."""
    area_cm2, density, most = covered["area_cm2"], covered["density_per_cm2"] or 0.0, covered["max_density_per_cm2"]
    return {
        "text": f"At most {area_cm2:,.1f} to {area_cm2 / ratio:,.1f} cm² covered, at {density * ratio:.1f} to "
        f"{density:.1f} punctures per cm² or more on average; where one strip was rolled most, "
        f"{plural(covered['max_visits'], 'time')}, {most * ratio:.1f} to {most:.1f} per cm².",
        "assumption": covered["assumption"],
    }


def _strokes(strokes: list[dict[str, Any]]) -> str:
    """Of the strokes that could be read; the totals may know of more."""
    return f"{sum(stroke['counted'] for stroke in strokes)} of {plural(len(strokes), 'stroke')} count as passes."


def _force(session: Session, low_n: float, high_n: float) -> list[dict[str, Any]]:
    """Share of the contact time below, within and above the window, in percent."""
    force_n = session.samples.force_n
    if not len(force_n):
        return []
    light = 100 * float(np.mean(force_n < low_n))
    hard = 100 * float(np.mean(force_n > high_n))
    told = [
        ("too light", f"below {low_n:g} N", light),
        ("in the window", f"{low_n:g} to {high_n:g} N", 100 - light - hard),
        ("too hard", f"above {high_n:g} N", hard),
    ]
    return [{"name": name, "range": where, "share": f"{share:.1f} %"} for name, where, share in told]


def _balance(session: Session, totals: dict[str, Any]) -> list[dict[str, str]]:
    """How much was rolled each way."""
    ratio = Geometry(session.header.get("head") or {}).tip_circle_ratio
    rows = []
    whole_mm = sum(stroke["distance_mm"] for stroke in totals["strokes"])
    for direction in ("forward", "backward"):
        strokes = [stroke for stroke in totals["strokes"] if stroke["direction"] == direction]
        way_mm = sum(stroke["distance_mm"] for stroke in strokes)
        force_ns = sum(stroke["force_mean_n"] * (stroke["end_s"] - stroke["start_s"]) for stroke in strokes)
        time_s = sum(stroke["end_s"] - stroke["start_s"] for stroke in strokes)
        rows.append(
            {
                "direction": direction,
                "strokes": number(len(strokes)),
                "path": f"{way_mm / 1000:.2f} to {way_mm / 1000 / ratio:.2f}",
                "share": f"{100 * way_mm / whole_mm:.0f} %" if whole_mm else DASH,
                "force": number(force_ns / time_s if time_s else None, 2),
            }
        )
    return rows if totals["strokes"] else []
