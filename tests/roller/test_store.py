"""Flash that fills up, hosts that prove what they hold, and sessions that lost power."""

import json
import os
from binascii import hexlify
from hashlib import sha256

from logbook import ask, footer, told
from story import Folder, Handle, raises, read

from roller import records, store, wire
from roller.store import SessionStore

BLOCK = 4096


class Flash:
    """Free blocks as the test sets them, in place of the store's own view."""

    def __init__(self, sessions, free):
        self.free = free
        sessions.free_blocks = lambda: (self.free, BLOCK)
        sessions.look()


def digest(data):
    return hexlify(sha256(data).digest()).decode()


def record_one(handle):
    handle.roll(51, 1000)
    handle.lift()
    handle.press(2200)


def answer(handle, text):
    """(kind of frame, its JSON)"""
    ((kind, _, payload),) = ask(handle, text)
    return kind, json.loads(payload)


def test_a_proved_session_is_confirmed_and_listed_as_such():
    with Folder() as folder:
        handle = Handle(folder)
        record_one(handle)
        data = read(folder + "/00001.drl")
        assert answer(handle, "confirm 1 " + digest(data)) == (wire.JSON, {"confirmed": 1})
        assert answer(handle, "confirm 1 " + digest(data)) == (wire.JSON, {"confirmed": 1})
        assert os.listdir(folder) == ["00001.ok"]
        assert answer(handle, "list")[1]["sessions"][0]["confirmed"] is True
        assert answer(handle, "sha 1")[1]["sha256"] == digest(data)
        assert SessionStore(folder, 0, lambda n: None).new_number() == 2


def test_a_wrong_proof_confirms_and_erases_nothing():
    with Folder() as folder:
        handle = Handle(folder)
        record_one(handle)
        for verb in ("confirm", "erase"):
            kind, refusal = answer(handle, verb + " 1 " + "0" * 64)
            assert (kind, refusal["error"]) == (wire.ERROR, "proof")
        assert os.listdir(folder) == ["00001.drl"]


def test_a_proved_session_is_erased():
    with Folder() as folder:
        handle = Handle(folder)
        record_one(handle)
        assert answer(handle, "erase 1 " + digest(read(folder + "/00001.drl"))) == (wire.JSON, {"erased": 1})
        assert os.listdir(folder) == []
        assert answer(handle, "sha 1")[1]["error"] == "missing"


def test_an_open_session_is_neither_confirmed_nor_erased():
    with Folder() as folder:
        handle = Handle(folder)
        handle.roll(51, 3000)
        handle.lift(1500)
        proof = digest(read(folder + "/00001.part"))
        assert answer(handle, "erase 1 " + proof)[1]["error"] == "open"
        handle.press(2200)
        assert os.listdir(folder) == ["00001.drl"]


def fill(folder, confirmed, unpulled):
    for numbers, suffix in ((confirmed, store.CONFIRMED), (unpulled, store.CLOSED)):
        for n in numbers:
            with open("%s/%05d%s" % (folder, n, suffix), "wb") as f:
                f.write(b"x")


def test_confirmed_sessions_go_oldest_first_and_only_as_many_as_needed():
    with Folder() as folder:
        fill(folder, (2, 5, 9), (1, 3, 7))
        sessions = SessionStore(folder, 0, lambda n: None)
        free = store.RESERVE - 2
        sessions.free_blocks = lambda: (free + 5 * (6 - len(os.listdir(folder))), BLOCK)
        assert sessions.make_room() == store.CHUNK * BLOCK
        assert [n for n, _, _ in sessions.listing()] == [1, 3, 7, 9]
        assert not sessions.is_full


def test_what_nobody_pulled_is_never_erased():
    with Folder() as folder:
        fill(folder, (), (1, 2, 3))
        sessions = SessionStore(folder, 0, lambda n: None)
        Flash(sessions, store.RESERVE)
        assert sessions.is_full
        assert sessions.make_room() == 0
        assert [n for n, _, _ in sessions.listing()] == [1, 2, 3]


def test_a_full_flash_shows_counts_on_and_keeps_a_summary():
    with Folder() as folder:
        handle = Handle(folder)
        flash = Flash(handle.store, store.RESERVE)
        for _ in range(3):
            handle.roll(51, 1000)
            handle.lift(1500)
        assert handle.store.is_full
        handle.press(2200)
        data = read(folder + "/00001.drl")
        assert "log_full" in handle.states()
        assert told(data, records.STROKE) == []
        assert footer(data)["passes"] == 3
        assert footer(data)["path_counts"] == 153
        assert footer(data)["counters"]["log_lost_bytes"] == handle.app.counters()["log_lost_bytes"] > 0
        flash.free = store.RESERVE + 4
        record_one(handle)
        assert len(told(read(folder + "/00002.drl"), records.STROKE)) == 1


def test_flash_that_fills_up_during_a_session_keeps_what_came_before():
    with Folder() as folder:
        handle = Handle(folder)
        flash = Flash(handle.store, store.RESERVE + 1)
        handle.roll(51, 3000)
        handle.lift(1500)
        flash.free = store.RESERVE
        for _ in range(40):
            handle.roll(51, 3000)
            handle.lift(1500)
        handle.press(2200)
        data = read(folder + "/00001.drl")
    kept = len(told(data, records.STROKE))
    assert 0 < kept < 41
    assert footer(data)["passes"] == 41
    assert len(data) < 2 * BLOCK


def test_without_room_for_a_footer_nothing_is_begun_and_the_number_is_still_used_up():
    with Folder() as folder:
        kept = []
        sessions = SessionStore(folder, 7, kept.append)
        Flash(sessions, store.FLOOR - 1)
        raises(OSError, sessions.create, sessions.new_number())
        assert kept == [8]
        assert os.listdir(folder) == []


class Failing:
    """A file that fails from a certain write on, as flash does that is worn out."""

    def __init__(self, file, good):
        self._file = file
        self._good = good

    def write(self, data):
        self._good -= 1
        if self._good < 0:
            raise OSError(5)
        return self._file.write(data)

    def flush(self):
        self._file.flush()

    def close(self):
        self._file.close()


def test_flash_that_fails_ends_no_rolling_and_costs_nothing_that_was_flushed():
    with Folder() as folder:
        handle = Handle(folder)
        create = handle.store.create
        handle.store.create = lambda session: Failing(create(session), 20)
        for _ in range(4):
            handle.roll(51, 3000)
            handle.lift(1500)
        assert handle.app.meter.dose.passes[0] == 4
        assert "log_full" in handle.states()
        handle.press(2200)
        assert not handle.app.session.is_open
        assert handle.app.counters()["log_lost_bytes"] > 0
        again = SessionStore(folder, 0, lambda n: None)
        again.close_leftovers(0)
        data = read(folder + "/00001.drl")
    assert footer(data)["end"] == "power_loss"
    assert 0 < footer(data)["passes"] < 4


def test_a_session_that_was_closed_but_not_entered_in_the_ledger_is_told_of_at_the_next_boot():
    with Folder() as folder:
        handle = Handle(folder)
        record_one(handle)
        record_one(handle)
        again = SessionStore(folder, 0, lambda n: None)
        again.close_leftovers(1)
        assert again.leftovers == [(2, "", None, 51)]
        again = SessionStore(folder, 0, lambda n: None)
        again.close_leftovers(2)
        assert again.leftovers == []


def test_nothing_waits_longer_for_flash_than_the_setting_says():
    with Folder() as folder:
        handle = Handle(folder)
        path = folder + "/00001.part"
        size = since = longest = 0
        for _ in range(60):  # short taps, of which none alone is worth a flush
            handle.roll(8, 150)
            handle.lift(350)
            now = handle.hal.t_us // 1000
            if os.listdir(folder) and os.stat(path)[6] > size:
                size = os.stat(path)[6]
                longest = max(longest, now - since)
                since = now
    assert 3000 < longest <= handle.app.session._settings.flush_ms + 600
