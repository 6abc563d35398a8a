"""The command `dermaroller export`: names, refusals, damaged sessions."""

import json
import os
import re
import subprocess
import sys

import pytest

from dermaroller import packages
from dermaroller.export import files
from dermaroller.session import Session

from ..logs import LogBuilder
from . import sessions

CSV = {"session", "zones", "strokes", "samples", "events"}


@pytest.fixture
def drl(tmp_path):
    """drl(name) is the path of a session file."""

    def made(name, stem=None, folder="logs"):
        path = tmp_path / folder / f"{stem or name}.drl"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(sessions.ALL[name])
        return path

    return made


def test_csv_is_the_default_and_the_paths_are_printed(command, drl, tmp_path):
    code, printed, said = command("export", drl("two-zones"), "--to", tmp_path / "new" / "out")
    names = [f"two-zones.{table}.csv" for table in ("session", "zones", "strokes", "samples", "events")]
    assert (code, said) == (0, "")
    assert printed.splitlines() == [str(tmp_path / "new" / "out" / name) for name in names]
    assert sorted(os.listdir(tmp_path / "new" / "out")) == sorted(names)


def test_json_tells_each_file(command, drl, tmp_path):
    code, printed, _ = command("export", drl("two-zones"), "--to", tmp_path, "--format", "json", "--json")
    (told,) = json.loads(printed)["files"]
    assert code == 0
    assert told["format"] == "json"
    assert told["bytes"] == os.path.getsize(told["path"])


def test_exporting_again_changes_nothing(command, drl, tmp_path):
    command("export", drl("two-zones"), "--to", tmp_path / "out")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir()}
    code, printed, _ = command("export", drl("two-zones"), "--to", tmp_path / "out")
    assert code == 0 and len(printed.splitlines()) == len(before)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir()} == before


def test_a_different_file_stays_and_nothing_is_written_beside_it(command, drl, tmp_path):
    there = tmp_path / "out" / "two-zones.events.csv"
    there.parent.mkdir()
    there.write_text("mine")
    code, printed, said = command("export", drl("two-zones"), "--to", tmp_path / "out")
    assert (code, printed) == (2, "")
    assert str(there) in said and "--force" in said
    assert there.read_text() == "mine" and os.listdir(there.parent) == [there.name]
    assert command("export", drl("two-zones"), "--to", tmp_path / "out", "--force")[0] == 0
    assert there.read_text() != "mine"


@pytest.mark.parametrize("name", sessions.DAMAGED)
def test_a_damaged_session_is_exported_and_the_exit_code_is_6(command, drl, tmp_path, name):
    code, printed, said = command("export", drl(name), drl("two-zones"), "--to", tmp_path / "out")
    if Session.parse(sessions.ALL[name]).is_as_closed:
        assert code == 0
    else:
        assert code == 6 and name in said
    assert len(printed.splitlines()) == 2 * len(CSV)
    head, row = (tmp_path / "out" / f"{name}.session.csv").read_text().splitlines()
    assert dict(zip(head.split(","), row.split(","), strict=False))["is_whole"] == "false"


def test_sessions_of_one_name_get_names_of_their_own(command, drl, tmp_path):
    one, other = drl("two-zones", "00001", "a"), drl("named", "00001", "b")
    code, printed, _ = command("export", one, other, "--to", tmp_path / "out", "--format", "json")
    names = [os.path.basename(line) for line in printed.splitlines()]
    assert code == 0 and len(set(names)) == 2
    assert all(re.fullmatch(r"c0ffee-00007-[0-9a-f]{8}\.session\.json", name) for name in names)


def test_a_session_of_the_archive_is_found_and_named_readably(command, drl, tmp_path, monkeypatch):
    path = drl("two-zones")
    digest = Session.read(path).sha256
    home = tmp_path / "archive" / "sessions" / digest[:2] / f"{digest}.drl"
    home.parent.mkdir(parents=True)
    path.rename(home)
    monkeypatch.setenv("DERMAROLLER_ARCHIVE", str(tmp_path / "archive"))
    code, printed, _ = command("export", digest[:8], "--to", tmp_path / "out", "--format", "json")
    assert (code, printed.strip()) == (0, str(tmp_path / "out" / f"c0ffee-00007-{digest[:8]}.session.json"))


def test_text_that_looks_like_a_formula_is_told_of(command, drl, tmp_path):
    code, _, said = command("export", drl("named"), "--to", tmp_path / "out")
    assert code == 0
    assert said.count("apostrophe") == 1


def test_no_session_is_a_mistake(command):
    assert command("export")[0] == 2


def test_a_folder_that_cannot_be_is_told(command, drl, tmp_path):
    (tmp_path / "file").write_text("")
    code, _, said = command("export", drl("two-zones"), "--to", tmp_path / "file" / "out")
    assert code == 2 and "--to" in said


def test_what_fails_on_the_way_leaves_no_half_file(tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(files.UsageError, match="No space left"):
        files.write([files.Export("a.csv", b"1")], tmp_path)
    assert os.listdir(tmp_path) == []


def test_a_name_that_no_file_could_hold_is_damage(command, tmp_path):
    path = tmp_path / "half.drl"
    path.write_bytes(LogBuilder(plan={"subject": "half a pair: \ud800"}).stroke().footer().data())
    for arguments in (("show", path, "--json"), ("export", path, "--to", tmp_path, "--format", "csv")):
        code, printed, said = command(*arguments)
        assert code == 0 or "damaged" in said, said
        assert printed
    assert Session.read(path).damage.records == 1


def test_all_formats_at_once(command, drl, tmp_path):
    code, printed, _ = command("export", drl("two-zones"), "--to", tmp_path / "out", "--format", "all", "--json")
    told = json.loads(printed)["files"]
    assert code == 0
    assert {row["format"] for row in told} == {"csv", "parquet", "edf", "fhir-r4b", "fhir-r5", "json"}
    assert {row["path"] for row in told} == {str(path) for path in (tmp_path / "out").iterdir()}
    again = command("export", drl("two-zones"), "--to", tmp_path / "out", "--format", "all", "--json")[1]
    assert json.loads(again)["files"] == told


@pytest.mark.slow
@pytest.mark.parametrize("package, extra", [("pyarrow", "parquet"), ("edfio", "edf")])
def test_a_missing_package_is_named_before_anything_is_written(drl, tmp_path, package, extra):
    path = drl("two-zones")
    code = f"import sys; sys.modules[{package!r}] = None; from dermaroller.cli import main; main(sys.argv[1:])"
    arguments = ["export", str(path), "--to", str(tmp_path / "out"), "--format", "all"]
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (12, "")
    assert done.stderr == f"dermaroller: {packages.missing(package, extra)}\n"
    assert not (tmp_path / "out").exists()
