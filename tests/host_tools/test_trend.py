"""A subject's sessions over time: order, intervals, heads, and what is never placed on the time axis."""

import json
import re

import pytest

from dermaroller.overview import overview
from dermaroller.session import Session
from dermaroller.trend import trend
from dermaroller.trend_page import render

from .logs import LogBuilder
from .visits import DAY_S, JANUARY, PLAN, ZONES, head, opened, standing_alone, visit, write


def of(*logs):
    return trend(overview(Session.parse(log.data(), f"{i}.drl")) for i, log in enumerate(logs, 1))


def states(found):
    return [one.since_last.state for one in found.sessions]


def test_sessions_stand_in_time_order_whatever_order_they_come_in():
    found = of(visit(60, session=3), visit(0, session=1), visit(30, session=2))
    assert [(one.n, one.overview.id) for one in found.sessions] == [(1, 1), (2, 2), (3, 3)]
    assert [point.n for point in found.zones[0].points] == [1, 2, 3]


def test_intervals_reach_from_the_end_of_one_session_to_the_start_of_the_next():
    long = LogBuilder(zones=ZONES, plan=PLAN, utc_s=JANUARY, boot=1, uptime_ms=0).stroke()
    found = of(long.footer(duration_ms=43_200_000), visit(29, session=2))
    assert found.sessions[1].since_last.days == 28.5


def test_too_early_unsure_and_kept():
    # Both clocks tell whole seconds: what differs from 28 days by less than both uncertainties is open.
    lasted = overview(Session.parse(visit().data())).duration_s / DAY_S
    found = of(visit(), visit(14, session=2), visit(14 + 28 + lasted + 1 / DAY_S, session=3), visit(80, session=4))
    assert states(found) == ["first", "too early", "unsure", "kept"]
    assert found.sessions[1].since_last.min_days == 28


def test_a_plan_without_an_interval_has_nothing_to_keep():
    free = PLAN | {"limits": {}}
    assert states(of(visit(plan=free), visit(1, session=2, plan=free))) == ["first", None]


def test_sessions_that_overlap_are_no_interval():
    assert states(of(visit(), visit(5 / DAY_S, session=2, device="other"))) == ["first", "overlapping"]


def test_intervals_are_each_subject_s_own():
    other = PLAN | {"subject": "P-7"}
    found = of(visit(), visit(10, session=2, plan=other), visit(30, session=3))
    assert states(found) == ["first", "first", "kept"]
    assert found.subjects == ("P-0042", "P-7")
    assert "several subjects (P-0042, P-7)" in found.notes[0]


def test_a_session_without_a_start_is_never_in_the_row():
    found = of(visit(), visit(None, session=2), visit(30, session=3))
    assert [one.overview.id for one in found.sessions] == [1, 3]
    assert [one.id for one in found.undated] == [2]
    assert all(point.started_at for row in found.zones for point in row.points)
    assert any("listed apart" in note for note in found.notes)


def test_one_session_twice_counts_once_and_the_whole_copy_stays():
    found = of(opened(), visit(), visit(30, session=2))
    assert [one.overview.is_whole for one in found.sessions] == [True, True]
    assert any("1 file left out" in note for note in found.notes)


def test_heads_are_held_against_their_limit_by_the_greater_of_ledger_and_record():
    found = of(
        visit(0, session=1, head=head("A1", 1)),
        visit(30, session=2, head=head("B1", 2)),
        visit(60, session=3, head=head("B1", 2), ledger={"sessions": 1, "revolutions": 16}),
        visit(90, session=4, head=head("C1", 2), ledger={"sessions": 5, "revolutions": 80}),
        visit(120, session=5, head=head("D1", 0)),
        visit(150, session=6, head=head("E1", 0, max_revolutions=10)),
    )
    rows = {row.id: row for row in found.heads}
    assert {name: row.state for name, row in rows.items()} == {
        "A1": "used up", "B1": "used up", "C1": "over", "D1": None, "E1": "over",
    }  # fmt: skip
    assert (rows["B1"].sessions, rows["B1"].revolutions, rows["B1"].ledger_sessions) == (2, 32.0, 2)
    assert rows["C1"].ledger_sessions == 6


def test_a_head_on_two_subjects_is_said():
    found = of(visit(head=head("A1")), visit(1, session=2, head=head("A1"), plan=PLAN | {"subject": "P-7"}))
    assert "Used on more than one subject: head A1." in found.notes


def test_a_zone_is_one_row_over_sessions_that_spell_it_alike():
    named = [[{**ZONES[0], "name": name}] for name in ("cafe\u0301", "caf\u00e9")]
    found = of(visit(zones=named[0]), visit(30, session=2, zones=named[1]), visit(60, session=3))
    assert [(row.name, len(row.points)) for row in found.zones] == [
        ("caf\u00e9", 2), ("forehead", 1), ("left cheek", 1),
    ]  # fmt: skip


def test_nothing_at_all_is_a_trend_too():
    found = of()
    assert (found.sessions, found.zones, found.heads, found.notes) == ((), (), (), ())


@pytest.fixture
def files(tmp_path):
    logs = [visit(0), visit(14, (325, 100), (400, 2000), session=2), visit(None, session=3), visit(60, session=4)]
    return write(tmp_path, logs)


def test_the_command_prints_tables(command, files, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    code, out, err = command("trend", *files)
    assert (code, err) == (0, "")
    assert all(len(line) <= 80 for line in out.splitlines())
    words = " ".join(out.split())
    for text in (
        "Trend of P-0042",
        "4 sessions, 2026-01-05 to 2026-03-06",
        "14.0 d",
        "the plan wants 28 d",
        "Perhaps over the limit of 300 per cm²: forehead.",
        "start not known",
        "not of what it did to skin",
    ):
        assert text in words  # fmt: skip


def test_the_command_gives_json(command, files):
    code, out, _ = command("trend", *reversed(files), "--json")
    found = json.loads(out)
    assert code == 0
    assert [one["id"] for one in found["sessions"]] == [1, 2, 4]


@pytest.mark.slow
def test_fifty_sessions_of_many_zones(command, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    zones = [{**ZONES[0], "name": name} for name in ("額", "nose", "a very long name of a zone indeed", "جبين", "x")]
    files = write(tmp_path, [visit(7 * i, (60,) * 5, session=i + 1, zones=zones) for i in range(50)])
    code, out, _ = command("trend", *files)
    assert code == 0
    assert out.count("50 to 58") == 5 * 50
    assert out.count("2026-12-14") == 2 + 3  # the last one: the headline, the sessions, three tables of zones


def test_damaged_and_unreadable_files_are_told_and_end_with_6(command, files):
    whole = files[1].read_bytes()
    files[1].write_bytes(whole[:700] + b"??" + whole[702:])
    code, out, err = command("trend", *files)
    assert code == 6
    assert "Log damaged" in out
    files[3].write_bytes(b"\x89PNG" * 9)
    code, out, err = command("trend", *files)
    assert code == 6
    assert "Cannot be read" in out and "not one intact block" in " ".join(out.split())
    assert "not one intact block" in err


def test_a_subject_without_sessions_is_a_sentence(command, tmp_path):
    code, out, err = command("trend", "P-9999", "--archive", tmp_path)
    assert (code, out) == (2, "")
    assert "there is no session of P-9999 in" in err


@pytest.mark.slow
def test_the_page_stands_alone_and_draws_each_zone(command, files, tmp_path):
    page = tmp_path / "trend.html"
    assert command("trend", *files, "-o", page)[:2] == (0, f"{page}\n")
    text = page.read_text(encoding="utf-8")
    assert standing_alone(text)
    assert text.count("<svg") == 2 + 2  # two zones, the intervals, the force
    for words in ("Trend of P-0042", "too early: the plan wants 28 d", "Start not known", "not of what it did to skin"):
        assert words in text
    assert not re.search(r"improv|progress|heal", re.sub(r"<style.*?</style>", "", text, flags=re.S))


FREE = [{"name": "free", "area_mm2": None, "target_per_cm2_x10": None}]
ROWS = {
    "one session": [visit()],
    "free rolling": [visit(day, zones=FREE, plan=None, session=day + 1) for day in range(3)],
    "none with a start": [visit(None, session=n) for n in range(3)],
    "nothing rolled": [LogBuilder(utc_s=JANUARY).footer("idle", duration_ms=300_000)],
    "several on one day": [visit(n / 24, session=n) for n in range(3)],
    "other scripts": [visit(zones=[{**ZONES[0], "name": "額 <b>$x^2$"}])],
    "none at all": [],
}


@pytest.mark.slow
@pytest.mark.parametrize("logs", ROWS.values(), ids=ROWS.keys())
def test_every_row_of_sessions_gets_a_page(logs):
    text = render(of(*logs))
    assert standing_alone(text)
    assert "<b>$x^2$" not in text
    assert "nan" not in re.sub(r"<svg.*?</svg>", "", text, flags=re.S).lower()
    assert text == render(of(*logs))


@pytest.fixture
def archive(command, tmp_path, monkeypatch):
    """An archive of four sessions of P-0042 and one of P-7, each found by nothing but its subject or hash."""
    logs = [visit(day, session=n) for n, day in enumerate((60, 0, None, 30), 1)]
    files = write(tmp_path, [*logs, visit(10, session=9, plan=PLAN | {"subject": "P-7"})])
    monkeypatch.setenv("DERMAROLLER_ARCHIVE", str(tmp_path / "archive"))
    assert command("archive", "import", *files)[0] == 0
    for file in files:
        file.unlink()
    return tmp_path / "archive"


def test_a_subject_s_sessions_come_from_the_archive(archive, command, tmp_path, monkeypatch):
    found = json.loads(command("trend", "P-0042", "--json")[1])
    assert [one["id"] for one in found["sessions"]] == [2, 4, 1]
    assert [one["id"] for one in found["undated"]] == [3]
    assert found["subjects"] == ["P-0042"]
    monkeypatch.setenv("DERMAROLLER_ARCHIVE", str(tmp_path / "elsewhere"))
    assert command("trend", "P-0042")[0] == 2
    assert json.loads(command("trend", "P-0042", "--archive", archive, "--json")[1]) == found
    (tmp_path / "P-0042").mkdir()
    monkeypatch.chdir(tmp_path)  # a folder of the subject's name is not meant
    assert json.loads(command("trend", "P-0042", "--archive", archive, "--json")[1]) == found
    latest = json.loads(command("trend", "last", "--archive", archive, "--json")[1])
    assert len(latest["sessions"]) + len(latest["undated"]) == 1
    code, _, err = command("trend", "P-9999", "--archive", archive)
    assert code == 2
    assert "there is no session of P-9999 in" in err


@pytest.mark.slow
def test_a_page_names_the_subject_s_code_and_never_its_label(archive, command, tmp_path):
    assert command("archive", "label", "P-0042", "Mrs Blue")[0] == 0
    assert command("trend", "Mrs Blue", "-o", tmp_path / "trend.html")[0] == 0
    page = (tmp_path / "trend.html").read_text(encoding="utf-8")
    assert "Trend of P-0042" in page
    assert "Blue" not in page


def test_a_page_tells_of_a_file_that_cannot_be_read_without_its_folder(command, files, tmp_path):
    files[3].write_bytes(b"\x89PNG" * 9)
    assert command("trend", *files, "-o", tmp_path / "trend.html")[0] == 6
    page = (tmp_path / "trend.html").read_text(encoding="utf-8")
    assert "1 file cannot be read" in page and "00004.drl: not one intact block" in page
    assert str(tmp_path) not in page
