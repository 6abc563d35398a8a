"""Pulling into a folder: what is known, what is resumed, and what never gets a final name."""

import hashlib
import json

import pytest

from dermaroller import archive
from dermaroller import folder as plain
from dermaroller.device import Device, Listed
from dermaroller.errors import DeviceSilent, IntegrityError, UsageError

from .fake_device import FakeDevice

CONTENT = bytes(range(256)) * 40
LISTED = Listed(12, len(CONTENT), False)


def pull(fake, folder):
    came = []
    path = plain.pull(Device(fake, "fake", silence_s=0.01), "c0ffee", LISTED, folder, came.append)
    assert sum(came) == len(CONTENT)
    return path


def test_a_pull_ends_with_the_device_s_bytes_under_a_final_name(tmp_path):
    assert plain.known_file(tmp_path, "c0ffee", LISTED) is None
    path = pull(FakeDevice({12: CONTENT}), tmp_path)
    assert path.name == "c0ffee-00012.drl"
    assert path.read_bytes() == CONTENT
    assert plain.known_file(tmp_path, "c0ffee", LISTED) == path
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_a_broken_pull_goes_on_where_it_stopped(tmp_path):
    replies = []

    def die_after_five(reply):
        replies.append(reply)
        return [reply] if len(replies) <= 5 else []

    with pytest.raises(DeviceSilent):
        pull(FakeDevice({12: CONTENT}, spoil=die_after_five), tmp_path)
    part = tmp_path / "c0ffee-00012.part"
    assert part.read_bytes() == CONTENT[: 4 * 2048]
    assert plain.known_file(tmp_path, "c0ffee", LISTED) is None
    fake = FakeDevice({12: CONTENT})
    assert pull(fake, tmp_path).read_bytes() == CONTENT
    assert fake.requests[1] == "get 12 8192 2048"


@pytest.mark.parametrize("leftover", [b"of another session", bytes(len(CONTENT)), bytes(99_999)])
def test_a_part_that_belongs_to_something_else_is_pulled_anew(tmp_path, leftover):
    (tmp_path / "c0ffee-00012.part").write_bytes(leftover)
    assert pull(FakeDevice({12: CONTENT}), tmp_path).read_bytes() == CONTENT


def test_bytes_that_are_not_the_device_s_never_get_a_final_name(tmp_path):
    fake = FakeDevice({12: CONTENT})
    answer = {"id": 12, "bytes": len(CONTENT), "sha256": hashlib.sha256(b"other").hexdigest()}
    fake._sha = lambda session: (1, 0, json.dumps(answer).encode())
    with pytest.raises(IntegrityError, match="session 12 of fake came with SHA-256"):
        pull(fake, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_wiped_device_numbers_anew_without_touching_what_is_here(tmp_path):
    first = pull(FakeDevice({12: CONTENT}), tmp_path)
    other = Listed(12, 300, False)
    assert plain.known_file(tmp_path, "c0ffee", other) is None
    second = plain.pull(Device(FakeDevice({12: bytes(300)}), silence_s=0.01), "c0ffee", other, tmp_path)
    assert second.name == f"c0ffee-00012-{hashlib.sha256(bytes(300)).hexdigest()[:8]}.drl"
    assert first.read_bytes() == CONTENT
    assert plain.known_file(tmp_path, "c0ffee", other) == second


def test_an_odd_device_id_makes_no_odd_file_name(tmp_path):
    assert plain._stem("../../etc", LISTED) == "etc-00012"
    assert plain._stem("//", LISTED) == "device-00012"


def test_the_folder_follows_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv(archive.ENVIRONMENT, str(tmp_path))
    assert archive.default_folder() == tmp_path
    monkeypatch.delenv(archive.ENVIRONMENT)
    assert archive.default_folder().parts[-2:] == ("dermaroller", "archive")


def test_a_folder_that_cannot_be_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"cannot make the folder .*file.* Choose another with --to"):
        archive.make_folder(tmp_path / "file", "--to")
