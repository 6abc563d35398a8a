"""Files and receipts are the archive; the index only follows them."""

import os
import shutil
import sqlite3
import stat
import subprocess
import sys

import pytest

from dermaroller import archive as facade
from dermaroller import evidence, receipts
from dermaroller.archive import place, schema, shelf
from dermaroller.archive.query import Filter
from dermaroller.archive.verify import verify
from dermaroller.errors import PortBusy, UsageError
from dermaroller.evidence import Evidence

from ..logs import whole_log
from . import sessions


def listed(archive, **wanted):
    with archive.reading() as index:
        return [one.row.sha256 for one in index.sessions(Filter(**wanted))]


def test_files_are_named_by_their_hash_and_read_only(archive, twelve):
    assert set(place.digests(archive.root)) == twelve.keys()
    for digest, data in twelve.items():
        path = archive.root / "sessions" / digest[:2] / f"{digest}.drl"
        assert path.read_bytes() == data
        assert not path.stat().st_mode & stat.S_IWUSR
    assert list((archive.root / "incoming").iterdir()) == []


def test_list_is_in_the_order_of_time_whatever_the_order_of_hashes(archive, twelve):
    assert listed(archive) == list(twelve)


def test_filters(archive, twelve):
    all_ = list(twelve)
    assert listed(archive, subjects=("P-1",)) == [all_[0], all_[5], all_[10]]
    assert listed(archive, device="dev0") == all_[2::3]
    assert listed(archive, head="A1") == all_[0::4]
    assert listed(archive, zone="LEFT ch") == all_
    assert listed(archive, zone="nose") == []
    day_s = sessions.START_S + 5 * sessions.DAY_S
    assert listed(archive, since_s=day_s, until_s=day_s + 1) == [all_[4]]
    assert listed(archive, subjects=()) == []


@pytest.mark.parametrize("harm", ["gone", "garbage", "older", "newer", "no table", "empty", "behind"])
def test_an_index_that_is_missing_or_does_not_fit_is_made_anew(archive, twelve, harm):
    before = listed(archive)
    path = archive.root / place.INDEX
    if harm in ("gone", "empty", "garbage"):
        path.unlink()
    if harm == "garbage":
        path.write_bytes(os.urandom(9000))
    elif harm == "empty":
        path.touch()
    elif harm != "gone":
        statement = {
            "older": "PRAGMA user_version = 0",
            "newer": f"PRAGMA user_version = {schema.VERSION + 1}",
            "no table": "DROP TABLE zones",
            "behind": "DELETE FROM sessions WHERE session = 3",
        }[harm]
        with sqlite3.connect(path) as connection:
            connection.execute(statement)
        connection.close()
    assert listed(archive) == before
    assert verify(archive).problems == []
    with archive.reading() as index:
        assert len(index.sessions()[0].zones) == 2


def test_rebuild_makes_the_same_index(archive, twelve):
    with archive.changing():
        evidence.keep(archive.root, Evidence("c0ffee", 7, 0, 1.8e12, 2.0))
        data = whole_log(session=99, boot=7, uptime_ms=60_000).data()
        shelf.put(archive.root, data, sessions.digest(data))
    with archive.reading() as index:
        before = index.sessions()
    assert archive.rebuild() == 13
    with archive.reading() as index:
        assert index.sessions() == before
    assert before[-1].as_json()["started_at"] == "2027-01-15T08:01:00Z" and before[-1].row.start_source == "pull"


def test_a_clock_that_comes_later_dates_what_is_here(archive):
    data = whole_log(boot=7, uptime_ms=0).data()
    with archive.changing():
        shelf.put(archive.root, data, sessions.digest(data))
    with archive.reading() as index:
        assert index.sessions()[0].started_at is None
    with archive.changing():
        evidence.keep(archive.root, Evidence("c0ffee", 7, 0, 1.8e12, 2000.0))
    with archive.reading() as index:
        assert index.sessions()[0].row.start_uncertainty_s == 2
    evidence.keep(archive.root, Evidence("c0ffee", 7, 0, 1.8e12 + 500, 20.0))
    with archive.reading() as index:
        assert index.sessions()[0].row.start_uncertainty_s == 0.02


def test_the_archive_may_be_moved(archive, twelve, tmp_path):
    moved = tmp_path / "stick" / "rollers"
    shutil.copytree(archive.root, moved)
    shutil.rmtree(archive.root)
    other = type(archive)(moved)
    assert listed(other) == list(twelve)
    assert facade.resolve("last", moved).is_relative_to(moved)
    assert verify(other).problems == []
    for path in moved.rglob("*"):
        if path.is_file() and path.suffix != ".drl":
            assert str(archive.root).encode() not in path.read_bytes()


def call_unprivileged(*words):
    """Run the command; root alone could write whatever is forbidden, so it must not be that powerful."""

    def give_up_powers():
        import ctypes

        ctypes.CDLL(None).prctl(24, 1)  # PR_CAPBSET_DROP, CAP_DAC_OVERRIDE: takes effect with the program

    words = [sys.executable, "-m", "dermaroller.cli", *words]
    before = give_up_powers if os.getuid() == 0 else None
    return subprocess.run(words, capture_output=True, text=True, preexec_fn=before)


@pytest.fixture
def forbid():
    """forbid(folder) takes the right to write in it away until the test is over."""
    changed = []

    def take_away(folder):
        for path in (folder, *folder.rglob("*")):
            changed.append((path, path.stat().st_mode))
            path.chmod(path.stat().st_mode & ~0o222)

    yield take_away
    for path, mode in changed:
        path.chmod(mode)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="root's powers are given up as Linux does it")
@pytest.mark.parametrize("harm", ["nothing", "no index", "behind"])
def test_an_archive_that_cannot_be_written_is_read_all_the_same(archive, twelve, tmp_path, forbid, harm):
    listed(archive)
    if harm == "no index":
        (archive.root / place.INDEX).unlink()
    if harm == "behind":
        data = whole_log(session=77, utc_s=1_999_999_999).data()
        shelf.put(archive.root, data, sessions.digest(data))
    forbid(archive.root)
    before = {path: path.stat().st_mtime_ns for path in archive.root.rglob("*")}
    done = call_unprivileged("archive", "list")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 14 + (harm == "behind")
    if harm == "nothing":
        _read_and_try_to_write(tmp_path)
    assert {path: path.stat().st_mtime_ns for path in archive.root.rglob("*")} == before


def _read_and_try_to_write(tmp_path):
    assert call_unprivileged("archive", "verify").returncode == 0
    assert call_unprivileged("show", "last", "--json").returncode == 0
    assert call_unprivileged("archive", "backup", tmp_path / "copy.zip").returncode == 0
    for words in (("label", "P-1", "x"), ("import", tmp_path / "source"), ("forget", "P-1", "--yes"), ("rebuild",)):
        refused = call_unprivileged("archive", *words)
        assert refused.returncode == 2 and "cannot write into the archive" in refused.stderr, refused.stderr


def test_a_lock_that_is_held_is_waited_for_and_then_named(archive, twelve):
    with archive.changing(), pytest.raises(PortBusy, match="another program has been changing"):
        with type(archive)(archive.root, timeout_s=0.05).changing():
            pass


def test_a_reader_does_not_wait_for_a_writer_and_sees_what_is_whole(archive, twelve):
    data = whole_log(session=77, utc_s=1_999_999_999).data()
    impatient = type(archive)(archive.root, timeout_s=0)  # it fails where it would have to wait
    with archive.changing():
        assert listed(impatient) == list(twelve)
        shelf.put(archive.root, data, sessions.digest(data))
        assert listed(impatient) == [*twelve, sessions.digest(data)]
    assert listed(archive) == [*twelve, sessions.digest(data)]


@pytest.mark.slow
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a drive that is full")
def test_a_full_drive_is_told_and_leaves_nothing_half(archive, twelve, tmp_path):
    """The shell's limit on the size of files stands in for the drive's end: the write fails in the middle."""
    big = whole_log(session=500, notes="x" * 3000).data() * 20
    (tmp_path / "big.drl").write_bytes(big)
    words = f"ulimit -f 20; exec {sys.executable} -c '{LIMITED}' archive import {tmp_path / 'big.drl'}"
    done = subprocess.run(["bash", "-c", words], capture_output=True, text=True)
    assert done.returncode == 2 and "cannot write into the archive" in done.stderr, done.stderr
    assert set(place.digests(archive.root)) == twelve.keys()
    assert list((archive.root / "incoming").iterdir()) == []
    assert verify(archive).problems == []


LIMITED = """
import signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from dermaroller.cli import main
main(sys.argv[1:])
"""


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot make the folder"):
        with facade.store.Archive(tmp_path / "file" / "archive").changing():
            pass


def test_torn_receipts_wait_or_are_stepped_over(archive, twelve):
    with (archive.root / receipts.NAME).open("ab") as file:
        file.write(b'{"kind": "import", "sha2')
    assert listed(archive) == list(twelve)
    with archive.changing():
        archive.add_receipt(receipts.ERASE, "dev1", session=1)
    assert verify(archive).problems == []
    assert verify(archive).notes == [
        "1 of the receipts cannot be read: their writer was stopped, or they were altered."
    ]


def test_receipts_that_were_replaced_by_older_ones_are_read_anew(archive, twelve):
    path = archive.root / receipts.NAME
    older = path.read_bytes()[:-1].rpartition(b"\n")[0] + b"\n"
    with archive.changing():
        archive.add_receipt(receipts.FORGET, "", sha256=["ab" * 32])
    path.write_bytes(older)
    with archive.reading() as index:
        assert index.forgotten_at("ab" * 32) is None
        assert not index.has_arrived(list(twelve)[-1])
    path.unlink()
    assert listed(archive) == list(twelve)
    assert verify(archive).problems == []


def test_receipts_and_headers_of_nonsense_do_no_harm(archive, twelve):
    lines = [
        b'{"kind": "pull", "sha256": [1], "session": {}, "device": 1e999, "at": 3}',
        b'{"kind": "clock", "device": [], "boot": 1, "uptime_ms": 1, "utc_ms": 1, "uncertainty_ms": 1}',
        b'{"kind": "clock", "device": "dev1", "boot": "x", "uptime_ms": null, "utc_ms": 1, "uncertainty_ms": 1}',
        b'{"kind": "forget", "sha256": 7}',
        b'{"kind": "forget", "sha256": [7, null]}',
        b"[]", b"\xff\xfe", b'"' + b"[" * 9000,
    ]  # fmt: skip
    with (archive.root / receipts.NAME).open("ab") as file:
        file.write(b"\n".join(lines) + b"\n")
    assert listed(archive) == list(twelve)
    assert verify(archive).problems == []
