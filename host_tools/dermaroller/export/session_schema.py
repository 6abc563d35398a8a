"""Makes the published JSON Schema from the types: `make docs`. Only that wants pydantic; the schema is in the package.

Run as a program, it writes session.schema.json beside itself.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dermaroller.analysis.summary_types import Summary
from dermaroller.as_json import about
from dermaroller.export.json_object import SCHEMA_ID, schema_text

PATH = Path(__file__).with_name("session.schema.json")


@dataclass(frozen=True)
class Sessions:
    """What `dermaroller show --json` prints and `dermaroller export --format json` writes. Units stand in the names."""

    sessions: tuple[Summary, ...] = field(metadata=about("One for each file."))


def made(of: type = Sessions) -> str:
    """The schema's text."""
    from pydantic import TypeAdapter

    found = TypeAdapter(of).json_schema(mode="serialization")
    definitions = found.pop("$defs")
    found["properties"] = {"$schema": {"const": SCHEMA_ID}} | found["properties"]
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID}
    title = {"title": "Sessions of a smart dermaroller"}
    whole = head | title | _strict(found) | {"$defs": {name: _strict(each) for name, each in definitions.items()}}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def _strict(schema: dict[str, Any]) -> dict[str, Any]:
    """Without titles that only repeat names; an object has its own properties and no others."""
    kept = {key: value for key, value in schema.items() if key != "title"}
    if properties := kept.get("properties"):
        kept["properties"] = {name: _strict(each) for name, each in properties.items()}
        kept["additionalProperties"] = False
    return kept


def is_current() -> bool:
    """Whether the published schema is that of the types."""
    return made() == schema_text()


if __name__ == "__main__":
    PATH.write_text(made(), encoding="utf-8", newline="\n")
    print(PATH)
