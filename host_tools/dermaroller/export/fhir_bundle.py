"""A session as FHIR: a Procedure, the handle and the head as Devices, an Observation of the whole and one of each zone.

What differs between the releases of FHIR is in fhir_r4b.py and fhir_r5.py. Ids follow from the log, so the same session
always gives the same bundle. The subject is a logical reference by the plan's code; no name is known here.
"""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Protocol

from dermaroller.analysis.summary_types import Summary
from dermaroller.care import serum_text
from dermaroller.export import fhir_values as fhir
from dermaroller.export.fhir_observations import session_observation, zone_observations
from dermaroller.export.fhir_values import Object
from dermaroller.export.files import Export
from dermaroller.export.tables import session_key
from dermaroller.log.header import Head
from dermaroller.session import Session
from dermaroller.summary import start_of

_DISCLAIMER = "Recorded by an instrument that is not a cleared medical device. Nothing here is a depth or an effect."
_SIMULATED = "Simulated: made by the firmware on a virtual board. No person was treated."
_COMPLETED = ("button", "idle", "ask")  # ends that a user meant


class Release(Protocol):
    """What one release of FHIR does in its own way."""

    NAME: str

    @staticmethod
    def device(resource: Object, type_text: str, name: str | None, properties: list[tuple[str, Object]]) -> Object: ...

    @staticmethod
    def procedure(resource: Object, period: Object, devices: list[Object], serum: str | None) -> Object: ...


def export_as(release: Release, session: Session, stem: str) -> Iterator[Export]:
    """STEM.fhir-r5.json, or whichever release it is."""
    text = json.dumps(bundle(release, session), ensure_ascii=False, indent=1)
    yield Export(f"{stem}.fhir-{release.NAME}.json", (text + "\n").encode())


def bundle(release: Release, session: Session) -> Object:
    """The Bundle, as plain JSON values."""
    told = session.summary()
    handle = _handle(release, session)
    devices = [handle, _head(release, session, handle)]
    shared = {"subject": _subject(told), "meta": _meta(session)}
    procedure = _procedure(release, session, told, devices) | shared
    common = shared | {
        "status": "final" if session.is_as_closed and not session.damage else "unknown",
        "partOf": [fhir.reference(procedure)],
        "device": fhir.reference(handle),
        "effectivePeriod": _period(session),
    }
    observations = [session_observation(session, told), *zone_observations(session, told)]
    resources = [procedure, *(each | {"meta": _meta(session)} for each in devices)]
    resources += [each | common for each in observations]
    made = {
        "resourceType": "Bundle",
        "id": fhir.resource_id(session.sha256, "bundle"),
        "meta": _meta(session),
        "identifier": {"system": fhir.SESSIONS, "value": session_key(session)},
        "type": "collection",
        "entry": [{"fullUrl": fhir.full_url(each), "resource": fhir.without_none(each)} for each in resources],
    }
    return fhir.without_none(made)


def _procedure(release: Release, session: Session, told: Summary, devices: list[Object]) -> Object:
    zones = [name for zone in told.zones if (name := fhir.clean(zone.name))]
    notes = [_SIMULATED] * session.is_simulated + [_DISCLAIMER, *told.doubts, *told.notes]
    is_completed = session.is_as_closed and not session.damage and told.end in _COMPLETED
    serum = fhir.clean(serum_text(told.serum)) if told.serum else None
    resource = {
        "resourceType": "Procedure",
        "id": fhir.resource_id(session.sha256, "procedure"),
        "text": fhir.narrative(
            f"Session {session_key(session)}: {told.passes} passes, {told.punctures:g} punctures, "
            f"{told.contact_s:g} s in contact"
        ),
        "identifier": [
            {"system": fhir.SESSIONS, "value": session_key(session)},
            {"system": fhir.LOGS, "value": session.sha256},
        ],
        "status": "completed" if is_completed else "unknown",
        "code": fhir.concept("session", "Skin needling with a dermaroller"),
        "bodySite": [fhir.words(name) for name in zones],
        "note": [{"text": note} for each in notes if (note := fhir.clean(each))],
    }
    return release.procedure(resource, _period(session), [fhir.reference(each) for each in devices], serum)


def _handle(release: Release, session: Session) -> Object:
    header = session.header
    device = fhir.clean(header.device)
    versions = [("firmware", header.fw), ("micropython", header.micropython), ("board", header.hw)]
    resource = {
        "resourceType": "Device",
        "id": fhir.resource_id("device", device) if device else fhir.resource_id(session.sha256, "device"),
        "text": fhir.narrative(f"Dermaroller {device or 'of unknown identity'}"),
        "identifier": [{"system": fhir.DEVICES, "value": device}] if device else [],
        "version": [
            {"type": fhir.concept(f"version-{name}", name), "value": value}
            for name, version in versions
            if (value := fhir.clean(version))
        ],
        "note": [{"text": _SIMULATED}] if session.is_simulated else [],
    }
    return release.device(resource, "Dermaroller handle", fhir.clean(header.name), [])


def _head(release: Release, session: Session, handle: Object) -> Object:
    head = session.header.head or Head()
    name = fhir.clean(head.id)
    measures = [
        ("needles", head.needles, "{needles}", 1),
        ("needle length", head.needle_length_um, "mm", 1000),
        ("drum diameter", head.drum_diameter_um, "mm", 1000),
        ("drum width", head.drum_width_um, "mm", 1000),
    ]
    resource = {
        "resourceType": "Device",
        "id": fhir.resource_id(session.sha256, "head"),
        "text": fhir.narrative(f"Head {name or 'without id'}"),
        "identifier": [{"system": fhir.HEADS, "value": name}] if name else [],
        "parent": fhir.reference(handle),
        "note": []
        if session.header.head
        else [{"text": "The head is not known; the numbers are those of the reference head."}],
    }
    properties = [
        (text, fhir.quantity(value / per if per > 1 else value, unit, unit.strip("{}")))
        for text, value, unit, per in measures
        if value
    ]
    return release.device(resource, "Needle drum of a dermaroller", name, properties)


def _subject(told: Summary) -> Object:
    code = fhir.clean(told.subject)
    known = {"identifier": {"system": fhir.SUBJECTS, "value": code}} if code else fhir.unknown()
    return {"type": "Patient", **known}


def _period(session: Session) -> Object:
    """From start to end; without an end, if the session was not closed."""
    start = start_of(session)
    if start is None:
        return fhir.unknown()
    ends = {"end": _instant(start.at + timedelta(seconds=session.duration_s))} if session.footer else {}
    return {"start": _instant(start.at), **ends}


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _meta(session: Session) -> Any:
    """Marks what is simulated, and what is not whole; None if there is nothing to mark."""
    tags = [("simulated", "Simulated")] * session.is_simulated
    tags += [("incomplete", "Damaged or not closed")] * bool(session.damage or not session.is_as_closed)
    marks: Object = {"tag": [{"system": fhir.TAGS, "code": code, "display": text} for code, text in tags]}
    if session.is_simulated:
        test = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST"}
        marks["security"] = [test | {"display": "test health data"}]
    return fhir.without_none(marks) or None
