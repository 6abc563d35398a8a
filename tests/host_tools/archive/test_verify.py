"""Whatever is wrong in an archive is found and named; the exit code is 6."""

import json
import random
import sqlite3
import stat

import pytest

from dermaroller.archive import place
from dermaroller.archive.verify import verify

from ..logs import whole_log


def writable(path):
    path.chmod(stat.S_IWRITE | stat.S_IREAD)
    return path


@pytest.mark.slow
def test_a_flipped_byte_is_found_and_named_wherever_it_is(command, archive, twelve):
    dice = random.Random(8)
    for digest, data in twelve.items():
        at = dice.randrange(len(data))
        path = writable(place.file_of(archive.root, digest))
        path.write_bytes(data[:at] + bytes([data[at] ^ 1 << dice.randrange(8)]) + data[at + 1 :])
        code, out, err = command("archive", "verify")
        assert code == 6
        assert f"({digest[:12]}) has other bytes than its name says: sessions/{digest[:2]}/{digest}.drl" in out
        assert out.splitlines()[-1].endswith("receipts: 1 problem") and "1 problem in" in err
        path.write_bytes(data)
    assert command("archive", "verify")[0] == 0


def test_an_altered_file_is_told_also_if_the_index_is_made_of_it(command, archive, twelve):
    digest = next(iter(twelve))
    writable(place.file_of(archive.root, digest)).write_bytes(whole_log().data())
    command("archive", "rebuild")
    assert command("archive", "verify")[0] == 6
    listed = json.loads(command("archive", "list", "--json")[1])["sessions"]
    assert [one["state"] for one in listed if one["sha256"] == digest] == ["altered"]


@pytest.mark.parametrize("is_rebuilt", [False, True])
def test_a_file_that_is_gone_is_named_also_without_the_index(command, archive, twelve, is_rebuilt):
    digest = list(twelve)[3]
    writable(place.file_of(archive.root, digest)).unlink()
    if is_rebuilt:
        command("archive", "rebuild")
    code, out, _ = command("archive", "verify", "--json")
    (problem,) = json.loads(out)["problems"]
    assert (code, problem["kind"], problem["sha256"]) == (6, "missing", digest)
    assert "session 4 of dev1" in problem["text"] and "pull it again with --all" in problem["text"]


def test_a_row_that_says_something_else(command, archive, twelve):
    with sqlite3.connect(archive.root / place.INDEX) as index:
        index.execute("UPDATE sessions SET passes = 99 WHERE session = 5")
        index.execute("UPDATE zones SET name = 'nose' WHERE sha256 = ?", (list(twelve)[8],))
    index.close()
    code, out, _ = command("archive", "verify")
    assert code == 6
    for number in (5, 9):
        assert f"the index does not say of session {number} of" in out
    command("archive", "rebuild")
    assert command("archive", "verify")[0] == 0


def test_labels_that_cannot_be_read(command, archive, twelve):
    (archive.root / place.LABELS).write_text("{")
    code, out, _ = command("archive", "verify")
    assert code == 6 and "labels.json cannot be read" in out


def test_foreign_files_are_noted_and_not_touched(command, archive, twelve):
    strange = [archive.root / "sessions" / name for name in ("Thumbs.db", "ab/x.drl", f"zz/{next(iter(twelve))}.drl")]
    for path in strange:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"?")
    verdict = verify(archive)
    assert verdict.problems == []
    assert len(verdict.notes) == 3 and "sessions/ab/x.drl is no session file of the archive." in verdict.notes
    assert all(path.exists() for path in strange)


def test_an_archive_that_is_not_there_is_in_order_but_said_not_to_be_there(command, archive):
    code, out, _ = command("archive", "verify")
    assert (code, out.splitlines()) == (
        0, [f"Note: There is no archive in {archive.root}.", "0 sessions, 0 bytes, 0 receipts: all as they should be"],
    )  # fmt: skip
    code, _, err = command("archive", "list")
    assert code == 0 and f"there is no session in {archive.root} yet" in err
    assert not archive.root.exists()
