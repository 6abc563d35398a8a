"""The annotations of an EDF+ file: what happened when, in words."""

from collections.abc import Iterator

from dermaroller.entries import Contact, Gap, Stroke
from dermaroller.log.header import Zone
from dermaroller.session import Session

Note = tuple[float, float | None, str]  # onset in s, duration in s, text


def notes(session: Session) -> list[Note]:
    """All annotations. Texts are of any script, but without control characters, which EDF+ uses for itself."""
    return [(round(onset, 3), duration, _plain(text)) for onset, duration, text in _notes(session)]


def _notes(session: Session) -> Iterator[Note]:
    told, entries = session.summary(), session.entries
    if told.is_simulated:
        yield 0.0, None, "simulated"
    if told.subject:
        yield 0.0, None, f"subject: {told.subject}"
    for doubt in told.doubts:
        yield 0.0, None, f"doubt: {doubt}"
    names = [_zone_name(i, zone) for i, zone in enumerate(session.zones)]
    yield 0.0, None, f"zone: {names[0]}"
    for change in entries.zone_changes:
        yield change.t_s, None, f"zone: {names[change.zone] if change.zone < len(names) else change.zone + 1}"
    for contact in entries.contacts:
        yield contact.start_s, _length(contact), "contact"
    for stroke, row in zip(entries.strokes, told.strokes, strict=True):
        what = "pass" if stroke.counted else "stroke"
        yield stroke.start_s, _length(stroke), f"{what} {row.direction}, {row.distance_mm:g} mm"
    for alert in entries.alerts:
        yield alert.t_s, None, f"alert: {alert.kind} {alert.value}"
    for gap in session.gaps:
        yield gap.start_s, _length(gap), f"gap: {gap.reason}"
    yield session.duration_s, None, f"end of session: {told.end or 'not closed'}"


def _length(span: Contact | Stroke | Gap) -> float:
    return round(max(0.0, float(span.end_s - span.start_s)), 3)


def _zone_name(i: int, zone: Zone) -> str:
    return f"{i + 1} {zone.name or ''}".rstrip()


def _plain(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)
