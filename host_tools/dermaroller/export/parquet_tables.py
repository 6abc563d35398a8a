"""Parquet: the tables of columns.py, one file each; units and meanings with the fields, the session with the schema."""

import io
import json
from collections.abc import Iterator
from typing import Any

from dermaroller import packages
from dermaroller.export.columns import FLAG, MOMENT, NUMBER, TABLES, TEXT, WHOLE, Column
from dermaroller.export.files import Export
from dermaroller.export.tables import Values, tables
from dermaroller.session import Session

with packages.needing("parquet"):
    import pyarrow
    import pyarrow.parquet

METADATA_KEY = (
    b"dermaroller"  # of the schema: what `show --json` prints of the session, without the lists of the tables
)
_IN_TABLES = ("strokes", "zones", "alerts", "gaps")


def exports(session: Session, stem: str) -> Iterator[Export]:
    """STEM.session.parquet, STEM.zones.parquet, ..."""
    about = {name: value for name, value in session.summary().as_json().items() if name not in _IN_TABLES}
    for name, values in tables(session).items():
        file = io.BytesIO()
        pyarrow.parquet.write_table(_table(name, values, about), file)
        yield Export(f"{stem}.{name}.parquet", file.getvalue())


def _table(name: str, values: Values, about: dict[str, Any]) -> Any:
    fields = [_field(column) for column in TABLES[name]]
    schema = pyarrow.schema(fields, metadata={METADATA_KEY: json.dumps(about, ensure_ascii=False)})
    arrays = [_array(values[field.name], field.type) for field in fields]
    return pyarrow.table(arrays, schema=schema)


def _field(column: Column) -> Any:
    return pyarrow.field(
        column.name, _types()[column.type], metadata={"unit": column.unit, "description": column.meaning}
    )


def _types() -> dict[str, Any]:
    return {
        TEXT: pyarrow.string(),
        WHOLE: pyarrow.int64(),
        NUMBER: pyarrow.float64(),
        FLAG: pyarrow.bool_(),
        MOMENT: pyarrow.timestamp("s", tz="UTC"),
    }


def _array(values: Any, type_: Any) -> Any:
    if pyarrow.types.is_timestamp(type_):
        return pyarrow.array([value and value.replace("Z", "") for value in values], pyarrow.string()).cast(
            pyarrow.timestamp("s")
        ).cast(type_)  # fmt: skip
    return pyarrow.array(values, type_)
