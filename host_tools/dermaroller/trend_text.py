"""A trend's numbers as rows of text with their units, the same for the terminal and for the page."""

from typing import Any, NamedTuple

from dermaroller import overview as words
from dermaroller import trend as states
from dermaroller.compare_text import DASH, band, percent, reached, short_name
from dermaroller.output import plural
from dermaroller.show import clock

IN_DOUBT = "in doubt"
Facts = dict[str, Any]


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


def title(found: Facts) -> str:
    """Whose sessions these are."""
    subjects = [subject or "no subject" for subject in found["subjects"]]
    return f"Trend of {subjects[0]}" if len(subjects) == 1 else f"Trend over {plural(len(subjects), 'subject')}"


def extent(found: Facts) -> str:
    """How many sessions there are, and from when to when."""
    dated, n = found["sessions"], len(found["sessions"]) + len(found["undated"])
    text = plural(n, "session")
    if dated:
        first, last = dated[0]["started_at"][:10], dated[-1]["started_at"][:10]
        text += f", {first}" if first == last else f", {first} to {last}"
    if len(found["devices"]) > 1:
        text += f", {plural(len(found['devices']), 'device')}"
    return text


def totals(found: Facts) -> list[tuple[str, str]]:
    """(number, what it counts): adherence in a nutshell. Of zones, those are counted that have a target or a limit."""
    zones = [zone for one in [*found["sessions"], *found["undated"]] for zone in one["zones"]]
    aimed = [zone["target_state"] for zone in zones if zone["target_state"]]
    limited = [zone["limit_state"] for zone in zones if zone["limit_state"]]
    kept = [one["since_last"]["state"] for one in found["sessions"]]
    due = [state for state in kept if state in (states.KEPT, states.TOO_EARLY, states.UNSURE)]
    n = len(found["sessions"]) + len(found["undated"])
    told = [(str(n), "session" if n == 1 else "sessions")]
    if aimed:
        short = aimed.count(words.BELOW)
        told.append((f"{len(aimed) - short} of {len(aimed)}", "zone targets reached, or in the band"))
    if limited:
        over = len(limited) - limited.count(words.UNDER)
        told.append((f"{over} of {len(limited)}", "zones perhaps or surely over the limit"))
    if due:
        told.append((f"{due.count(states.TOO_EARLY)} of {len(due)}", "intervals too short"))
    bound = [row["state"] for row in found["heads"] if row["state"]]
    if bound:
        told.append((f"{bound.count(states.OVER)} of {len(bound)}", "heads used beyond their limit"))
    return told


def session_row(one: Facts) -> SessionRow:
    """The cells of one session, dated or not."""
    force = one["force"]
    return SessionRow(
        str(one.get("n", "?")),
        one["started_at"][:16].replace("T", " ") if one["started_at"] else "not known",
        one["device_name"] or one["device"] or DASH,
        interval(one["since_last"]) if "since_last" in one else DASH,
        clock(one["contact_s"]),
        str(one["passes"]),
        percent(force["in_window_fraction"]),
        DASH if force["mean_n"] is None else f"{force['mean_n']:.2f} N",
        one["head"]["id"] or DASH,
        marks(one),
    )


def interval(since: Facts) -> str:
    """Days since the subject's last session."""
    return DASH if since["days"] is None else f"{since['days']:,.1f} d"


def marks(one: Facts) -> list[str]:
    """What was not as the plan wants it, and what casts doubt, in a few words each."""
    found = []
    since = one.get("since_last") or {}
    device_says = one["interval"]["state"]
    if since.get("state") == states.TOO_EARLY:
        known = f", {device_says}" if device_says in ("overridden", "ignored") else ""
        found.append(f"too early: the plan wants {since['min_days']} d{known}")
    elif device_says in ("overridden", "ignored"):
        found.append(f"too early by the device's ledger, {device_says}")
    if since.get("state") == states.OVERLAPPING:
        found.append("begins before the last one ends: clocks disagree")
    if since.get("state") == states.UNSURE:
        found.append("interval not surely over: the start is uncertain")
    if one["head"]["is_used_up"]:
        found.append("head was used up")
    if one["head"]["confirmation"] == "unconfirmed":
        found.append("head not confirmed")
    for zone in one["zones"]:
        if zone["limit_state"] in (words.OVER, words.PERHAPS_OVER):
            limit = one["limit_density_per_cm2"]
            found.append(f"{zone['limit_state']} the limit of {limit:g} per cm²: {zone['name']}")
    if any(one["missing"].values()):
        found.append("log damaged")
    elif not one["is_whole"]:
        found.append("log not closed")
    if not one["trusted"]:
        found.append(IN_DOUBT)
    return found


def zone_cell(point: Facts | None) -> ZoneCell:
    """The cells of one zone in one session; dashes where it was not treated."""
    if point is None:
        return ZoneCell(DASH, DASH, DASH, "", False)
    target = point["target_density_per_cm2"]
    over = {words.OVER: "over limit", words.PERHAPS_OVER: "perhaps over"}.get(point["limit_state"], "")
    below = "below target" if point["target_state"] == words.BELOW else ""
    return ZoneCell(band(point), DASH if target is None else f"{target:g}", reached(point), over or below, bool(over))


def common_target(row: Facts) -> str:
    """The target that a zone had in all its sessions; empty if that changed, or there was none."""
    targets = {point["target_density_per_cm2"] for point in row["points"]}
    return f"{targets.pop():g}" if len(targets) == 1 and None not in targets else ""


def has_density(row: Facts) -> bool:
    """Whether a zone has a density in any session; without an area it has none."""
    return any(point["density_per_cm2"] is not None for point in row["points"])


def points_by_n(row: Facts) -> dict[int, list[Facts]]:
    """A zone's points by the number of their session."""
    found: dict[int, list[Facts]] = {}
    for point in row["points"]:
        found.setdefault(point["n"], []).append(point)
    return found


def head_cells(row: Facts) -> list[str]:
    """Head, needles, its state in a word; sessions here, by the device's ledger, their limit; revolutions likewise."""
    used = [
        str(row["sessions"]),
        _known(row["ledger_sessions"]),
        _known(row["max_sessions"]),
        f"{row['revolutions']:,.0f}",
        _known(row["ledger_revolutions"]),
        _known(row["max_revolutions"]),
    ]
    state = {states.OVER: "over limit", states.USED_UP: "used up"}.get(row["state"] or "", "")
    return [row["id"] or "no id", f"{row['needles']} × {row['needle_length_mm']:g} mm", state, *used]


def marked_lines(found: Facts) -> list[str]:
    """A line for each session that was not as planned or is in doubt: its number and what is to be said."""
    lines = []
    for one in [*found["sessions"], *found["undated"]]:
        said = [*(f"{mark[0].upper()}{mark[1:]}." for mark in marks(one) if mark != IN_DOUBT), *one["doubts"]]
        if said:
            lines.append(f"{one.get('n', short_name(one))}: {' '.join(said)}")
    return lines


def zones_line(one: Facts) -> str:
    """A session's zones with their bands in one line, for those that have no place on the time axis."""
    return ", ".join(f"{zone['name']} {band(zone)}" for zone in one["zones"])


def _known(value: float | None) -> str:
    return DASH if value is None else f"{value:,.0f}"
