"""Each rule has one owner, and whatever is added to one has its place everywhere: shown by adding something."""

import ast
import json
import re
from dataclasses import field, fields, make_dataclass
from pathlib import Path

import pytest

from dermaroller import counters
from dermaroller.analysis.summary_types import Summary
from dermaroller.as_json import about
from dermaroller.export import json_object, session_schema, tables
from dermaroller.export.columns import TABLES
from dermaroller.log import header_schema
from dermaroller.log.header import Footer, Head, Header, Ledger, Limits, Serum, Sums, Zone
from dermaroller.session import Session
from roller import counters as device
from roller import ends
from roller.settings import FORCE_HIGH_MN, FORCE_LOW_MN, Settings
from roller.settings import Head as ReferenceHead

from .golden import CASES
from .logs import whole_log

# Fields of a summary that have a table of their own, or stand in no table, with the reason.
NOT_A_COLUMN = {
    "gaps": "events", "alerts": "events", "zones": "zones", "strokes": "strokes",
    "board": "how it was wired; a table of sessions tells is_simulated",
    "missing": "as three columns", "head": "as three columns", "trusted": "as is_trusted",
    "counters": "a map whose names differ from device to device; doubts are what follows from them",
    "notes": "sentences for people", "verdict": "sentences, and sums over the tables of zones and strokes",
    "covered": "a bound that needs its assumption beside it",
    "interval": "of the plan", "serum": "of the plan",
}  # fmt: skip


def misplaced_counters(names):
    """Device's counters on which the host has no word, and words on counters that no device has."""
    return set(names) ^ (counters.DOUBTS.keys() | counters.HARMLESS.keys())


def misplaced_fields(of):
    """Fields of a summary that miss the published schema, or the tables."""
    published = json.loads(json_object.schema_text())["$defs"]["Summary"]["properties"]
    columns = {column.name for column in TABLES["session"]}
    names = {each.name for each in fields(of)}
    return (names ^ published.keys()) | (names - columns - NOT_A_COLUMN.keys())


def test_every_counter_of_the_device_has_a_word():
    assert misplaced_counters(device.COUNTERS) == set()
    assert not counters.DOUBTS.keys() & counters.HARMLESS.keys()
    assert misplaced_counters([*device.COUNTERS, "new_counter"]) == {"new_counter"}
    assert misplaced_counters(list(device.COUNTERS)[1:]) == {next(iter(device.COUNTERS))}


@pytest.mark.parametrize("name", device.COUNTERS)
def test_a_counter_is_told_in_the_verdict_or_is_harmless(name):
    log = whole_log()
    log.blocks.pop()
    session = Session.parse(log.footer(counters={name: 7}).data())
    told = session.summary()
    assert told.counters == {name: 7}
    assert any("7" in doubt for doubt in told.doubts) == (name not in counters.HARMLESS)
    assert counters.in_words(told.counters) == [f"{name.replace('_', ' ')} 7"]


def test_every_field_of_a_summary_is_published():
    assert session_schema.is_current(), "make docs"
    assert misplaced_fields(Summary) == set()
    wider = make_dataclass(
        "Summary", [("new_n", float, field(default=0, metadata=about("New.")))], bases=(Summary,), frozen=True
    )
    assert misplaced_fields(wider) == {"new_n"}
    sessions = make_dataclass("Sessions", [("sessions", tuple[wider, ...])])
    assert session_schema.made(sessions) != json_object.schema_text()


def test_a_table_has_the_columns_that_are_described():
    for name, values in tables.tables(Session.parse(whole_log().data())).items():
        assert list(values) == [column.name for column in TABLES[name]] or set(values) == {
            column.name for column in TABLES[name]
        }


SHAPES = {
    "head": (ends.HEAD, Head), "zone": (ends.ZONE, Zone), "ledger": (ends.LEDGER, Ledger), "serum": (ends.SERUM, Serum),
    "limits": (ends.LIMITS, Limits), "sums": (ends.SUMS, Sums),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_what_the_device_writes_is_what_the_host_types(name):
    shape, of = SHAPES[name]
    assert set(header_schema.kinds(shape)) == {each.name for each in fields(of)}
    assert set(header_schema.kinds(shape + " new_key:n")) != {each.name for each in fields(of)}


def test_header_and_footer_have_a_field_for_each_entry():
    entries = set(header_schema.HEADER) - {"settings", "format", "session"}  # as thresholds; of the block; of the block
    own = {"is_lost", "raw", "thresholds"}
    assert entries == {each.name for each in fields(Header)} - own
    entries = set(header_schema.FOOTER) - set(header_schema.kinds(ends.SUMS))
    assert entries == {each.name for each in fields(Footer)} - {"sums", "raw"}


@pytest.mark.slow
@pytest.mark.usefixtures("micropython")
@pytest.mark.parametrize("name", ["free", "plan"])
def test_a_log_of_the_firmware_has_these_entries_and_no_others(name):
    session = Session.parse(CASES[name]().files["00001.drl"])
    raw = session.header.raw
    assert set(raw) == {*header_schema.HEADER, "samples", "records"}
    shapes = {"head": ends.HEAD, "ledger": ends.LEDGER, "force": ends.FORCE, "settings": ends.SETTINGS}
    for key, shape in shapes.items():
        assert set(raw[key]) == set(header_schema.kinds(shape)), key
    assert all(set(zone) == set(header_schema.kinds(ends.ZONE)) for zone in raw["zones"])
    assert set(session.footer.raw) == set(header_schema.FOOTER)
    assert set(session.footer.counters) <= set(device.COUNTERS)


def test_defaults_are_those_of_the_device():
    lost = Header()
    assert (lost.force.low_mn, lost.force.high_mn) == (FORCE_LOW_MN, FORCE_HIGH_MN)
    assert vars(lost.geometry).items() <= vars(ReferenceHead()).items()
    assert lost.thresholds.contact_on_mn == Settings.contact_on_mn


PACKAGE = Path(session_schema.__file__).parents[1]
FACTS = ("log", "analysis", "archive", "export")  # folders that hold what a session says
# Where numbers leave as JSON, or come as such, and are objects of names and values.
EDGE = (
    "as_json.py", "header_schema.py", "fhir_values.py", "fhir_r4b.py", "fhir_r5.py", "session_schema.py",
    "parquet_tables.py", "edf_signals.py",
)  # fmt: skip


def modules():
    """(path in the package, source, its syntax) of the modules of the host's package."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if not {"on_device", "bare"} & set(path.parts):
            text = path.read_text(encoding="utf-8")
            yield path.relative_to(PACKAGE), text, ast.parse(text)


def keys_put_together(syntax):
    """Names of a number that are worked out at run time, which no type checker sees."""
    for node in ast.walk(syntax):
        if isinstance(node, ast.Dict):
            yield from (key for key in node.keys if isinstance(key, ast.JoinedStr))
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.JoinedStr):
            yield node.slice
        elif isinstance(node, ast.DictComp) and isinstance(node.key, ast.JoinedStr):
            yield node.key


def test_no_name_of_a_number_is_put_together():
    found = [(str(path), key.lineno) for path, _, syntax in modules() for key in keys_put_together(syntax)]
    assert [place for place in found if not place[0].startswith(("sim", "cpu", "deploy", "wiring"))] == []
    assert len(list(keys_put_together(ast.parse("{f'a{b}': 1}[f'{c}'], {f'{d}': 1 for d in e}")))) == 3


def test_what_a_session_says_is_no_untyped_object():
    told = "dict[str, Any]"
    places = [path for path, text, _ in modules() if told in text.replace(f"def as_json(self) -> {told}", "")]
    assert {path.name for path in places} >= {"as_json.py", "header_schema.py"}, "it looks for the right words"
    assert [str(path) for path in places if path.parts[0] in FACTS and path.name not in EDGE] == []


def test_one_place_tells_what_is_simulated():
    found = [path for path, text, _ in modules() if re.search(r"[!=]= \"virtual\"|240ac4000001", text)]
    assert [str(path) for path in found if path.parts[0] != "sim"] == [str(Path("log", "simulated.py"))]
