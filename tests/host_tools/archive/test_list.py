"""`archive list` as people and scripts see it."""

import json
import stat
from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.console import Console

from dermaroller import archive_view, receipts
from dermaroller.archive import place
from dermaroller.archive.index_row import Entry, IndexRow
from dermaroller.session import Session
from dermaroller.summary import summary

from ..logs import ZONES, LogBuilder, whole_log
from . import sessions


def listed(command, *options):
    return json.loads(command("archive", "list", "--json", *options)[1])["sessions"]


def test_a_line_for_each_session_and_totals(command, twelve):
    _, out, _ = command("archive", "list")
    heading, *lines, totals = out.splitlines()
    assert heading.split()[:3] == ["start,", "UTC", "hash"]
    assert [line.split()[2] for line in lines] == [digest[:8] for digest in twelve]
    assert lines[0].startswith("2023-11-15 22:13  ")
    assert totals.startswith("12 sessions of 5 subjects from 3 devices; 0:48 in contact, 36 passes; 12 simulated")


def test_the_band_and_the_target_are_those_of_show(command, twelve):
    _, out, _ = command("archive", "list")
    zone = summary(Session.parse(next(iter(twelve.values())))).zones[0].__dict__
    low, high, target = (zone[f"{which}_per_cm2"] for which in ("density_low", "density_high", "target_density"))
    assert f"left cheek {low:.0f}–{high:.0f} of {target:.0f}" in out


def test_json_has_the_names_of_show(command, twelve):
    first = listed(command)[0]
    told = summary(Session.parse(next(iter(twelve.values())))).as_json()
    for key in ("started_at", "duration_s", "contact_s", "passes", "path_mm", "punctures", "subject", "device"):
        assert first[key] == told[key]
    assert first["zones"][1] == {key: told["zones"][1][key] for key in first["zones"][1]}
    assert json.loads(command("show", first["file"], "--json")[1])["sessions"][0]["id"] == first["session"] == 1


def test_filters_are_joined_and_days_are_whole(command, twelve):
    all_ = [one["sha256"] for one in listed(command)]
    day = listed(command)[4]["started_at"][:10]
    for options, found in (
        (("--since", day), all_[4:]),
        (("--until", day), all_[:5]),
        (("--since", day, "--until", day), all_[4:5]),
        (("--subject", "P-1", "--device", "dev1"), [all_[0]]),
        (("--head", "A2", "--zone", "RIGHT"), all_[1::4]),
        (("--subject", "nobody"), []),
    ):
        assert [one["sha256"] for one in listed(command, *options)] == found, options
    assert command("archive", "list", "--since", "yesterday")[0] == 2


def test_a_session_whose_file_is_gone_is_listed_as_missing_and_not_meant_by_last(command, archive, twelve):
    last = list(twelve)[-1]
    path = place.file_of(archive.root, last)
    path.chmod(stat.S_IWRITE | stat.S_IREAD)
    path.unlink()
    assert listed(command)[-1]["state"] == "missing"
    _, out, _ = command("archive", "list")
    assert "missing, simulated" in out and "1 not whole" in out
    assert json.loads(command("show", "last", "--json")[1])["sessions"][0]["id"] == 11


def test_a_session_without_a_time_stands_where_it_came(command, archive, twelve, tmp_path):
    (tmp_path / "x.drl").write_bytes(LogBuilder().stroke().data())
    command("archive", "import", tmp_path / "x.drl")
    (arrival,) = list(receipts.read(archive.root, receipts.IMPORT))[12:]
    last = listed(command)[-1]
    assert (last["started_at"], last["sha256"]) == (None, arrival["sha256"])
    assert command("archive", "list")[1].splitlines()[-2].startswith("not known  ")


WIDE = whole_log(
    plan={"subject": "患者 42"}, device="د", head={"id": "é"}, zones=[{**ZONES[0], "name": "左頬\x1b[2J\n"}]
)


def test_wide_and_odd_text_keeps_the_columns(command, twelve, tmp_path):
    (tmp_path / "wide.drl").write_bytes(WIDE.data())
    command("archive", "import", tmp_path / "wide.drl")
    _, out, _ = command("archive", "list")
    lines = out.splitlines()
    assert len(lines) == 15 and "\x1b[2J" not in out
    assert len({cell_len(line[: line.index("simulated")]) for line in lines[1:-1]}) == 1


@pytest.mark.parametrize("width", [40, 80, 100])
def test_on_a_narrow_terminal_the_zones_stand_below(archive, twelve, capsys, width):
    with archive.reading() as index:
        found = [replace(one, label="what the subject is called here") for one in index.sessions()]
    archive_view.print_list(Console(width=width, force_terminal=True, color_system=None), found)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 * 13 + 1
    assert all(cell_len(line) <= width for line in lines[:-1])
    assert all(line.startswith("    simulated  left cheek 2") for line in lines[3:-1:2])


def test_columns_that_say_nothing_are_left_out(command, tmp_path):
    (tmp_path / "x.drl").write_bytes(whole_log(plan=None, board="esp32", head={}).data())
    command("archive", "import", tmp_path / "x.drl")
    heading = command("archive", "list")[1].splitlines()[0]
    assert "subject" not in heading and "head" not in heading and "device" in heading


def test_hashes_are_as_long_as_they_must_be():
    rows = [Entry(IndexRow("ab" * 10 + end * 44, 0, "whole"), None, "", ()) for end in "cd"]
    assert archive_view._digits(rows) == 21
    assert archive_view._digits(rows[:1]) == 8


@pytest.mark.slow
def test_show_and_report_take_the_archive_as_well(command, archive, twelve, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DERMAROLLER_ARCHIVE", str(tmp_path / "none"))
    assert command("show", "last", "--archive", archive.root)[0] == 0
    assert command("report", "last", "--archive", archive.root, "-o", tmp_path / "page.html")[0] == 0
    assert command("show", "last")[0] == 2


def test_many_sessions_take_no_file_but_the_index(command, archive, twelve, monkeypatch):
    command("archive", "list")
    monkeypatch.setattr("pathlib.Path.read_bytes", lambda path: pytest.fail(f"{path} was read"))
    assert len(listed(command)) == 12


def test_sessions_that_are_alike_but_for_their_device(command, tmp_path):
    made = [sessions.resealed(whole_log().data(), 7, device=name, utc_s=sessions.START_S) for name in "ab"]
    sessions.write(tmp_path, made)
    command("archive", "import", tmp_path)
    assert [one["device"] for one in listed(command)] == ["a", "b"]
