"""An archive and a folder that older tools filled are read today as they were then; see tests/data/README.md."""

import hashlib
import json
import os
import sqlite3

import pytest

from dermaroller import receipts
from dermaroller.archive import place

from . import past
from .fake_device import FakeDevice

THEN = past.told("archive")
PULLED = past.told("pulled")
# Of a session on the virtual board with another board's constants, the tools of then did not say that it is simulated.
NOT_TOLD_THEN = {"P-0311": ("is_simulated", "notes")}
# A target was reached by all punctures then, and is by those made with enough force now.
BY_FORCE = ("reached_fraction", "reached_low_fraction", "target_state")
posix = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")


@pytest.fixture
def root(archive_folder):
    """A copy of the archive, as the archive of this test."""
    past.unpack_archive(archive_folder)
    return archive_folder


@pytest.fixture
def asked(command, archive_folder):
    """asked("show", hash) -> the object that the command prints with --json, with ARCHIVE for the archive's place."""

    def ask(*words):
        code, out, err = command(*words, "--json")
        assert code == 0, err
        return past.placeless(json.loads(out), archive_folder)

    return ask


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ({"a": 1}, {"a": 2}), ({"a": 1}, {"b": 1}), ({"a": [1, 2]}, {"a": [1]}), ({"a": [1]}, {"a": [1, 2]}),
        ({"a": None}, {"a": {}}), ({"a": {}}, {"a": None}), ([{"a": 1}], [{"a": 1, "b": None}]), ([True], [1]),
        ({"a": 1}, {"a": "1"}), ([], {}),
    ],
)  # fmt: skip
def test_a_difference_is_found(now, then):
    assert len(past.differences(now, then)) == 1


def test_what_was_added_and_what_may_differ_is_no_difference():
    assert past.differences({"a": [{"b": 1, "new": 2}], "new": {}}, {"a": [{"b": 1}]}) == []
    assert past.differences({"a": {"b": 1}}, {"a": {"b": 2, "c": 3}}, besides=("b", "c")) == []


def lose(index):
    index.unlink()


def damage(index):
    index.write_bytes(b"no index" * 1000)


def make_older(index):
    connection = sqlite3.connect(index)
    connection.execute("DROP TABLE clocks")
    connection.execute("PRAGMA user_version = 1")
    connection.close()


@pytest.mark.parametrize("spoil", [None, lose, damage, make_older])
def test_the_list_is_what_it_was_by_the_index_of_then_or_a_new_one(root, asked, spoil):
    if spoil:
        spoil(root / place.INDEX)
    assert past.differences(asked("archive", "list"), THEN["list"]) == []


@pytest.mark.parametrize("words", THEN["filters"])
def test_sessions_are_found_by_what_they_were_found_by(root, asked, words):
    option, value = words.split(maxsplit=1)
    found = asked("archive", "list", option, value)["sessions"]
    assert [one["sha256"][:8] for one in found] == THEN["filters"][words]


@pytest.mark.parametrize("digest", THEN["show"], ids=lambda digest: digest[:8])
def test_a_session_shows_what_it_showed(root, asked, digest):
    (now,) = asked("show", digest[:8])["sessions"]
    assert past.differences(now, THEN["show"][digest]) == []


@pytest.mark.parametrize("subject", THEN["trend"])
def test_a_subject_s_trend_is_what_it_was(root, asked, subject):
    assert (
        past.differences(asked("trend", subject), THEN["trend"][subject], (*NOT_TOLD_THEN.get(subject, ()), *BY_FORCE))
        == []
    )


@pytest.mark.parametrize("pair", THEN["compare"], ids=lambda pair: " and ".join(pair["of"]))
def test_two_sessions_compare_as_they_did(root, asked, pair):
    assert past.differences(asked("compare", *pair["of"]), pair["told"], BY_FORCE) == []


def test_every_byte_and_receipt_is_as_it_should_be(root, asked):
    assert past.differences(asked("archive", "verify"), THEN["verify"]) == []
    assert THEN["verify"]["sessions"] == len(THEN["show"]) == 10


def test_the_archive_has_what_is_hard_to_read():
    """Or the tests above would say little."""
    shown = list(THEN["show"].values())
    assert {one["start_source"] for one in shown} == {"device", "clock set", "pull", None}
    assert {one["end"] for one in shown} == {"button", "ask", "power_loss"}
    assert {one["board"] for one in shown} == {"virtual", "esp32s3_devkitc"}
    assert {one["interval"]["state"] for one in shown} == {"over", "overridden", "unknown", None}
    assert {one["head"]["confirmation"] for one in shown} == {"confirmed", "unconfirmed", None}
    assert any(one["head"]["is_used_up"] for one in shown) and any(one["doubts"] for one in shown)
    kinds = {alert["kind"] for one in shown for alert in one["alerts"]}
    assert kinds >= {"zone_done", "overdose", "too_hard", "interval_override", "head_used_up", "fault"}


def test_it_can_be_changed(root, command, asked):
    assert command("archive", "label", "P-0107", "Friday")[0] == 0
    names = {one["subject"]: one["label"] for one in asked("archive", "list")["sessions"] if one["label"]}
    assert names == {"P-0042": "Tuesday, 10:30", "P-0107": "Friday", "Prüfling_3.ä": "Besuch am Dienstag"}
    assert command("archive", "forget", "Besuch am Dienstag", "--yes")[0] == 0
    assert command("archive", "rebuild")[0] == 0
    now = asked("archive", "list")["sessions"]
    wanted = [one for one in THEN["list"]["sessions"] if one["subject"] != "Prüfling_3.ä"]
    assert past.differences(now, wanted, besides=("label",)) == []
    assert command("archive", "verify")[0] == 0


def test_a_backup_of_it_is_taken_in_whole(root, command, tmp_path):
    assert command("archive", "backup", tmp_path / "copy.zip")[0] == 0
    other = tmp_path / "other"
    assert command("archive", "import", tmp_path / "copy.zip", "--archive", other)[0] == 0
    listed = past.placeless(json.loads(command("archive", "list", "--archive", other, "--json")[1]), other)
    # Those without a date stand where they came in, which is another place there.
    now, then = ({one["sha256"]: one for one in every["sessions"]} for every in (listed, THEN["list"]))
    assert now.keys() == then.keys() and past.differences(now, then) == []


def test_what_was_forgotten_comes_back_only_by_import(root, command, asked):
    gone = past.FOLDER / "forgotten.drl"
    digest = hashlib.sha256(gone.read_bytes()).hexdigest()
    assert digest in next(receipts.read(root, receipts.FORGET))["sha256"]
    assert command("show", digest[:8])[0] == 2
    assert command("archive", "import", gone)[0] == 0
    assert digest in [one["sha256"] for one in asked("archive", "list")["sessions"]]


@posix
def test_a_device_s_sessions_are_known_and_what_was_forgotten_stays_so(root, command, serve):
    held = {one["session"]: root / "sessions" / one["sha256"][:2] for one in THEN["list"]["sessions"]}
    sessions = {number: next(shelf.iterdir()).read_bytes() for number, shelf in held.items()}
    fake = FakeDevice({**sessions, 10: (past.FOLDER / "forgotten.drl").read_bytes()})
    fake.device_id = past.DEVICE
    with serve(fake) as path:
        code, out, err = command("-p", path, "pull")
    assert (code, out) == (7, "0 new, 10 known, 0 damaged, 1 forgotten\n"), err
    assert "session 10 was forgotten here (2026-11-29" in err
    assert not any(request.startswith("get") for request in fake.requests)


@pytest.fixture
def folder(tmp_path):
    past.copy_pulled(tmp_path / "pulled")
    return tmp_path / "pulled"


@pytest.mark.parametrize("name", PULLED)
def test_a_session_that_was_pulled_to_a_folder_is_dated_by_its_receipts(folder, asked, name):
    (now,) = asked("show", folder / name)["sessions"]
    assert past.differences(now, PULLED[name]) == []


def test_without_receipts_one_of_them_has_no_date(folder, asked):
    (folder / receipts.NAME).unlink()
    undated = {name for name in PULLED if not asked("show", folder / name)["sessions"][0]["started_at"]}
    assert undated - {name for name, one in PULLED.items() if not one["started_at"]} == {f"{past.DEVICE}-00009.drl"}


def test_a_folder_is_imported_with_its_receipts(folder, command, asked):
    assert command("archive", "import", folder)[0] == 0
    now = {one["session"]: one for one in asked("archive", "list")["sessions"]}
    for then in PULLED.values():
        for key in ("started_at", "start_source"):
            assert now[then["id"]][key] == then[key]


@posix
def test_a_pull_into_the_folder_knows_what_is_there(folder, command, serve):
    fake = FakeDevice({one["id"]: (folder / name).read_bytes() for name, one in PULLED.items()})
    fake.device_id = past.DEVICE
    with serve(fake) as path:
        code, out, err = command("-p", path, "pull", "--to", folder)
    assert (code, out) == (7, "0 new, 3 known, 0 damaged\n"), err
