"""The data types of FHIR that the resources are made of, as plain objects; R4B and R5 share them.

Codes are this project's own, under CODES, with text beside them: no code of a terminology is claimed that does not fit.
Units are UCUM. What is not known says so by the data-absent-reason.
"""

import uuid
from html import escape
from typing import Any

CODES = "urn:dermaroller:codes"
SUBJECTS = "urn:dermaroller:subject"
DEVICES = "urn:dermaroller:device"
HEADS = "urn:dermaroller:head"
SESSIONS = "urn:dermaroller:session"
LOGS = "urn:dermaroller:log:sha256"
TAGS = "urn:dermaroller:tags"
UCUM = "http://unitsofmeasure.org"
_ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
_ABSENT_EXTENSION = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
_IDS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:dermaroller:fhir")
UNKNOWN, NOT_APPLICABLE = "unknown", "not-applicable"

Object = dict[str, Any]


def resource_id(*of: str) -> str:
    """The same id for the same thing, always."""
    return str(uuid.uuid5(_IDS, "/".join(of)))


def reference(resource: Object) -> Object:
    """To a resource in the same bundle."""
    return {"reference": full_url(resource), "type": resource["resourceType"]}


def full_url(resource: Object) -> str:
    """What a bundle calls a resource."""
    return f"urn:uuid:{resource['id']}"


def concept(code: str, text: str) -> Object:
    """One of our own codes, in words."""
    return {"coding": [{"system": CODES, "code": code, "display": text}], "text": text}


def words(text: str) -> Object:
    """A CodeableConcept without a code."""
    return {"text": text}


def quantity(value: float, unit: str, shown: str = "") -> Object:
    """unit: UCUM; shown: as people write it."""
    return {"value": value, "unit": shown or unit, "system": UCUM, "code": unit}


def component(code: str, text: str, value: float | None, unit: str, shown: str = "", absent: str = UNKNOWN) -> Object:
    """A part of an Observation; absent: why there is no value."""
    if value is None:
        return {"code": concept(code, text), "dataAbsentReason": {"coding": [{"system": _ABSENT, "code": absent}]}}
    return {"code": concept(code, text), "valueQuantity": quantity(value, unit, shown)}


def unknown() -> Object:
    """In the place of an object that must be there but is not known."""
    return {"extension": [{"url": _ABSENT_EXTENSION, "valueCode": UNKNOWN}]}


def clean(text: Any) -> str | None:
    """Text as FHIR takes it: not empty, no control characters, no space at its ends. None if nothing is left."""
    plain = "".join(c if c.isprintable() or c == "\n" else " " for c in str(text or "")).strip()
    return plain or None


def narrative(text: str) -> Object:
    """The same for people."""
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{escape(text)}</div>'}


def without_none(value: Object) -> Object:
    """Leave out what there is not: FHIR knows no null and no empty list."""
    return {key: each for key, each in value.items() if each is not None and each != []}
