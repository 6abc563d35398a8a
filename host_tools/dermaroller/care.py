"""What a session was made with, and whether the plan's rules of care were kept: head, its ledger, interval, serum.

The device guards but never stops the counting, so a session may well have begun against its plan; then it says so.
"""

from dataclasses import dataclass
from typing import Any

from dermaroller.output import plural
from dermaroller.session import Session


@dataclass(frozen=True)
class Line:
    """One line for people. is_warning: something was not as the plan wants it."""

    label: str
    text: str
    is_warning: bool = False


def care(session: Session) -> dict[str, Any]:
    """The facts as JSON values.

    head.confirmation: "confirmed" or "unconfirmed" (sterile, by a long press before the session), "unknown" if the log
    has lost it; None without a plan.
    head.is_used_up: whether it had reached its limit before this session. interval.state: "over", "overridden" (by a
    long press), "ignored", or "unknown" where the device's clock was not set; None if the plan sets no interval.
    """
    header, plan = session.header, session.header.get("plan") or {}
    kinds = {alert.kind for alert in session.entries.alerts}
    head, ledger = header.get("head") or {}, header.get("ledger") or {}
    return {
        "head": {
            "id": head.get("id") or None,
            "needles": head.get("needles"),
            "needle_length_mm": head["needle_length_um"] / 1000 if head.get("needle_length_um") else None,
            "max_sessions": head.get("max_sessions") or None,
            "max_revolutions": head.get("max_revolutions") or None,
            "sessions_before": ledger.get("sessions"),
            "revolutions_before": ledger.get("revolutions"),
            "confirmation": _confirmation(session, kinds) if plan else None,
            "is_used_up": "head_used_up" in kinds,
        },
        "interval": {
            "min_days": (plan.get("limits") or {}).get("min_interval_days") or None,
            "state": _interval(header, plan, kinds),
        },
        "serum": plan.get("serum"),
    }


def _confirmation(session: Session, kinds: set[str]) -> str:
    if "head_unconfirmed" in kinds:
        return "unconfirmed"
    if "head_confirmed" in kinds or not session.damage:  # the first firmware logged only what was missing
        return "confirmed"
    return "unknown"


def lines(facts: dict[str, Any]) -> list[Line]:
    """The same as lines for people; only those that have something to say."""
    head, interval, serum = facts["head"], facts["interval"], facts["serum"]
    found = []
    if head["id"] and head["needles"] and head["needle_length_mm"]:
        found.append(Line("Head", f"{head['id']}, {head['needles']} needles of {head['needle_length_mm']:g} mm"))
    if head["id"] and head["sessions_before"] is not None:
        found.append(Line("Used before", _use(head), head["is_used_up"]))
    if head["confirmation"]:
        found.append(Line("Sterile", _CONFIRMATIONS[head["confirmation"]], head["confirmation"] != "confirmed"))
    if interval["min_days"]:
        state = _INTERVALS[interval["state"]]
        found.append(Line("Interval", f"{plural(interval['min_days'], 'day')}: {state}", "NOT" in state))
    if serum:
        found.append(Line("Serum", serum_text(serum)))
    return found


def serum_text(serum: dict[str, Any]) -> str:
    """Name and lot."""
    return f"{serum.get('name')}, lot {serum['lot']}" if serum.get("lot") else f"{serum.get('name')}, no lot given"


_CONFIRMATIONS = {
    "confirmed": "head confirmed before the session",
    "unconfirmed": "head NOT confirmed before the session",
    "unknown": "not known: the damaged log has lost it",
}
_INTERVALS = {
    "over": "over since the last session, or no earlier one known",
    "overridden": "NOT over; overridden by a long press",
    "ignored": "NOT over, and not overridden either",
    "unknown": "not known to be over: the device's clock was not set",
}


def _interval(header: dict[str, Any], plan: dict[str, Any], kinds: set[str]) -> str | None:
    if not (plan.get("limits") or {}).get("min_interval_days"):
        return None
    if "interval_override" in kinds:
        return "overridden"
    if "interval_ignored" in kinds:
        return "ignored"
    return "unknown" if header.get("utc_s") is None else "over"


def _use(head: dict[str, Any]) -> str:
    text = f"{plural(head['sessions_before'], 'session')}, {plural(head['revolutions_before'] or 0, 'revolution')}"
    limits = [plural(head[f"max_{what}s"], what) for what in ("session", "revolution") if head[f"max_{what}s"]]
    if limits:
        text += f"; good for {' and '.join(limits)}"
    return text + (": used up" if head["is_used_up"] else "")
