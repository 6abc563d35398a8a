"""Parquet files, read by pyarrow, give the numbers of `show --json`, with units and metadata."""

import datetime
import io
import json

import pyarrow
import pyarrow.parquet
import pytest

from dermaroller.export import parquet_tables
from dermaroller.export.columns import TABLES
from dermaroller.session import Session

from ..golden import CASES
from . import sessions
from .test_tables import check


def read_parquet(session):
    """{table: pyarrow table}"""
    return {
        made.name.split(".")[1]: pyarrow.parquet.read_table(io.BytesIO(made.content))
        for made in parquet_tables.exports(session, "s")
    }


def rows_of(table):
    """Rows with moments as text, as `show --json` writes them."""
    rows = table.to_pylist()
    for row in rows:
        for key, value in row.items():
            if isinstance(value, datetime.datetime):
                row[key] = value.isoformat(timespec="seconds").replace("+00:00", "Z")
    return rows


@pytest.mark.parametrize("name", sessions.ALL)
def test_parquet_gives_the_numbers_of_show(name):
    session = Session.parse(sessions.ALL[name])
    found = {table: rows_of(content) for table, content in read_parquet(session).items()}
    found["zones"] = [row | {"name": row["name"] or None} for row in found["zones"]]
    check(session, found)


@pytest.mark.slow
def test_parquet_of_a_session_from_the_virtual_board(micropython):
    session = Session.parse(CASES["plan"]().files["00001.drl"])
    check(session, {table: rows_of(content) for table, content in read_parquet(session).items()})


def test_fields_have_types_units_and_meanings():
    for name, table in read_parquet(Session.parse(sessions.ALL["nothing"])).items():
        assert table.column_names == [column.name for column in TABLES[name]]
        for column in TABLES[name]:
            metadata = table.schema.field(column.name).metadata
            assert (metadata[b"unit"].decode(), metadata[b"description"].decode()) == (column.unit, column.meaning)
    samples = read_parquet(Session.parse(sessions.ALL["two-zones"]))["samples"]
    assert [str(field.type) for field in samples.schema] == [
        "string",
        *"double double int64 double double int64".split(),
    ]


@pytest.mark.slow
def test_tables_of_several_sessions_can_be_put_together():
    tables = [read_parquet(Session.parse(data))["zones"] for data in sessions.ALL.values()]
    whole = pyarrow.concat_tables([table.replace_schema_metadata() for table in tables])
    assert len(set(whole["session"].to_pylist())) == len(sessions.ALL)


@pytest.mark.parametrize("name", ["named", "flipped"])
def test_the_schema_tells_of_the_session(name):
    session = Session.parse(sessions.ALL[name])
    told = json.loads(json.dumps(session.summary().as_json()))
    for table in read_parquet(session).values():
        about = json.loads(table.schema.metadata[parquet_tables.METADATA_KEY])
        assert about == {key: told[key] for key in about}
        assert {"subject", "doubts", "missing", "counters", "head"} <= set(about)
