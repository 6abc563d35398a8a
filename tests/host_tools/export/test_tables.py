"""CSV files, read by Python's own reader, give the numbers of `show --json`."""

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest

from dermaroller.export import csv_tables, tables
from dermaroller.export.columns import FLAG, NUMBER, TABLES, TEXT, WHOLE
from dermaroller.session import Session

from ..golden import CASES
from ..logs import LogBuilder
from . import sessions

README = Path(__file__).parents[3] / "host_tools" / "README.md"


def read_csv(session):
    """{table: rows}, by the types that columns.py promises."""
    found = {}
    for made in csv_tables.exports(session, "s"):
        name = re.fullmatch(r"s\.(\w+)\.csv", made.name)[1]
        text = made.content.decode("utf-8")
        assert "\r" not in text and text.endswith("\n")
        rows = list(csv.DictReader(text.splitlines(keepends=True), strict=True))
        found[name] = [{key: typed(name, key, cell) for key, cell in row.items()} for row in rows]
    return found


def typed(table, key, cell):
    (column,) = (column for column in TABLES[table] if column.name == key)
    if cell == "":
        return None
    if column.type == FLAG:
        return {"true": True, "false": False}[cell]
    if column.type == TEXT:
        return csv_tables.unguarded(cell)
    return {NUMBER: float, WHOLE: int}.get(column.type, str)(cell)


def check(session, found):
    """Hold tables against what `show --json` prints."""
    told = json.loads(json.dumps(session.summary().as_json()))
    told["doubts"] = " ".join(told["doubts"]) or None
    (row,) = found["session"]
    for key in set(row) & set(told):
        assert row[key] == told[key], key
    assert row["is_trusted"] == told["trusted"]
    assert [row[f"missing_{what}"] for what in told["missing"]] == list(told["missing"].values())
    check_rows(found["zones"], [zone | {"name": zone["name"] or None} for zone in told["zones"]])
    check_rows(found["strokes"], told["strokes"])
    alerts = [row for row in found["events"] if row["event"] == "alert"]
    check_rows([{"t_s": row["start_s"], "kind": row["kind"], "value": row["value"]} for row in alerts], told["alerts"])
    gaps = [row for row in found["events"] if row["event"] == "gap"]
    assert [(row["start_s"], row["end_s"], row["kind"]) for row in gaps] == [
        (gap["start_s"], pytest.approx(gap["end_s"]), gap["reason"]) for gap in told["gaps"]
    ]
    samples, rows = session.samples, found["samples"]
    assert [row["counts"] for row in rows] == samples.counts.tolist()
    assert [row["force_n"] for row in rows] == pytest.approx(samples.force_n.tolist(), abs=1e-9)
    assert [row["t_s"] for row in rows] == pytest.approx(samples.t_s.tolist(), abs=1e-9)
    assert {row["session"] for each in found.values() for row in each} == {tables.session_key(session)}


def check_rows(rows, told):
    assert len(rows) == len(told)
    for row, expected in zip(rows, told, strict=True):
        assert {key: row[key] for key in expected} == expected


@pytest.mark.parametrize("name", sessions.ALL)
def test_csv_gives_the_numbers_of_show(name):
    session = Session.parse(sessions.ALL[name])
    check(session, read_csv(session))


@pytest.mark.slow
def test_csv_of_a_session_from_the_virtual_board(micropython):
    session = Session.parse(CASES["plan"]().files["00001.drl"])
    found = read_csv(session)
    check(session, found)
    assert len(found["samples"]) > 1000
    assert found["session"][0]["is_simulated"]


@pytest.mark.parametrize("name", sessions.ALL)
def test_columns_are_the_same_for_every_session(name):
    for made in csv_tables.exports(Session.parse(sessions.ALL[name]), "s"):
        heads = made.content.decode().split("\n")[0].split(",")
        assert heads == [column.name for column in TABLES[made.name.split(".")[1]]]


def test_no_cell_can_be_taken_for_a_formula():
    session = Session.parse(sessions.ALL["named"])
    for made in csv_tables.exports(session, "s"):
        for row in csv.reader(made.content.decode().splitlines(keepends=True)):
            for cell in row:
                assert not cell.startswith(("=", "+", "@", "-")) or re.fullmatch(r"-?[\d.]+", cell), cell
        assert bool(made.notice) == (".session." in made.name or ".zones." in made.name)


@pytest.mark.parametrize("control", ["\0", "\r", "\x1a", "\x7f"])
def test_a_control_character_is_replaced_and_told(control):
    log = LogBuilder(zones=[{"name": f"left{control}cheek", "area_mm2": 100}]).stroke().footer()
    session = Session.parse(log.data())
    assert [row["name"] for row in read_csv(session)["zones"]] == ["left�cheek"]
    told = {made.name: made.notice for made in csv_tables.exports(session, "s")}
    assert told["s.zones.csv"] == csv_tables.REPLACED
    assert told["s.session.csv"] == ""


def test_guarded_text_has_a_way_back():
    for text in [*sessions.NAMES, "''", "'=1", "＝1", "\t=1", "plain", "a=1"]:
        assert csv_tables.unguarded(csv_tables.guarded(text)) == text
    assert csv_tables.guarded("left cheek") == "left cheek"


def test_travel_adds_up_and_speed_is_its_slope():
    # 51 counts of a drum of 20 mm with 32 counts a revolution in one second: 100.1 mm at 100.1 mm/s.
    found = read_csv(Session.parse(sessions.ALL["two-zones"]))["samples"]
    first = [row for row in found if row["t_s"] < 2]
    assert first[-1]["travel_mm"] == pytest.approx(100.14, abs=0.01)
    assert np.mean([row["speed_mm_s"] for row in first]) == pytest.approx(100.1, abs=2)
    back = [row["speed_mm_s"] for row in found if 3 <= row["t_s"] < 4]
    assert max(back) < 0
    assert {row["zone"] for row in found if row["t_s"] < 4.5} == {0}
    assert {row["zone"] for row in found if row["t_s"] > 4.5} == {1}


def test_speed_does_not_reach_over_a_lift():
    session = Session.parse(sessions.ALL["touching"])
    t_ms = tables.sample_ms(session)
    assert tables.run_starts(t_ms).tolist() == [0, 100, 200, 300, 400, 500]
    assert tables.speeds_mm_s(session).shape == t_ms.shape


def test_the_readme_lists_the_columns():
    assert readme_tables() in README.read_text(encoding="utf-8"), "run: python -m tests.host_tools.export.readme"


def readme_tables():
    lines = ["| table | column | type | unit | meaning |", "| --- | --- | --- | --- | --- |"]
    for table, columns in TABLES.items():
        lines += [f"| `{table}` | `{each.name}` | {each.type} | {each.unit} | {each.meaning} |" for each in columns]
    return "\n".join(lines) + "\n"
