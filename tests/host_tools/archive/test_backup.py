"""A copy that can be trusted and taken back."""

import json
import stat
import zipfile

import pytest

from dermaroller.archive import labels, place
from dermaroller.archive.store import Archive
from dermaroller.archive.verify import verify

from . import sessions


@pytest.fixture
def labelled(command, twelve):
    command("archive", "label", "P-1", "Hypatia")
    return twelve


@pytest.mark.parametrize("name", ["copy.zip", "copy"])
def test_a_copy_is_taken_back_whole(command, labelled, tmp_path, name):
    command("archive", "forget", "P-3", "--yes")
    code, out, _ = command("archive", "backup", tmp_path / name)
    assert code == 0
    assert out.startswith("10 sessions (10 new), ") and "and 1 label are in" in out and "every byte was read" in out
    other = Archive(tmp_path / "other")
    assert command("--archive", other.root, "archive", "import", tmp_path / name)[1].startswith("10 new")
    assert labels.read(other.root) == {"P-1": "Hypatia"}
    assert verify(other).problems == []
    with other.reading() as index:
        listed = [one.row.sha256 for one in index.sessions()]
        assert listed == [digest for i, digest in enumerate(labelled) if (i + 1) % 5 != 3]
        forgotten = list(labelled)[2]
        assert index.forgotten_at(forgotten), "what was forgotten is known to be so in the copy as well"


def test_a_copied_folder_is_an_archive_itself(command, labelled, tmp_path):
    command("archive", "backup", tmp_path / "copy")
    assert command("--archive", tmp_path / "copy", "archive", "list")[1] == command("archive", "list")[1]
    assert command("--archive", tmp_path / "copy", "archive", "verify")[0] == 0


def test_the_next_copy_into_a_folder_brings_what_is_new_and_takes_what_was_forgotten(command, labelled, tmp_path):
    command("archive", "backup", tmp_path / "copy")
    sessions.write(tmp_path / "more", sessions.many(3, first=50))
    command("archive", "import", tmp_path / "more")
    command("archive", "forget", "P-1", "--yes")
    code, out, _ = command("archive", "backup", tmp_path / "copy", "--json")
    told = json.loads(out)
    assert (code, told["sessions"], told["new"], told["removed"], told["labels"]) == (0, 11, 2, 3, 0)
    assert verify(Archive(tmp_path / "copy")).problems == []


def test_an_altered_session_is_left_out_and_named_and_the_rest_is_copied(command, archive, labelled, tmp_path):
    digest = next(iter(labelled))
    path = place.file_of(archive.root, digest)
    path.chmod(stat.S_IWRITE | stat.S_IREAD)
    path.write_bytes(b"!" + labelled[digest][1:])
    for name in ("copy.zip", "copy"):
        code, out, err = command("archive", "backup", tmp_path / name)
        assert code == 6 and out.startswith("11 sessions (11 new)")
        assert f"1 session left out: sessions/{digest[:2]}/{digest}.drl is altered." in err
    assert digest not in set(place.digests(tmp_path / "copy"))


def test_an_altered_copy_is_mended_by_the_next(command, labelled, tmp_path):
    command("archive", "backup", tmp_path / "copy")
    digest = next(iter(labelled))
    path = place.file_of(tmp_path / "copy", digest)
    path.chmod(stat.S_IWRITE | stat.S_IREAD)
    path.write_bytes(b"")
    assert command("archive", "backup", tmp_path / "copy")[0] == 0
    assert path.read_bytes() == labelled[digest]


def test_nothing_is_written_where_something_else_is(command, archive, labelled, tmp_path):
    (tmp_path / "there.zip").write_bytes(b"mine")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("Dear")
    sessions.write(tmp_path / "more", sessions.many(1, first=90))
    command("--archive", tmp_path / "another", "archive", "import", tmp_path / "more")
    for target, sentence in (
        ("there.zip", "exists; name another file"),
        ("full", "is not empty, and no earlier copy of"),
        ("another", "is not empty, and no earlier copy of"),
        ("nowhere/x.zip", "cannot write"),
        ("full/letter.txt", "cannot write"),
    ):
        code, _, err = command("archive", "backup", tmp_path / target)
        assert (code, sentence in err) == (2, True), err
    assert (tmp_path / "there.zip").read_bytes() == b"mine"
    assert command("archive", "backup", archive.root)[0] == 2


def test_no_archive_no_copy(command, archive, tmp_path):
    code, _, err = command("archive", "backup", tmp_path / "x.zip")
    assert code == 2 and "there is no archive in" in err


def test_a_damaged_zip_is_told(command, archive, labelled, tmp_path):
    command("archive", "backup", tmp_path / "x.zip")
    with zipfile.ZipFile(tmp_path / "x.zip") as found:
        at = found.infolist()[3].header_offset + 200
    data = bytearray((tmp_path / "x.zip").read_bytes())
    data[at] ^= 255
    (tmp_path / "x.zip").write_bytes(data)
    code, out, _ = command("--archive", tmp_path / "other", "archive", "import", tmp_path / "x.zip")
    assert code == 6 and out.endswith("11 new, 0 known, 1 refused\n") and "cannot be read: " in out
