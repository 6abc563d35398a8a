"""What an argument of a command means: a file, the last session, the beginning of a hash."""

import hashlib

import pytest

from dermaroller import archive, evidence
from dermaroller.archive import place
from dermaroller.errors import UsageError
from dermaroller.evidence import Evidence
from dermaroller.session import Session
from dermaroller.summary import summary

from .logs import whole_log


def shelve(root, **header):
    """Put a session where the archive would."""
    data = whole_log(**header).data()
    path = place.file_of(root, hashlib.sha256(data).hexdigest())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


@pytest.fixture
def three(archive_folder):
    """Three sessions of two subjects, not in the order of their numbers."""
    times = {5: 1_700_000_000, 6: 1_900_000_000, 7: 1_800_000_000}
    subjects = {5: "P-0042", 6: "P-0042", 7: "Ж-7"}
    return {n: shelve(archive_folder, session=n, utc_s=times[n], plan={"subject": subjects[n]}) for n in times}


def test_a_file_that_exists_is_meant_itself(three, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "last").write_bytes(b"")
    assert archive.resolve("last").samefile(tmp_path / "last")


def test_last_is_the_latest_by_its_start(three):
    assert archive.resolve("last") == three[6]


def test_the_beginning_of_a_hash(three):
    for path in three.values():
        assert archive.resolve(path.stem[:4]) == archive.resolve(path.stem[:9].upper()) == path
    with pytest.raises(UsageError, match="give at least 4 digits"):
        archive.resolve(three[5].stem[:3])


def test_what_is_meant_by_nothing_gets_its_neighbours(three, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "monday.drl").write_bytes(b"")
    near = three[5].stem[:5] + ("0" if three[5].stem[5] != "0" else "1")
    for argument, hint in (
        (near, rf"Near it: {three[5].stem[:12]}"),
        ("lats", r"Did you mean last\?"),
        ("mondey.drl", r"Did you mean monday\.drl\?"),
        ("nowhere/else.drl", "Check the file name, or see"),
        (".", "is a folder: name session files in it"),
    ):
        with pytest.raises(UsageError, match=hint):
            archive.resolve(argument)


def test_a_beginning_that_several_share(archive_folder):
    paths = [place.file_of(archive_folder, digits * 8) for digits in ("abcd0123", "abcd9876")]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"not a session")
    with pytest.raises(UsageError, match=r"abcd begins 2 sessions in .*: abcd0123abcd, abcd9876abcd\. Give more"):
        archive.resolve("abcd")
    assert archive.resolve("abcd0") == paths[0]


def test_sessions_of_a_subject_in_the_order_of_time(three):
    assert archive.sessions_of("P-0042") == [three[5], three[6]]
    assert archive.sessions_of("Ж-7") == [three[7]]
    assert archive.sessions_of("nobody") == []


def test_an_empty_archive_says_so_and_is_not_made(archive_folder):
    with pytest.raises(UsageError, match="there is no session in"):
        archive.resolve("last")
    assert not archive_folder.exists()


def test_the_clock_of_the_archive_dates_a_session_in_it(archive_folder):
    path = shelve(archive_folder, utc_s=None, boot=7, uptime_ms=0)
    evidence.keep(archive_folder, Evidence("c0ffee", 7, 0, 1_800_000_000_000.0, 2.0))
    assert summary(Session.read(path)).as_json()["started_at"] == "2027-01-15T08:00:00Z"


@pytest.mark.slow
def test_a_page_of_a_session_in_the_archive_goes_elsewhere(three, command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, _ = command("report", "last")
    assert (code, out) == (0, "c0ffee-00006.html\n")
    assert (tmp_path / "c0ffee-00006.html").exists()
    assert list(three[6].parent.iterdir()) == [three[6]]


def test_show_takes_what_the_archive_knows(three, command):
    assert "Session 6" in command("show", "last")[1]
