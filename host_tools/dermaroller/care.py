"""What a session was made with, and whether the plan's rules of care were kept: head, its ledger, interval, serum.

The device guards but never stops the counting, so a session may well have begun against its plan; then it says so.
"""

from dataclasses import dataclass
from typing import Literal

from dermaroller.analysis.summary_parts import HeadUse, Interval
from dermaroller.analysis.summary_types import Summary
from dermaroller.log.header import Head, Header, Serum
from dermaroller.output import plural
from dermaroller.session import Session


@dataclass(frozen=True)
class Line:
    """One line for people. is_warning: something was not as the plan wants it."""

    label: str
    text: str
    is_warning: bool = False


def head_use(session: Session) -> HeadUse:
    """The head, and what it had done before.

    confirmation: sterile, by a long press before the session. is_used_up: whether it had reached its limit by then.
    """
    head, ledger, kinds = session.header.head or Head(), session.header.ledger, _alerted(session)
    return HeadUse(
        id=head.id or None,
        needles=head.needles,
        needle_length_mm=head.needle_length_um / 1000 if head.needle_length_um else None,
        max_sessions=head.max_sessions or None,
        max_revolutions=head.max_revolutions or None,
        sessions_before=ledger.sessions,
        revolutions_before=ledger.revolutions,
        confirmation=_confirmation(session, kinds) if session.header.plan or session.header.is_lost else None,
        is_used_up="head_used_up" in kinds,
    )


def interval(session: Session) -> Interval:
    """Whether the plan's interval was over; "unknown" where clocks or the log do not tell.

    Where the header is lost nobody knows what the plan asked for, nor that there was none.
    """
    if session.header.is_lost:
        return Interval(None, "unknown")
    min_days = session.header.limits.min_interval_days or None
    return Interval(min_days, _interval(session.header, _alerted(session)) if min_days else None)


def _alerted(session: Session) -> set[str]:
    return {alert.kind for alert in session.entries.alerts}


def _confirmation(session: Session, kinds: set[str]) -> Literal["confirmed", "unconfirmed", "unknown"]:
    if "head_unconfirmed" in kinds:
        return "unconfirmed"
    is_old = session.header.thresholds.treatment_min_passes is None  # the first firmware logged only what was missing
    if "head_confirmed" in kinds or (is_old and not session.damage):
        return "confirmed"
    return "unknown"


def lines(told: Summary) -> list[Line]:
    """The same as lines for people; only those that have something to say."""
    head, interval, serum = told.head, told.interval, told.serum
    found = []
    if told.is_treatment is False:
        found.append(Line("Counts as", "no treatment: not one stroke was long enough for a pass", True))
    if head.id and head.needles and head.needle_length_mm:
        found.append(Line("Head", f"{head.id}, {head.needles} needles of {head.needle_length_mm:g} mm"))
    if head.id and head.sessions_before is not None:
        found.append(Line("Used before", _use(head), head.is_used_up))
    if head.confirmation:
        found.append(Line("Sterile", _CONFIRMATIONS[head.confirmation], head.confirmation != "confirmed"))
    if interval.state:
        state = _INTERVALS[interval.state]
        text = f"{plural(interval.min_days, 'day')}: {state}" if interval.min_days else _NO_PLAN_TOLD
        found.append(Line("Interval", text, "NOT" in state))
    found += [Line("Ledger", FORGOTTEN[alert.kind], True) for alert in told.alerts if alert.kind in FORGOTTEN]
    if serum:
        found.append(Line("Serum", serum_text(serum)))
    return found


# By alert: what a handle whose ledger is full no longer knows. The numbers of this session do not suffer from it.
FORGOTTEN = {
    "head_forgotten": "full: the use of another head is no longer counted",
    "subject_forgotten": "full: no interval guards another subject any more",
}


def serum_text(serum: Serum) -> str:
    """Name and lot."""
    return f"{serum.name}, lot {serum.lot}" if serum.lot else f"{serum.name}, no lot given"


_CONFIRMATIONS = {
    "confirmed": "head confirmed before the session",
    "unconfirmed": "head NOT confirmed before the session",
    "unknown": "not known: the damaged log has lost it",
}
_NO_PLAN_TOLD = "not known: the damaged log has lost what the plan asks for"
_INTERVALS = {
    "over": "over since the last treatment, or no earlier one known",
    "overridden": "NOT over; overridden by a long press",
    "ignored": "NOT over, and not overridden either",
    "unknown": "not known to be over: the device's clock was not set or was wrong, or the log has lost it",
}


def _interval(header: Header, kinds: set[str]) -> Literal["over", "overridden", "ignored", "unknown"]:
    if "interval_override" in kinds:
        return "overridden"
    if "interval_ignored" in kinds:
        return "ignored"
    if header.thresholds.treatment_min_passes is None:  # such firmware logged only what was against the plan
        return "unknown" if header.utc_s is None else "over"
    return "over" if "interval_over" in kinds else "unknown"


def _use(head: HeadUse) -> str:
    text = f"{plural(head.sessions_before or 0, 'session')}, {plural(head.revolutions_before or 0, 'revolution')}"
    limits = [
        plural(limit, what)
        for limit, what in ((head.max_sessions, "session"), (head.max_revolutions, "revolution"))
        if limit
    ]
    if limits:
        text += f"; good for {' and '.join(limits)}"
    return text + (": used up" if head.is_used_up else "")
