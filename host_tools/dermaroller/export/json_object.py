"""JSON: what `show --json` prints of a session, with the name of the schema that it follows (session.schema.json)."""

import json
from collections.abc import Iterator
from importlib.resources import files

from dermaroller.export.files import Export
from dermaroller.session import Session

SCHEMA_ID = "urn:dermaroller:schema:session:1"


def exports(session: Session, stem: str) -> Iterator[Export]:
    """STEM.session.json"""
    value = {"$schema": SCHEMA_ID, "sessions": [session.summary().as_json()]}
    yield Export(f"{stem}.session.json", (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode())


def schema_text() -> str:
    """The published JSON Schema."""
    return files("dermaroller.export").joinpath("session.schema.json").read_text(encoding="utf-8")
