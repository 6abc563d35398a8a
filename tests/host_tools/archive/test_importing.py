"""Taking sessions from elsewhere: what is new, what is known, what is refused, and what comes along."""

import json
import os
import stat

import pytest

from dermaroller import evidence, receipts
from dermaroller.archive import place
from dermaroller.archive.verify import verify
from dermaroller.evidence import Evidence

from ..logs import LogBuilder, whole_log
from . import sessions

pytestmark = pytest.mark.usefixtures("archive")


def listed(command, *options):
    return json.loads(command("archive", "list", "--json", *options)[1])["sessions"]


def test_a_folder_of_pulled_files_with_its_clock(command, tmp_path):
    files = sessions.write(tmp_path / "logs", [whole_log(session=i, boot=7, uptime_ms=1000 * i).data() for i in (1, 2)])
    evidence.keep(tmp_path / "logs", Evidence("c0ffee", 7, 0, 1.8e12, 3.0))
    assert command("archive", "import", tmp_path / "logs")[:2] == (0, "2 new, 0 known, 0 refused\n")
    assert [one["started_at"] for one in listed(command)] == ["2027-01-15T08:00:01Z", "2027-01-15T08:00:02Z"]
    assert all(path.exists() for path in files.values()), "what was imported stays where it was"
    code, out, err = command("archive", "import", tmp_path / "logs")
    assert (code, out) == (7, "0 new, 2 known, 0 refused\n") and "nothing new" in err


def test_the_same_bytes_under_many_names_are_one_session(command, archive, tmp_path):
    data = whole_log().data()
    for name in ("a.drl", "B.DRL", "deep/er/ж.drl"):
        (tmp_path / "logs" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "logs" / name).write_bytes(data)
    assert command("archive", "import", tmp_path / "logs")[1] == "1 new, 2 known, 0 refused\n"
    assert list(place.digests(archive.root)) == [sessions.digest(data)]
    assert [one["kind"] for one in receipts.read(archive.root)] == ["import"]


def test_what_is_no_session_is_refused_and_named_and_the_rest_comes(command, tmp_path):
    sessions.write(tmp_path, [b"rubbish", whole_log().data(), LogBuilder().stroke().data()])
    code, out, err = command("archive", "import", tmp_path)
    assert code == 6
    assert out.splitlines() == [
        f"{tmp_path / 'c0ffee-00000.drl'} is no session file: not one intact block is in it.",
        "2 new, 0 known, 1 refused",
    ]
    assert "1 file not imported." in err
    assert sorted(one["state"] for one in listed(command)) == ["not closed", "whole"]


@pytest.mark.parametrize(
    "name, code, sentence",
    [("nowhere", 2, "there is no"), ("empty", 2, "no session file"), ("broken.zip", 6, "cannot be read as a zip file")],
)
def test_what_cannot_be_imported(command, tmp_path, name, code, sentence):
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 and then nothing")
    got, _, err = command("archive", "import", tmp_path / name)
    assert (got, sentence in err) == (code, True), err


def test_an_altered_file_in_the_archive_is_replaced_by_the_right_one(command, archive, twelve, tmp_path):
    digest = next(iter(twelve))
    path = place.file_of(archive.root, digest)
    path.chmod(stat.S_IWRITE | stat.S_IREAD)
    path.write_bytes(b"?" + twelve[digest][1:])
    assert command("archive", "verify")[0] == 6
    assert command("archive", "import", tmp_path / "source")[1] == "1 new, 11 known, 0 refused\n"
    assert path.read_bytes() == twelve[digest]
    assert command("archive", "verify")[0] == 0


def test_a_single_file_brings_the_clock_beside_it(command, tmp_path):
    (path,) = sessions.write(tmp_path / "logs", [whole_log(boot=7, uptime_ms=0).data()]).values()
    evidence.keep(tmp_path / "logs", Evidence("c0ffee", 7, 0, 1.8e12, 3.0))
    command("archive", "import", path)
    assert listed(command)[0]["start_source"] == "pull"


def test_receipts_are_taken_once_and_only_those_that_fit(command, archive, tmp_path):
    data = whole_log().data()
    sessions.write(tmp_path / "logs", [data])
    receipts.add(tmp_path / "logs", receipts.PULL, "c0ffee", session=7, bytes=len(data), sha256=sessions.digest(data))
    receipts.add(tmp_path / "logs", receipts.PULL, "c0ffee", session=8, bytes=5, sha256="of a file that is not here")
    for _ in range(2):
        command("archive", "import", tmp_path / "logs")
    assert [one["kind"] for one in receipts.read(archive.root)] == ["import", "pull"]
    assert verify(archive).problems == []


@pytest.mark.skipif(os.name != "posix", reason="the names are not allowed elsewhere")
def test_odd_names_and_links(command, tmp_path):
    folder = tmp_path / 'odd "name"\n$(x)'
    sessions.write(folder, [whole_log().data()])
    (folder / "dangling.drl").symlink_to("nowhere")
    assert command("archive", "import", folder)[1] == "1 new, 0 known, 0 refused\n"


def test_an_archive_imported_into_itself_stays_as_it_is(command, archive, twelve):
    before = {path: path.read_bytes() for path in archive.root.rglob("*.*") if path.is_file()}
    assert command("archive", "import", archive.root)[:2] == (7, "0 new, 12 known, 0 refused\n")
    assert {path: path.read_bytes() for path in archive.root.rglob("*.*") if path.is_file()} == before
