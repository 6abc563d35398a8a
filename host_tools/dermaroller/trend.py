"""A subject's sessions in time order: density against each session's own plan, intervals, heads, what casts doubt.

It is a record of what the roller did; it says nothing of skin. Sessions whose start nobody knows stand apart, for a
place on the time axis would be a guess.
"""

import unicodedata
from collections.abc import Iterable
from typing import Any

from dermaroller.compare import DAY_S, identity, moment
from dermaroller.output import plural

FIRST, KEPT, TOO_EARLY, UNSURE, OVERLAPPING = "first", "kept", "too early", "unsure", "overlapping"
WITHIN, USED_UP, OVER = "within", "used up", "over"
Facts = dict[str, Any]


def trend(overviews: Iterable[Facts], unreadable: Iterable[Facts] = ()) -> Facts:
    """The sessions and what follows from their order, as JSON values.

    sessions: the overviews by start, each with "n" (1, 2, ...) and interval(). undated: those whose start is not known.
    unreadable: [{"file", "reason"}], as given. zones: zone_rows(). heads: head_rows(). notes: sentences on the whole.
    """
    once, doubled = without_doubles(overviews)
    dated = sorted((one for one in once if one["started_at"]), key=lambda one: (one["started_at"], one["id"]))
    undated = [one for one in once if not one["started_at"]]
    undated.sort(key=lambda one: (one["device"] or "", one["boot"] or 0, one["uptime_ms"] or 0, one["id"]))
    sessions = [{"n": n, **one} for n, one in enumerate(dated, 1)]
    last: dict[str | None, Facts] = {}
    for one in sessions:
        one["since_last"] = interval(last.get(one["subject"]), one)
        last[one["subject"]] = one
    found = {
        "subjects": _in_order(one["subject"] for one in once),
        "devices": _in_order(one["device"] for one in once),
        "is_simulated": any(one["is_simulated"] for one in once),
        "sessions": sessions,
        "undated": undated,
        "unreadable": list(unreadable),
        "zones": zone_rows(sessions),
        "heads": head_rows([*sessions, *undated]),
    }
    return found | {"notes": _notes(found, doubled)}


def without_doubles(overviews: Iterable[Facts]) -> tuple[list[Facts], int]:
    """Each session once, and how many were left out: of two files of one session, the wholer one stays."""
    kept: dict[Any, Facts] = {}
    n = 0
    for n, one in enumerate(overviews, 1):
        key = identity(one) or n
        kept[key] = max(kept.get(key, one), one, key=lambda each: (each["is_whole"], each["punctures"]))
    return list(kept.values()), n - len(kept)


def interval(last: Facts | None, one: Facts) -> Facts:
    """Days from the end of the subject's last session to the start of this one, as the device counts them too.

    uncertainty_days: of both starts. state: against the later session's plan; None if that sets no interval, "unsure"
    if the uncertainty of the starts leaves it open, "overlapping" if this one began before the last had ended, which
    only clocks that disagree can make.
    """
    min_days = one["interval"]["min_days"]
    if last is None:
        return {"days": None, "uncertainty_days": None, "min_days": min_days, "state": FIRST}
    apart_s = (moment(one) - moment(last)).total_seconds()
    days = (apart_s - last["duration_s"]) / DAY_S
    unsure_days = (one["start_uncertainty_s"] + last["start_uncertainty_s"]) / DAY_S
    state = None
    if days + unsure_days < 0:
        state = OVERLAPPING
    elif min_days:
        is_open = abs(days - min_days) < unsure_days
        state = UNSURE if is_open else KEPT if days >= min_days else TOO_EARLY
    return {
        "days": round(days, 4),
        "uncertainty_days": round(unsure_days, 6),
        "min_days": min_days,
        "state": state,
    }


def zone_rows(sessions: list[Facts]) -> list[Facts]:
    """[{"name", "points"}]: for each name of a zone, what each session that has it did there, by session number."""
    rows: dict[str, Facts] = {}
    for one in sessions:
        for zone in one["zones"]:
            name = unicodedata.normalize("NFC", str(zone["name"]).strip())
            point = {"n": one["n"], "started_at": one["started_at"], "trusted": one["trusted"], **zone}
            point["limit_density_per_cm2"] = one["limit_density_per_cm2"]
            rows.setdefault(name, {"name": name, "points": []})["points"].append(point)
    return list(rows.values())


def head_rows(overviews: list[Facts]) -> list[Facts]:
    """Each head's use in these sessions, and by the device's own ledger, which may know of more.

    state: against the plan's limits, by the greater of both; None where no limit is set or the head has no id.
    """
    by_id: dict[str | None, list[Facts]] = {}
    for one in overviews:
        by_id.setdefault(one["head"]["id"], []).append(one)
    return [_head_row(head_id, users) for head_id, users in by_id.items()]


def _head_row(head_id: str | None, users: list[Facts]) -> Facts:
    heads = [one["head"] for one in users]
    known = [one for one in users if one["head"]["sessions_before"] is not None]
    revolutions = sum(one["revolutions"] for one in users)
    after = [(one["head"]["revolutions_before"] or 0) + one["revolutions"] for one in known]
    found: Facts = {
        "id": head_id,
        "needles": heads[-1]["needles"],
        "needle_length_mm": heads[-1]["needle_length_mm"],
        "subjects": _in_order(one["subject"] for one in users),
        "sessions": len(users),
        "revolutions": round(revolutions, 1),
        "ledger_sessions": max((one["head"]["sessions_before"] + 1 for one in known), default=None),
        "ledger_revolutions": round(max(after), 1) if after else None,
        "max_sessions": heads[-1]["max_sessions"],
        "max_revolutions": heads[-1]["max_revolutions"],
        "first_at": min((one["started_at"] for one in users if one["started_at"]), default=None),
        "last_at": max((one["started_at"] for one in users if one["started_at"]), default=None),
    }
    states = [_use(found, what) for what in ("sessions", "revolutions")] if head_id else []
    return found | {"state": next((state for state in (OVER, USED_UP, WITHIN) if state in states), None)}


def _use(row: Facts, what: str) -> str | None:
    limit = row[f"max_{what}"]
    if not limit:
        return None
    used = max(row[what], row[f"ledger_{what}"] or 0)
    return OVER if used > limit else USED_UP if used == limit else WITHIN


def _notes(found: Facts, doubled: int) -> list[str]:
    notes = []
    if len(found["subjects"]) > 1:
        listed = ", ".join(subject or "no subject" for subject in found["subjects"])
        notes.append(f"These are sessions of several subjects ({listed}); intervals are counted for each of them.")
    if found["is_simulated"]:
        n = sum(one["is_simulated"] for one in [*found["sessions"], *found["undated"]])
        notes.append(f"{plural(n, 'session')} simulated: recorded on a virtual board, without skin, hand or device.")
    if found["undated"]:
        between = "; one of them may lie between two others, so an interval may be shorter than it says"
        notes.append(
            f"The start of {plural(len(found['undated']), 'session')} is not known: listed apart, in no figure over "
            f"time{between if len(found['sessions']) > 1 else ''}."
        )
    if doubled:
        notes.append(f"{plural(doubled, 'file')} left out: the same session is among the others.")
    shared = [row["id"] for row in found["heads"] if row["id"] and len(row["subjects"]) > 1]
    if shared:
        notes.append(f"Used on more than one subject: head {', '.join(shared)}.")
    return notes


def _in_order(values: Iterable[Any]) -> list[Any]:
    return list(dict.fromkeys(values))
