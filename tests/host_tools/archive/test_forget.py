"""Labels, forgetting, and what stays of it."""

import json

import pytest

from dermaroller import receipts
from dermaroller.archive import labels, place
from dermaroller.archive.verify import verify
from dermaroller.errors import IntegrityError

from ..logs import whole_log
from . import sessions

OF_P1 = (0, 5, 10)  # of the twelve


def listed(command, *options):
    return [one["sha256"] for one in json.loads(command("archive", "list", "--json", *options)[1])["sessions"]]


@pytest.mark.slow
def test_a_label_in_any_script_finds_its_sessions_and_outlives_a_rebuild(command, archive, twelve):
    for label in ("Вторник, 10:30", "火曜日", "يوم الثلاثاء", "Tue\nsday \x1b[31m"):
        assert command("archive", "label", "P-1", label)[0] == 0
        (archive.root / place.INDEX).unlink()
        assert command("archive", "rebuild")[0] == 0
        assert listed(command, "--subject", label) == [list(twelve)[i] for i in OF_P1]
        _, out, _ = command("archive", "list", "--subject", "P-1")
        assert len(out.splitlines()) == 5 and "\x1b[31m" not in out
    assert command("archive", "label", "P-1", "")[0] == 0
    assert labels.read(archive.root) == {}


def test_a_label_is_nowhere_but_in_its_file(command, archive, twelve):
    command("archive", "label", "P-1", "Hypatia")
    command("archive", "list")
    holding = [path.name for path in archive.root.rglob("*") if path.is_file() and b"Hypatia" in path.read_bytes()]
    assert holding == [place.LABELS]


def test_a_label_for_nobody_is_kept_and_told(command, archive):
    code, _, err = command("archive", "label", "P-9", "later")
    assert code == 0 and "no session in" in err
    assert labels.read(archive.root) == {"P-9": "later"}


def test_forgetting_takes_everything_of_a_subject_and_nothing_else(command, archive, twelve):
    command("archive", "label", "P-1", "Hypatia")
    command("archive", "label", "P-2", "Emmy")
    gone = [list(twelve)[i] for i in OF_P1]
    code, out, _ = command("archive", "forget", "Hypatia", "--yes")
    assert (code, out) == (0, "3 sessions of Hypatia forgotten\n")
    assert set(place.digests(archive.root)) == twelve.keys() - set(gone)
    assert listed(command) == [digest for digest in twelve if digest not in gone]
    assert labels.read(archive.root) == {"P-2": "Emmy"}
    assert verify(archive).problems == []
    for path in archive.root.rglob("*"):
        if path.is_file():
            assert not any(word in path.read_bytes() for word in (b"P-1", b"Hypatia")), path


def test_a_single_session_goes_and_the_subjects_label_stays_with_the_others(command, archive, twelve):
    one, *others = (list(twelve)[i] for i in OF_P1)
    command("archive", "label", "P-1", "Hypatia")
    code, out, _ = command("archive", "forget", "--session", one[:10], "--yes")
    assert (code, out) == (0, "1 session forgotten\n")
    assert listed(command, "--subject", "P-1") == others
    assert labels.read(archive.root) == {"P-1": "Hypatia"}
    for digest in others:
        assert command("archive", "forget", "--yes", "--session", digest)[0] == 0
    assert labels.read(archive.root) == {}
    assert set(place.digests(archive.root)) == twelve.keys() - {one, *others}
    assert verify(archive).problems == []


def test_either_a_subject_or_sessions(command, archive, twelve, tmp_path):
    for words in ((), ("P-1", "--session", "abcd")):
        code, _, err = command("archive", "forget", "--yes", *words)
        assert code == 2 and "either a subject or --session" in err
    elsewhere = tmp_path / "elsewhere.drl"
    elsewhere.write_bytes(b"")
    code, _, err = command("archive", "forget", "--yes", "--session", str(elsewhere))
    assert code == 2 and "is not in the archive" in err


def test_a_record_stays_that_it_was_done(command, archive, twelve):
    command("archive", "forget", "P-1", "--yes")
    begun, done = (next(receipts.read(archive.root, kind)) for kind in (receipts.FORGETTING, receipts.FORGET))
    digests = [list(twelve)[i] for i in OF_P1]
    assert (begun["sessions"], begun["sha256"], begun["bytes"]) == (3, digests, sum(len(twelve[d]) for d in digests))
    assert (done["sessions"], sorted(done["sha256"])) == (3, sorted(digests))
    assert done["at"].endswith("Z")


def test_an_import_brings_it_back(command, archive, twelve, tmp_path):
    command("archive", "forget", "P-1", "--yes")
    assert command("archive", "import", tmp_path / "source")[1] == "3 new, 9 known, 0 refused\n"
    assert set(place.digests(archive.root)) == twelve.keys()
    assert command("archive", "list")[0] == 0
    assert set(place.digests(archive.root)) == twelve.keys()


def test_what_was_begun_to_be_forgotten_is_forgotten_by_the_next_call(command, archive, twelve):
    command("archive", "label", "P-1", "Hypatia")
    digests = [list(twelve)[i] for i in OF_P1]
    receipts.add(archive.root, receipts.FORGETTING, "", sessions=3, bytes=0, sha256=digests)
    assert set(listed(command)) == twelve.keys() - set(digests)
    assert set(place.digests(archive.root)) == twelve.keys() - set(digests)
    assert labels.read(archive.root) == {}
    assert len(list(receipts.read(archive.root, receipts.FORGET))) == 1


def test_it_asks_and_without_anybody_to_ask_does_nothing(command, archive, twelve, monkeypatch):
    code, _, err = command("archive", "forget", "P-1")
    assert code == 2 and "give --yes" in err
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("typer.confirm", lambda text: "Remove 3 sessions of P-1" not in text)
    assert command("archive", "forget", "P-1")[0] == 1
    assert set(place.digests(archive.root)) == twelve.keys()


def test_nobody_to_forget(command, archive, twelve):
    code, _, err = command("archive", "forget", "P-77", "--yes")
    assert code == 7 and "no session in" in err


def test_codes_are_the_same_in_both_spellings_of_a_letter(command, archive, tmp_path):
    sessions.write(tmp_path, [whole_log(plan={"subject": "Ame\u0301lie"}).data()])
    command("archive", "import", tmp_path)
    assert len(listed(command, "--subject", "Amélie")) == len(listed(command, "--subject", "Ame\u0301lie")) == 1


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": 1', "\ufffe"])
def test_a_broken_file_of_labels_is_named(archive, text):
    archive.root.mkdir()
    (archive.root / place.LABELS).write_text(text, encoding="utf-16")
    with pytest.raises(IntegrityError, match=r"labels\.json cannot be read"):
        labels.read(archive.root)
