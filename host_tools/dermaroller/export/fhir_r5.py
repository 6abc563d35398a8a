"""FHIR R5 (5.0.0): a device has types and `name`, a procedure has an `occurrence` and `used`."""

from collections.abc import Iterator
from typing import Any

from dermaroller.export import fhir_bundle
from dermaroller.export.fhir_values import Object, concept, without_none, words
from dermaroller.export.files import Export
from dermaroller.session import Session


def exports(session: Session, stem: str) -> Iterator[Export]:
    """STEM.fhir-r5.json"""
    return fhir_bundle.export_as(R5, session, stem)


class R5:
    """See fhir_bundle.Release."""

    NAME = "r5"

    @staticmethod
    def device(resource: Object, type_text: str, name: str | None, properties: list[tuple[str, Object]]) -> Object:
        own: dict[str, Any] = {
            "type": [words(type_text)],
            "name": [{"value": name, "type": "user-friendly-name"}] if name else [],
            "property": [
                {"type": concept(text.replace(" ", "-"), text), "valueQuantity": value} for text, value in properties
            ],
        }
        return without_none(resource | own)

    @staticmethod
    def procedure(resource: Object, period: Object, devices: list[Object], serum: str | None) -> Object:
        used: list[Object] = [{"reference": device} for device in devices]
        used += [{"concept": words(serum)}] if serum else []
        return without_none(resource | {"occurrencePeriod": period, "used": used})
