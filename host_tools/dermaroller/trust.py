"""Whether a session's numbers can be trusted, and in plain sentences why not: from counters, gaps, faults and damage.

Late callbacks and short gaps are the ordinary cost of writing flash, and the hardware counts through them; so they are
shown, but cast no doubt as long as nearly all of the session was captured.
"""

from collections.abc import Mapping

from dermaroller.counters import DOUBTS
from dermaroller.log.totals import total_mismatches
from dermaroller.output import plural
from dermaroller.session import Session

MIN_CAPTURED = 0.95  # of the duration


def doubts(session: Session, captured_fraction: float) -> tuple[str, ...]:
    """A sentence for each reason not to trust the numbers; none if they can be trusted."""
    counters = losses(session)
    kinds = [alert.kind for alert in session.entries.alerts]
    found = []
    for name, doubt in DOUBTS.items():
        n = max(counters.get(name, 0), kinds.count(doubt.alert))
        if n:
            found.append(doubt.text(n))
    if "tare_drift" in kinds:
        found.append("The force sensor's zero drifted to the bound up to which it is followed: forces may be off.")
    if captured_fraction < MIN_CAPTURED:
        found.append(f"Only {100 * captured_fraction:.1f} % of the session was captured.")
    return (*found, *_of_the_log(session))


def losses(session: Session) -> Mapping[str, int]:
    """The device's counters of what was lost or out of order in the session, as far as the log tells."""
    return (session.footer.counters if session.footer else {}) or session.entries.counters


def _of_the_log(session: Session) -> list[str]:
    found = []
    damage = session.damage
    if damage:
        found.append(
            f"The log is damaged: at least {plural(damage.blocks, 'block')} and {plural(damage.bytes, 'byte')} are lost"
            + (f", and {plural(damage.records, 'record')} cannot be read." if damage.records else ".")
        )
    if session.header.is_lost:
        found.append("The log's beginning is lost: its head is taken for the reference head.")
    if session.footer is None:
        found.append("The session was not closed: its end is missing, and totals may be too low.")
    elif session.footer.end == "power_loss":
        found.append("The power failed: up to five seconds before it may be missing, and totals may be too low.")
    elif not damage and (not session.is_sha_right or total_mismatches(session)):
        found.append("The log's totals do not agree with what it holds.")
    return found
