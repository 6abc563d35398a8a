"""What show --json prints of any session follows the published JSON Schema, and no other names or types do."""

import json

import jsonschema
import pytest

from dermaroller.export import json_object
from dermaroller.session import Session
from roller import records

from ..golden import CASES
from ..logs import LogBuilder
from . import sessions

SCHEMA = json.loads(json_object.schema_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())


def errors(value):
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(value)]


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$id"] == json_object.SCHEMA_ID


@pytest.mark.parametrize("name", sessions.ALL)
def test_show_and_export_follow_the_schema(name, tmp_path, command):
    path = tmp_path / "s.drl"
    path.write_bytes(sessions.ALL[name])
    _, shown, _ = command("show", path, "--json")
    assert errors(json.loads(shown)) == []
    command("export", path, "--to", tmp_path, "--format", "json")
    exported = json.loads((tmp_path / "s.session.json").read_bytes())
    assert errors(exported) == []
    assert exported.pop("$schema") == json_object.SCHEMA_ID
    assert exported == json.loads(shown)


@pytest.mark.slow
def test_a_session_from_the_virtual_board_follows_the_schema(micropython):
    told = Session.parse(CASES["free"]().files["00001.drl"]).summary().as_json()
    assert told["covered"]
    assert errors({"sessions": [json.loads(json.dumps(told))]}) == []


def rich():
    """A session in which no list is empty."""
    log = LogBuilder(utc_s=1767225600, plan={"subject": "P", "serum": {"name": "s", "lot": None}, "limits": {}})
    log.stroke().record(records.ALERT, 1500, 2, 7000).record(records.GAP, 1700, 30, 1)
    log.record(records.STRIP, 1000, 32, 2, 40)
    return {"sessions": [json.loads(json.dumps(Session.parse(log.footer().data()).summary().as_json()))]}


def places(value, path=()):
    """The path of each key."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield (*path, key)
            yield from places(each, (*path, key))
    elif isinstance(value, list) and value:
        yield from places(value[0], (*path, 0))


FREE = ("counters", "serum")  # whose names are not ours alone
PATHS = [path for path in places(rich()) if not set(path[:-1]) & set(FREE)]


def changed(path, change):
    value = rich()
    parent = value
    for step in path[:-1]:
        parent = parent[step]
    change(parent, path[-1])
    return value


@pytest.mark.slow
@pytest.mark.parametrize("path", PATHS, ids=str)
def test_a_renamed_key_does_not_follow_it(path):
    assert errors(rich()) == []
    assert errors(changed(path, lambda parent, key: parent.update({f"{key}_new": parent.pop(key)})))
    assert errors(changed(path, lambda parent, key: parent.pop(key)))
    assert errors(changed(path, lambda parent, key: parent.update({f"{key}_new": 1})))


@pytest.mark.parametrize("path", [path for path in PATHS if path[-1] != "serum"], ids=str)
def test_another_type_does_not_follow_it(path):
    assert errors(changed(path, lambda parent, key: parent.update({key: {"": ""}})))


def test_each_value_is_described():
    def check(schema, path):
        for name, each in schema.get("properties", {}).items():
            assert {"description", "$ref", "const"} & set(each), (*path, name)
            check(each, (*path, name))

    check(SCHEMA, ())
    for name, each in SCHEMA["$defs"].items():
        check(each, (name,))
        assert each["description"]


def test_the_command_prints_the_schema(command):
    code, printed, _ = command("export", "--schema")
    assert (code, json.loads(printed)) == (0, SCHEMA)
