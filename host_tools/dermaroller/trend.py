"""A subject's sessions in time order: density against each session's own plan, intervals, heads, what casts doubt.

It is a record of what the roller did; it says nothing of skin. Sessions whose start nobody knows stand apart, for a
place on the time axis would be a guess.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import TypeVar

from dermaroller.analysis.overview_types import Overview
from dermaroller.analysis.trend_types import Dated, HeadRow, SinceLast, Trend, Unreadable, ZonePoint, ZoneRow
from dermaroller.compare import DAY_S, identity
from dermaroller.output import plural

FIRST, KEPT, TOO_EARLY, UNSURE, OVERLAPPING = "first", "kept", "too early", "unsure", "overlapping"
WITHIN, USED_UP, OVER = "within", "used up", "over"
Value = TypeVar("Value")


def trend(overviews: Iterable[Overview], unreadable: Iterable[Unreadable] = ()) -> Trend:
    """The sessions and what follows from their order."""
    once, doubled = without_doubles(overviews)
    undated = [one for one in once if one.started_at is None]
    undated.sort(key=lambda one: (one.device or "", one.boot or 0, one.uptime_ms or 0, one.id))
    sessions = _in_order_of_time(once)
    heads = tuple(head_rows([*(one.overview for one in sessions), *undated]))
    return Trend(
        subjects=_each_once(one.subject for one in once),
        devices=_each_once(one.device for one in once),
        is_simulated=any(one.is_simulated for one in once),
        sessions=sessions,
        undated=tuple(undated),
        unreadable=tuple(unreadable),
        zones=tuple(zone_rows(sessions)),
        heads=heads,
        notes=tuple(_notes(once, len(sessions), heads, doubled)),
    )


def _in_order_of_time(overviews: Iterable[Overview]) -> tuple[Dated, ...]:
    """Those whose start is known, each with what passed since the last of its subject."""
    starts = [(one.started_at, one.id, one) for one in overviews if one.started_at is not None]
    starts.sort(key=lambda start: start[:2])
    last: dict[str | None, Overview] = {}
    found = []
    for n, (_, _, one) in enumerate(starts, 1):
        found.append(Dated(n, one, interval(last.get(one.subject), one)))
        if one.is_treatment is not False:
            last[one.subject] = one
    return tuple(found)


def without_doubles(overviews: Iterable[Overview]) -> tuple[list[Overview], int]:
    """Each session once, and how many were left out: of two files of one session, the wholer one stays."""
    kept: dict[object, Overview] = {}
    n = 0
    for n, one in enumerate(overviews, 1):
        key = identity(one) or n
        kept[key] = max(kept.get(key, one), one, key=lambda each: (each.is_whole, each.punctures))
    return list(kept.values()), n - len(kept)


def interval(last: Overview | None, one: Overview) -> SinceLast:
    """What passed since the subject's last session, against this one's plan; both tell their start.

    state: None if the plan sets no interval, "unsure" if the uncertainty of the starts leaves it open, "overlapping" if
    this one began before the last had ended, which only clocks that disagree can make.
    """
    min_days = one.interval.min_days
    if last is None or last.started_at is None or one.started_at is None:
        return SinceLast(None, None, min_days, FIRST)
    apart_s = (one.started_at - last.started_at).total_seconds()
    days = (apart_s - last.duration_s) / DAY_S
    unsure_days = ((one.start_uncertainty_s or 0) + (last.start_uncertainty_s or 0)) / DAY_S
    state = None
    if days + unsure_days < 0:
        state = OVERLAPPING
    elif min_days:
        is_open = abs(days - min_days) < unsure_days
        state = UNSURE if is_open else KEPT if days >= min_days else TOO_EARLY
    return SinceLast(round(days, 4), round(unsure_days, 6), min_days, state)


def zone_rows(sessions: Sequence[Dated]) -> list[ZoneRow]:
    """For each name of a zone, what each session that has it did there, by session number."""
    rows: dict[str, list[ZonePoint]] = {}
    for one in sessions:
        for zone in one.overview.zones:
            name = unicodedata.normalize("NFC", str(zone.name).strip())
            limit = one.overview.limit_density_per_cm2
            rows.setdefault(name, []).append(ZonePoint(one.n, one.started_at, one.overview.trusted, zone, limit))
    return [ZoneRow(name, tuple(points)) for name, points in rows.items()]


def head_rows(overviews: Iterable[Overview]) -> list[HeadRow]:
    """Each head, in the order of its first use."""
    by_id: dict[str | None, list[Overview]] = {}
    for one in overviews:
        by_id.setdefault(one.head.id, []).append(one)
    return [_head_row(head_id, users) for head_id, users in by_id.items()]


def _head_row(head_id: str | None, users: list[Overview]) -> HeadRow:
    head = users[-1].head
    used = [one for one in users if one.is_treatment is not False]
    known = [one for one in users if one.head.sessions_before is not None]
    sessions_after = [(one.head.sessions_before or 0) + (one in used) for one in known]
    revolutions_after = [(one.head.revolutions_before or 0) + one.revolutions * (one in used) for one in known]
    revolutions = round(sum(one.revolutions for one in used), 1)
    ledger_sessions = max(sessions_after, default=None)
    ledger_revolutions = round(max(revolutions_after), 1) if revolutions_after else None
    starts = [one.started_at for one in users if one.started_at]
    states = (
        _use(len(used), ledger_sessions, head.max_sessions),
        _use(revolutions, ledger_revolutions, head.max_revolutions),
    )
    return HeadRow(
        id=head_id,
        needles=head.needles,
        needle_length_mm=head.needle_length_mm,
        subjects=_each_once(one.subject for one in users),
        sessions=len(used),
        revolutions=revolutions,
        ledger_sessions=ledger_sessions,
        ledger_revolutions=ledger_revolutions,
        max_sessions=head.max_sessions,
        max_revolutions=head.max_revolutions,
        first_at=min(starts, default=None),
        last_at=max(starts, default=None),
        state=next((state for state in (OVER, USED_UP, WITHIN) if head_id and state in states), None),
    )


def _use(here: float, ledger: float | None, limit: int | None) -> str | None:
    """How the use of a head, here and by the device's ledger, stands to its limit."""
    if not limit:
        return None
    used = max(here, ledger or 0)
    return OVER if used > limit else USED_UP if used == limit else WITHIN


def _notes(once: list[Overview], dated: int, heads: Sequence[HeadRow], doubled: int) -> list[str]:
    notes = []
    subjects = _each_once(one.subject for one in once)
    if len(subjects) > 1:
        listed = ", ".join(subject or "no subject" for subject in subjects)
        notes.append(f"These are sessions of several subjects ({listed}); intervals are counted for each of them.")
    if simulated := sum(one.is_simulated for one in once):
        text = "simulated: recorded on a virtual board, without skin, hand or device."
        notes.append(f"{plural(simulated, 'session')} {text}")
    if undated := len(once) - dated:
        between = "; one of them may lie between two others, so an interval may be shorter than it says"
        notes.append(
            f"The start of {plural(undated, 'session')} is not known: listed apart, in no figure over "
            f"time{between if dated > 1 else ''}."
        )
    if doubled:
        notes.append(f"{plural(doubled, 'file')} left out: the same session is among the others.")
    shared = [row.id for row in heads if row.id and len(row.subjects) > 1]
    if shared:
        notes.append(f"Used on more than one subject: head {', '.join(shared)}.")
    return notes


def _each_once(values: Iterable[Value]) -> tuple[Value, ...]:
    return tuple(dict.fromkeys(values))
