"""Whether a session's numbers can be trusted, and in plain sentences why not: from counters, gaps, faults and damage.

Late callbacks and short gaps are the ordinary cost of writing flash, and the hardware counts through them; so they are
shown, but cast no doubt as long as nearly all of the session was captured.
"""

from dermaroller.output import plural
from dermaroller.session import Session, total_mismatches

MIN_CAPTURED = 0.95  # of the duration


def doubts(session: Session, captured_fraction: float) -> list[str]:
    """A sentence for each reason not to trust the numbers; none if they can be trusted."""
    counters = losses(session)
    kinds = [alert.kind for alert in session.entries.alerts]
    found = []
    for name, sentence in _BY_COUNTER.items():
        n = max(counters.get(name, 0), kinds.count(_ALSO_ALERTED.get(name, "")))
        if n:
            found.append(sentence.format(plural(n, "time"), n))
    if "tare_drift" in kinds:
        found.append("The force sensor's zero drifted to the bound up to which it is followed: forces may be off.")
    if captured_fraction < MIN_CAPTURED:
        found.append(f"Only {100 * captured_fraction:.1f} % of the session was captured.")
    return found + _of_the_log(session)


def losses(session: Session) -> dict[str, int]:
    """The device's counters of what was lost or out of order in the session, as far as the log tells."""
    return (session.footer or {}).get("counters") or session.entries.counters


_BY_COUNTER = {
    "illegal_transitions": "The encoder made an impossible step {}: counts may be missing.",
    "edge_rate_warnings": "The drum turned faster than its counter can be trusted with, {}: counts may be missing.",
    "ring_overflow": "Samples were lost before they were judged, {}: forces and contact may be missing.",
    "callback_errors": "Sampling failed {}: samples are missing.",
    "sensor_faults": "The force sensor was out of range {}: what was rolled meanwhile is not counted.",
    "log_lost_bytes": "Flash had no room for {1:,} bytes or refused them: parts of the log are missing.",
}
_ALSO_ALERTED = {"edge_rate_warnings": "edge_rate", "sensor_faults": "fault"}


def _of_the_log(session: Session) -> list[str]:
    found = []
    damage = session.damage
    if damage:
        found.append(
            f"The log is damaged: at least {plural(damage.blocks, 'block')} and {plural(damage.bytes, 'byte')} are lost"
            + (f", and {plural(damage.records, 'record')} cannot be read." if damage.records else ".")
        )
    if not session.header:
        found.append("The log's beginning is lost: its head is taken for the reference head.")
    if session.footer is None:
        found.append("The session was not closed: its end is missing, and totals may be too low.")
    elif session.footer.get("end") == "power_loss":
        found.append("The power failed: up to five seconds before it may be missing, and totals may be too low.")
    elif not damage and (not session.is_sha_right or total_mismatches(session)):
        found.append("The log's totals do not agree with what it holds.")
    return found
