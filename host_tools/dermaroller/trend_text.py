"""A trend's numbers as rows of text with their units, the same for the terminal and for the page."""

from typing import NamedTuple

from dermaroller import trend as states
from dermaroller.analysis import dose
from dermaroller.analysis.dose import ZoneDose, reached_text
from dermaroller.analysis.overview_types import Overview
from dermaroller.analysis.trend_types import Dated, HeadRow, SinceLast, Trend, ZonePoint, ZoneRow
from dermaroller.compare_facts import DASH
from dermaroller.compare_text import band, percent, short_name
from dermaroller.output import plural
from dermaroller.show import clock

IN_DOUBT = "in doubt"


class SessionRow(NamedTuple):
    """One session. interval: days since the last one ended; marks: what was not as planned, or casts doubt."""

    n: str
    start: str
    device: str
    interval: str
    contact: str
    passes: str
    in_window: str
    force: str
    head: str
    marks: list[str]


class ZoneCell(NamedTuple):
    """One zone in one session. is_over: over the plan's limit, or perhaps so."""

    band: str
    target: str
    reached: str
    mark: str
    is_over: bool


def title(found: Trend) -> str:
    """Whose sessions these are."""
    subjects = [subject or "no subject" for subject in found.subjects]
    return f"Trend of {subjects[0]}" if len(subjects) == 1 else f"Trend over {plural(len(subjects), 'subject')}"


def extent(found: Trend) -> str:
    """How many sessions there are, and from when to when."""
    dated = found.sessions
    text = plural(len(found.everyone), "session")
    if dated:
        first, last = (f"{one.started_at:%Y-%m-%d}" for one in (dated[0], dated[-1]))
        text += f", {first}" if first == last else f", {first} to {last}"
    if len(found.devices) > 1:
        text += f", {plural(len(found.devices), 'device')}"
    return text


def totals(found: Trend) -> list[tuple[str, str]]:
    """(number, what it counts): adherence in a nutshell. Of zones, those are counted that have a target or a limit."""
    zones = [zone for one in found.everyone for zone in one.zones]
    aimed = [zone.target_state for zone in zones if zone.target_state]
    limited = [zone.limit_state for zone in zones if zone.limit_state]
    kept = [one.since_last.state for one in found.sessions]
    due = [state for state in kept if state in (states.KEPT, states.TOO_EARLY, states.UNSURE)]
    n = len(found.everyone)
    told = [(str(n), "session" if n == 1 else "sessions")]
    if aimed:
        short = aimed.count(dose.BELOW)
        told.append((f"{len(aimed) - short} of {len(aimed)}", "zone targets reached, or in the band"))
    if limited:
        over = len(limited) - limited.count(dose.UNDER)
        told.append((f"{over} of {len(limited)}", "zones perhaps or surely over the limit"))
    if due:
        told.append((f"{due.count(states.TOO_EARLY)} of {len(due)}", "intervals too short"))
    bound = [row.state for row in found.heads if row.state]
    if bound:
        told.append((f"{bound.count(states.OVER)} of {len(bound)}", "heads used beyond their limit"))
    return told


def session_row(one: Overview, dated: Dated | None = None) -> SessionRow:
    """The cells of one session; dated: its place in the order, if it has one."""
    force = one.force
    return SessionRow(
        str(dated.n) if dated else "?",
        f"{one.started_at:%Y-%m-%d %H:%M}" if one.started_at else "not known",
        one.device_name or one.device or DASH,
        interval(dated.since_last) if dated else DASH,
        clock(one.contact_s),
        str(one.passes),
        percent(force.in_window_fraction),
        DASH if force.mean_n is None else f"{force.mean_n:.2f} N",
        one.head.id or DASH,
        marks(one, dated.since_last if dated else None),
    )


def interval(since: SinceLast) -> str:
    """Days since the subject's last session."""
    return DASH if since.days is None else f"{since.days:,.1f} d"


def marks(one: Overview, since: SinceLast | None) -> list[str]:
    """What was not as the plan wants it, and what casts doubt, in a few words each."""
    found = []
    state = since.state if since else None
    device_says = one.interval.state
    if since and state == states.TOO_EARLY:
        known = f", {device_says}" if device_says in ("overridden", "ignored") else ""
        found.append(f"too early: the plan wants {since.min_days} d{known}")
    elif device_says in ("overridden", "ignored"):
        found.append(f"too early by the device's ledger, {device_says}")
    if state == states.OVERLAPPING:
        found.append("begins before the last one ends: clocks disagree")
    if state == states.UNSURE:
        found.append("interval not surely over: the start is uncertain")
    if one.is_treatment is False:
        found.append("no treatment: no pass")
    if one.head.is_used_up:
        found.append("head was used up")
    if one.head.confirmation == "unconfirmed":
        found.append("head not confirmed")
    for zone in one.zones:
        if zone.is_over:
            found.append(f"{zone.limit_state} the limit of {one.limit_density_per_cm2:g} per cm²: {zone.name}")
    if one.missing:
        found.append("log damaged")
    elif not one.is_whole:
        found.append("log not closed")
    if not one.trusted:
        found.append(IN_DOUBT)
    return found


def zone_cell(zone: ZoneDose | None) -> ZoneCell:
    """The cells of one zone in one session; dashes where it was not treated."""
    if zone is None:
        return ZoneCell(DASH, DASH, DASH, "", False)
    target = zone.target_density_per_cm2
    over = {dose.OVER: "over limit", dose.PERHAPS_OVER: "perhaps over"}.get(zone.limit_state or "", "")
    below = "below target" if zone.target_state == dose.BELOW else ""
    reached = reached_text(zone) or DASH
    return ZoneCell(band(zone), DASH if target is None else f"{target:g}", reached, over or below, zone.is_over)


def common_target(row: ZoneRow) -> str:
    """The target that a zone had in all its sessions; empty if that changed, or there was none."""
    targets = {point.zone.target_density_per_cm2 for point in row.points}
    only = targets.pop() if len(targets) == 1 else None
    return "" if only is None else f"{only:g}"


def has_density(row: ZoneRow) -> bool:
    """Whether a zone has a density in any session; without an area it has none."""
    return any(point.zone.density_per_cm2 is not None for point in row.points)


def points_by_n(row: ZoneRow) -> dict[int, list[ZonePoint]]:
    """A zone's points by the number of their session."""
    found: dict[int, list[ZonePoint]] = {}
    for point in row.points:
        found.setdefault(point.n, []).append(point)
    return found


def head_cells(row: HeadRow) -> list[str]:
    """Head, needles, its state in a word; sessions here, by the device's ledger, their limit; revolutions likewise."""
    used = [
        str(row.sessions),
        _known(row.ledger_sessions),
        _known(row.max_sessions),
        f"{row.revolutions:,.0f}",
        _known(row.ledger_revolutions),
        _known(row.max_revolutions),
    ]
    state = {states.OVER: "over limit", states.USED_UP: "used up"}.get(row.state or "", "")
    return [row.id or "no id", f"{row.needles} × {row.needle_length_mm:g} mm", state, *used]


def marked_lines(found: Trend) -> list[str]:
    """A line for each session that was not as planned or is in doubt: its number and what is to be said."""
    lines = [_marked(str(dated.n), dated.overview, dated.since_last) for dated in found.sessions]
    lines += [_marked(short_name(one.file), one, None) for one in found.undated]
    return [line for line in lines if line]


def _marked(name: str, one: Overview, since: SinceLast | None) -> str:
    said = [*(f"{mark[0].upper()}{mark[1:]}." for mark in marks(one, since) if mark != IN_DOUBT), *one.doubts]
    return f"{name}: {' '.join(said)}" if said else ""


def zones_line(one: Overview) -> str:
    """A session's zones with their bands in one line, for those that have no place on the time axis."""
    return ", ".join(f"{zone.name} {band(zone)}" for zone in one.zones)


def _known(value: float | None) -> str:
    return DASH if value is None else f"{value:,.0f}"
