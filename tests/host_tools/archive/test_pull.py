"""Pulling into the archive, erasing against it, and what was forgotten there."""

import hashlib
import json
import os
import stat

import pytest

from dermaroller import receipts
from dermaroller.archive import place
from dermaroller.archive.verify import verify
from dermaroller.device import Device

from ..fake_device import FakeDevice
from ..logs import whole_log

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")

ONE = whole_log(session=1).data()
TWO = whole_log(session=2, plan={"subject": "P-2"}).data()
SHA_1, SHA_2 = (hashlib.sha256(data).hexdigest() for data in (ONE, TWO))


def last_line(out):
    return out.splitlines()[-1]


def test_pulling_again_is_a_no_op(command, serve, archive):
    fake = FakeDevice({1: ONE, 2: TWO})
    with serve(fake) as path:
        code, out, _ = command("-p", path, "pull")
        assert (code, last_line(out)) == (0, "2 new, 0 known, 0 damaged")
        before = {path: path.read_bytes() for path in archive.root.rglob("*.drl")}
        code, out, err = command("-p", path, "pull")
    assert (code, last_line(out)) == (7, "0 new, 2 known, 0 damaged")
    assert f"2 sessions are in {archive.root} already" in err
    assert {path: path.read_bytes() for path in archive.root.rglob("*.drl")} == before
    assert set(place.digests(archive.root)) == {SHA_1, SHA_2}
    assert fake.confirmed_ids == {1, 2}
    pulls = list(receipts.read(archive.root, receipts.PULL))
    assert [(one["session"], one["sha256"]) for one in pulls] == [(1, SHA_1), (2, SHA_2)]
    assert (archive.root / pulls[0]["file"]).read_bytes() == ONE
    assert verify(archive).problems == []
    assert command("show", "last", "--json")[0] == 0


def test_what_was_imported_is_not_fetched_again_and_gets_its_receipt(command, serve, archive, tmp_path):
    (tmp_path / "some.drl").write_bytes(ONE)
    command("archive", "import", tmp_path / "some.drl")
    fake = FakeDevice({1: ONE})
    fake.device_id = "another name"  # than the one in its header
    with serve(fake) as path:
        assert last_line(command("-p", path, "pull")[1]) == "0 new, 1 known, 0 damaged"
        assert not any(request.startswith("get") for request in fake.requests)
        requests = len([request for request in fake.requests if request.startswith("sha")])
        assert last_line(command("-p", path, "pull")[1]) == "0 new, 1 known, 0 damaged"
    assert len([request for request in fake.requests if request.startswith("sha")]) == requests, "known by its receipt"


def test_a_broken_pull_goes_on_where_it_stopped(command, serve, archive, monkeypatch):
    data = whole_log(session=2).data() * 20
    fake = FakeDevice({2: data})
    real = Device.read_range

    def interrupted(self, session, start, end):
        for i, chunk in enumerate(real(self, session, start, end)):
            if i == 3:
                raise KeyboardInterrupt
            yield chunk

    with serve(fake) as path:
        with monkeypatch.context() as patch:
            patch.setattr(Device, "read_range", interrupted)
            assert command("-p", path, "pull")[0] == 130
        (part,) = (archive.root / "incoming").glob("*.part")
        assert part.stat().st_size == 3 * 2048
        assert verify(archive).problems == []
        code, out, _ = command("-p", path, "pull")
    assert code in (0, 6) and "1 new" in last_line(out)
    assert fake.requests.count("get 2 0 2048") == 1
    assert not part.exists()


def test_a_wiped_device_with_another_session_of_the_same_number_and_size(command, serve, archive):
    other = ONE[:-1] + bytes([ONE[-1] ^ 1])
    for data, new in ((ONE, 1), (other, 1), (ONE, 0)):
        with serve(FakeDevice({1: data})) as path:
            assert last_line(command("-p", path, "pull")[1]).startswith(f"{new} new")
    assert len(set(place.digests(archive.root))) == 2


def test_all_mends_an_altered_file(command, serve, archive):
    with serve(FakeDevice({1: ONE, 2: TWO})) as path:
        command("-p", path, "pull")
        file = place.file_of(archive.root, SHA_1)
        file.chmod(stat.S_IWRITE | stat.S_IREAD)
        file.write_bytes(bytes(len(ONE)))
        code, out, _ = command("-p", path, "pull", "--all")
        assert (code, last_line(out)) == (0, "1 new, 1 known, 0 damaged")
    assert file.read_bytes() == ONE


def test_what_was_forgotten_does_not_come_back_silently(command, serve, archive):
    with serve(FakeDevice({1: ONE, 2: TWO})) as path:
        command("-p", path, "pull")
        assert command("archive", "forget", "P-2", "--yes")[0] == 0
        for _ in range(2):
            code, out, err = command("-p", path, "pull")
            assert (code, last_line(out)) == (7, "0 new, 1 known, 0 damaged, 1 forgotten")
            assert "session 2 was forgotten here (20" in err and "--all would bring it back" in err
        assert set(place.digests(archive.root)) == {SHA_1}
        command("archive", "rebuild")
        assert json.loads(command("-p", path, "pull", "--json")[1])["forgotten"] == 1
        code, out, _ = command("-p", path, "pull", "--all")
        assert (code, last_line(out)) == (0, "1 new, 1 known, 0 damaged")
        assert last_line(command("-p", path, "pull")[1]) == "0 new, 2 known, 0 damaged"
    assert verify(archive).problems == []


def test_a_new_session_under_a_forgotten_one_s_number_comes(command, serve, archive):
    with serve(FakeDevice({2: TWO})) as path:
        command("-p", path, "pull")
    command("archive", "forget", "P-2", "--yes")
    other = TWO[:-1] + bytes([TWO[-1] ^ 1])
    with serve(FakeDevice({2: other})) as path:
        assert last_line(command("-p", path, "pull")[1]).startswith("1 new")


def test_erase_against_the_archive(command, serve, archive):
    fake = FakeDevice({1: ONE, 2: TWO})
    with serve(fake) as path:
        command("-p", path, "pull", "--session", "1")
        assert command("-p", path, "erase", "1")[0] == 0
        code, _, err = command("-p", path, "erase", "2")
        assert code == 2 and f"session 2 is not in {archive.root}. Pull it first" in err
    assert sorted(fake.sessions) == [2]
    assert [one["session"] for one in receipts.read(archive.root, receipts.ERASE)] == [1]
    assert verify(archive).problems == []


def test_the_archive_is_chosen_before_or_after_the_command(command, serve, archive, tmp_path):
    with serve(FakeDevice({1: ONE})) as path:
        assert command("-p", path, "pull", "--archive", tmp_path / "a")[0] == 0
        assert command("--archive", tmp_path / "b", "-p", path, "pull")[0] == 0
        code, _, err = command("-p", path, "pull", "--archive", tmp_path / "a", "--to", tmp_path)
    assert code == 2 and "exclude each other" in err
    assert list(place.digests(tmp_path / "a")) == list(place.digests(tmp_path / "b")) == [SHA_1]
    assert not archive.root.exists(), "the choice holds for one call"


def test_a_damaged_log_is_kept_as_the_device_has_it_and_known_from_then_on(command, serve, archive):
    headless = TWO[TWO.index(b"\xd7\x52", 5) :]
    with serve(FakeDevice({2: headless, 3: b"not one block"})) as path:
        code, out, _ = command("-p", path, "pull")
        assert (code, last_line(out)) == (6, "2 new, 0 known, 2 damaged")
        assert last_line(command("-p", path, "pull")[1]) == "0 new, 2 known, 0 damaged"
    states = [one["state"] for one in json.loads(command("archive", "list", "--json")[1])["sessions"]]
    assert sorted(states) == ["damaged", "unreadable"]
    assert command("archive", "list")[0] == 0
    assert verify(archive).problems == []
