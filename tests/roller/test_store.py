"""Flash that fills up, hosts that prove what they hold, and sessions that lost power."""

import json
from binascii import hexlify
from hashlib import sha256

from flashchip import flash_of, names, occupy, store_in
from logbook import ask, footer, told
from story import Folder, Handle, raises, read

from roller import records, store, wire
from roller.area import BLOCK
from roller.counters import COUNTERS
from roller.plan import MAX_ZONES
from roller.stream import FIRST_ROOM, ROOM


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
        assert names(folder) == ["00001.ok"]
        assert answer(handle, "list")[1]["sessions"][0]["confirmed"] is True
        assert answer(handle, "sha 1")[1]["sha256"] == digest(data)
        assert store_in(folder).new_number() == 2


def test_a_wrong_proof_confirms_and_erases_nothing():
    with Folder() as folder:
        handle = Handle(folder)
        record_one(handle)
        for verb in ("confirm", "erase"):
            kind, refusal = answer(handle, verb + " 1 " + "0" * 64)
            assert (kind, refusal["error"]) == (wire.ERROR, "proof")
        assert names(folder) == ["00001.drl"]


def test_a_proved_session_is_erased():
    with Folder() as folder:
        handle = Handle(folder)
        record_one(handle)
        assert answer(handle, "erase 1 " + digest(read(folder + "/00001.drl"))) == (wire.JSON, {"erased": 1})
        assert names(folder) == []
        assert answer(handle, "sha 1")[1]["error"] == "missing"


def test_an_open_session_is_neither_confirmed_nor_erased():
    with Folder() as folder:
        handle = Handle(folder)
        handle.roll(51, 3000)
        handle.lift(1500)
        proof = digest(read(folder + "/00001.part"))
        assert answer(handle, "erase 1 " + proof)[1]["error"] == "open"
        handle.press(2200)
        assert names(folder) == ["00001.drl"]


def numbers(sessions):
    return [n for n, _, _ in sessions.listing()]


def test_confirmed_sessions_go_oldest_first_and_only_as_many_as_needed():
    with Folder() as folder:
        sessions = store_in(folder, blocks=store.RESERVE + 10)
        for is_confirmed in (False, True, False, True, True):
            occupy(sessions, 2, is_confirmed)
        assert sessions.make_room() == 2 * ROOM
        assert numbers(sessions) == [1, 3, 4, 5]
        occupy(sessions, 3)  # one block of them out of the reserve
        assert sessions.make_room() == ROOM
        assert numbers(sessions) == [1, 3, 5, 6]
        assert not sessions.is_full
        assert numbers(store_in(folder, blocks=store.RESERVE + 10)) == [1, 3, 5, 6]


def test_what_nobody_pulled_is_never_erased():
    with Folder() as folder:
        sessions = store_in(folder, blocks=store.RESERVE + 6)
        for _ in range(3):
            occupy(sessions, 2)
        sessions.look()
        assert sessions.is_full
        assert sessions.make_room() == 0
        assert numbers(sessions) == [1, 2, 3]


def test_a_full_flash_shows_counts_on_and_keeps_a_summary():
    with Folder() as folder:
        handle = Handle(folder, blocks=store.RESERVE + 5)
        occupy(handle.store, 5)
        handle.store.look()
        for _ in range(3):
            handle.roll(51, 1000)
            handle.lift(1500)
        assert handle.store.is_full
        handle.press(2200)
        data = read(folder + "/00002.drl")
        assert "log_full" in handle.states()
        assert told(data, records.STROKE) == []
        assert footer(data)["passes"] == 3
        assert footer(data)["path_counts"] == 153
        assert footer(data)["counters"]["log_lost_bytes"] == handle.app.counters()["log_lost_bytes"] > 0
        handle.store.remove(1)
        record_one(handle)
        assert len(told(read(folder + "/00003.drl"), records.STROKE)) == 1


def test_flash_that_fills_up_during_a_session_keeps_what_came_before():
    with Folder() as folder:
        handle = Handle(folder, blocks=store.RESERVE + 2)
        for _ in range(90):
            handle.roll(51, 3000)
            handle.lift(1500)
        handle.press(2200)
        data = read(folder + "/00001.drl")
    kept = len(told(data, records.STROKE))
    assert 0 < kept < 90
    assert footer(data)["passes"] == 90
    assert len(data) < 4 * BLOCK


def test_without_room_for_a_footer_nothing_is_begun_and_the_number_is_still_used_up():
    with Folder() as folder:
        kept = []
        sessions = store_in(folder, 7, kept.append, blocks=store.FLOOR + 1)
        occupy(sessions, 2)
        raises(OSError, sessions.create, sessions.new_number())
        assert kept == [9]
        assert names(folder) == ["00008.drl"]


def test_flash_that_fails_ends_no_rolling_and_costs_nothing_that_was_flushed():
    with Folder() as folder:
        handle = Handle(folder)
        for fails_after in (-1, 1, 0, 0):
            flash_of(folder).fails_after = fails_after
            handle.roll(51, 3000)
            handle.lift(1500)
        assert handle.app.meter.dose.passes[0] == 4
        assert "log_full" in handle.states()
        handle.press(2200)
        assert not handle.app.session.is_open
        assert handle.app.counters()["log_lost_bytes"] > 0
        flash_of(folder).fails_after = -1
        store_in(folder).close_leftovers(0)
        data = read(folder + "/00001.drl")
    assert footer(data)["end"] == "power_loss"
    assert footer(data)["passes"] == 2


def test_blocks_are_used_again_in_turn_and_none_is_erased_before_it_must():
    with Folder() as folder:
        sessions = store_in(folder, blocks=40)
        taken = []
        for _ in range(30):
            session = occupy(sessions, 3, is_confirmed=True)
            taken += [sessions.blocks.find(session, place, 0) for place in range(3)]
            sessions.remove(session)
            sessions = store_in(folder, blocks=40)
        assert taken == [i % 40 for i in range(90)]
        erases = flash_of(folder).erases
        assert erases == 50
        while sessions.tidy():
            pass
        assert flash_of(folder).erases == erases + 40
        assert not sessions.blocks.left and sessions.blocks.free == 40


def test_a_block_whose_erase_was_cut_is_erased_again_at_boot():
    with Folder() as folder:
        sessions = store_in(folder, blocks=20)
        sessions.remove(occupy(sessions, 2))
        flash = flash_of(folder)
        for fails_after in (0, 1):  # at the erase; between it and the mark
            flash.fails_after = fails_after
            raises(OSError, sessions.tidy)
            flash.fails_after = -1
            sessions = store_in(folder, blocks=20)
            assert sessions.blocks.left == 2 - fails_after
        while sessions.tidy():
            pass
        session = occupy(sessions, 20)
        size = 0
        with sessions.open_file(session) as f:
            for _ in range(20):
                piece = f.read(ROOM)
                assert piece == bytes(len(piece))
                size += len(piece)
        assert size == FIRST_ROOM + 19 * ROOM


def test_a_session_that_was_closed_but_not_entered_in_the_ledger_is_told_of_at_the_next_boot():
    with Folder() as folder:
        handle = Handle(folder)
        record_one(handle)
        record_one(handle)
        again = store_in(folder)
        again.close_leftovers(1)
        assert again.leftovers == [(2, "", None, 51, None)]
        again = store_in(folder)
        again.close_leftovers(2)
        assert again.leftovers == []


def test_a_treatment_is_told_of_however_long_its_zones_make_the_footer():
    header = {"format": 1, "head": {"id": "A1"}, "plan": {"subject": "P-1"}, "utc_s": 1800000000}
    zones = [[2000000000, 2000000000, 2000000000]] * MAX_ZONES
    counters = dict.fromkeys(COUNTERS, 2000000000)
    totals = {"passes": 20000, "path_counts": 9000000, "zones": zones, "counters": counters, "sha256": "f" * 64}
    told = header, {"filler": "x" * 3000}, {"filler": "x" * 3000}, totals
    kinds = wire.HEADER, wire.PLAN, wire.PLAN, wire.FOOTER
    with Folder() as folder:
        with open(folder + "/00001.drl", "wb") as f:
            for seq, (kind, payload) in enumerate(zip(kinds, told)):
                f.write(wire.pack_block(kind, 1, seq, 0, json.dumps(payload).encode()))
        assert len(json.dumps(totals)) > 1024
        again = store_in(folder)
        again.close_leftovers(0)
        assert again.leftovers == [(1, "A1", "P-1", 9000000, 1800000000)]


def test_nothing_waits_longer_for_flash_than_the_setting_says():
    with Folder() as folder:
        handle = Handle(folder)
        size = since = longest = 0
        for _ in range(60):  # short taps, of which none alone is worth a flush
            handle.roll(8, 150)
            handle.lift(350)
            now = handle.hal.t_us // 1000
            for _, written, _ in handle.store.listing():
                if written > size:
                    size = written
                    longest = max(longest, now - since)
                    since = now
        assert 3000 < longest <= handle.app.session._settings.flush_ms + 600
