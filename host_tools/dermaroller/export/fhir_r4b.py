"""FHIR R4B (4.3.0): a device has one type and `deviceName`, a procedure is `performed` and has `usedReference`."""

from collections.abc import Iterator
from typing import Any

from dermaroller.export import fhir_bundle
from dermaroller.export.fhir_values import Object, concept, without_none, words
from dermaroller.export.files import Export
from dermaroller.session import Session


def exports(session: Session, stem: str) -> Iterator[Export]:
    """STEM.fhir-r4b.json"""
    return fhir_bundle.export_as(R4B, session, stem)


class R4B:
    """See fhir_bundle.Release."""

    NAME = "r4b"

    @staticmethod
    def device(resource: Object, type_text: str, name: str | None, properties: list[tuple[str, Object]]) -> Object:
        own: dict[str, Any] = {
            "type": words(type_text),
            "deviceName": [{"name": name, "type": "user-friendly-name"}] if name else [],
            "property": [
                {"type": concept(text.replace(" ", "-"), text), "valueQuantity": [value]} for text, value in properties
            ],
        }
        return without_none(resource | own)

    @staticmethod
    def procedure(resource: Object, period: Object, devices: list[Object], serum: str | None) -> Object:
        own = {"performedPeriod": period, "usedReference": devices, "usedCode": [words(serum)] if serum else []}
        return without_none(resource | own)
