"""The ledger of heads and subjects: what it holds whatever their names are, through power cuts, and who has to go."""

import json

from story import FakeHal

from roller import wire
from roller.ledger import MAX_ENTRIES, Ledger
from roller.plan import MAX_NAME

NOW_S = 1800000000
DAY_S = 86400
AGAIN = 8  # sessions that a boot enters once more: see store.AGAIN
HISTORIES = 6
SESSIONS = 60


def longest(n):
    """A name as long as a plan may have one: 40 characters of four bytes each in UTF-8."""
    return "\U0001f9b4" * (MAX_NAME - 3) + "".join(chr(0x1F600 + (n >> shift & 15)) for shift in (8, 4, 0))


class Dice:
    """Small numbers, the same each time."""

    def __init__(self, seed):
        self._n = seed * 7919 + 1

    def roll(self, n):
        self._n = (self._n * 1664525 + 1013904223) & 0xFFFFFFFF
        return (self._n >> 16) % n


def test_each_session_of_a_head_is_counted_once():
    hal = FakeHal()
    book = Ledger(hal)
    book.enter(1, "A1", "P-1", 320, NOW_S)
    book.enter(1, "A1", "P-1", 320, NOW_S)
    book.enter(2, "A1", "P-1", 64, None)
    book.keep()
    again = Ledger(hal)
    assert again.last_session == 2
    assert again.head("A1") == (2, 384)
    assert again.head("B2") == again.head("") == (0, 0)
    assert again.last_utc_s("P-1") == NOW_S
    assert again.last_utc_s("P-2") is None
    assert again.last_utc_s(None) is None


def test_eight_heads_and_subjects_with_the_longest_names_are_held_in_any_order_of_use():
    for seed in range(HISTORIES):
        hal = FakeHal()
        book = Ledger(hal)
        dice = Dice(seed)
        heads, subjects = {}, {}
        for session in range(1, SESSIONS + 1):
            head, subject = longest(dice.roll(MAX_ENTRIES)), longest(0x100 + dice.roll(MAX_ENTRIES))
            sessions, counts = heads.get(head, (0, 0))
            heads[head] = sessions + 1, counts + session
            subjects[subject] = NOW_S + session
            assert not book.head_to_go(head) and not book.subject_to_go(subject)
            book.enter(session, head, subject, session, NOW_S + session)
            book.keep()
            book = Ledger(hal)
            assert {name: book.head(name) for name in heads} == heads, (seed, session)
            assert {name: book.last_utc_s(name) for name in subjects} == subjects, (seed, session)
        assert len(heads) == len(subjects) == MAX_ENTRIES
        assert hal.stored_error is None


def test_it_takes_the_same_room_after_any_number_of_sessions_and_whatever_the_names_are():
    hal = FakeHal()
    book = Ledger(hal)
    sizes = set()
    for session in range(1, 200):
        name = longest(session) if session & 1 else "A"
        book.enter(session, name, name, 1, NOW_S)
        book.keep()
        sizes.update(len(blob) for blob in hal.nvs.blobs.values())
    assert len(sizes) == 1
    assert sizes.pop() < 512


def test_the_one_unused_for_longest_goes_and_is_named_before():
    for seed in range(HISTORIES):
        book = Ledger(FakeHal())
        dice = Dice(seed)
        held = []  # [name, sessions, time], that used last standing last
        pushed_out = 0
        for session in range(1, SESSIONS + 1):
            name = "N%d" % dice.roll(MAX_ENTRIES + 3)
            known = [each for each in held if each[0] == name]
            gone = held[0] if len(held) == MAX_ENTRIES and not known else [None, 0, 0]
            assert (book.head_to_go(name), book.subject_to_go(name)) == (gone[1], gone[2]), (seed, session)
            book.enter(session, name, name, 1, NOW_S + session)
            held = [each for each in held if each[0] not in (name, gone[0])]
            held.append([name, (known[0][1] if known else 0) + 1, NOW_S + session])
            assert [book.head(each[0])[0] for each in held] == [each[1] for each in held]
            assert [book.last_utc_s(each[0]) for each in held] == [each[2] for each in held]
            if gone[0]:
                pushed_out += 1
                assert book.head(gone[0]) == (0, 0) and book.last_utc_s(gone[0]) is None
        assert pushed_out > 5
    assert not book.head_to_go("") and not book.subject_to_go(None)


class Cut(Exception):
    """The power fails."""


def cut_write(hal, at):
    """Let the power fail in the next write when `at` of its bytes stand in the slot; what stood there may be torn."""
    commit = hal.nvs.commit

    def cut():
        pending, hal.nvs._pending = hal.nvs._pending, {}
        hal.nvs.commit = commit
        for key in pending:
            hal.nvs.blobs[key] = pending[key][:at] + hal.nvs.blobs.get(key, b"")[at:]
        raise Cut

    hal.nvs.commit = cut


def test_no_history_of_cuts_loses_an_entry_that_was_kept_or_forgets_a_lock():
    for seed in range(HISTORIES):
        hal = FakeHal()
        book = Ledger(hal)
        dice = Dice(seed)
        logs = []  # of all sessions, as flash has them
        heads, subjects = {}, {}
        cuts = 0
        for session in range(1, SESSIONS + 1):
            log = (session, "H%d" % dice.roll(MAX_ENTRIES), longest(dice.roll(MAX_ENTRIES)), 1, NOW_S + session)
            logs.append(log)
            heads[log[1]] = heads.get(log[1], 0) + 1
            subjects[log[2]] = log[4]
            kept = session - 1
            entered = (log,)
            while kept < session:
                for each in entered:
                    book.enter(*each)
                if dice.roll(2):
                    cut_write(hal, dice.roll(300))
                try:
                    book.keep()
                    kept = session
                except Cut:
                    cuts += 1
                    book = Ledger(hal)
                    entered = logs[-AGAIN:]
                assert Ledger(hal).last_session >= kept, (seed, session)
            book = Ledger(hal) if dice.roll(2) else book
            assert {name: book.head(name)[0] for name in heads} == heads, (seed, session)
            assert {name: book.last_utc_s(name) for name in subjects} == subjects, (seed, session)
        assert cuts > 10, cuts


def old_block(sequence, kept):
    """As older firmware kept a ledger."""
    return bytes(wire.pack_block(wire.LEDGER, 0, sequence, 0, json.dumps(kept).encode()))


def test_a_ledger_that_makes_no_sense_is_told_and_does_not_keep_the_handle_from_starting():
    for kind, payload in (
        (wire.LEDGER_ROWS, b"\0" * 12),
        (wire.LEDGER, b"[1, 2]"),
        (wire.LEDGER, b'{"session": 1}'),
        (wire.LEDGER, b"{"),
    ):
        hal = FakeHal()
        hal.nvs.blobs["led_a"] = bytes(wire.pack_block(kind, 0, 2, 0, payload))
        book = Ledger(hal)
        assert hal.stored_error and hal.stored_error.startswith("led: "), payload
        book.enter(9, "A1", "P-1", 320, NOW_S)
        book.keep()
        assert Ledger(hal).head("A1") == (1, 320)


def test_a_ledger_of_older_firmware_is_read_also_one_that_was_too_long_for_that():
    heads = [["head %d %s" % (n, "h" * 33), n + 1, 1000 * n] for n in range(MAX_ENTRIES)]
    subjects = [["Pr\xfcfling %d %s" % (n, "p" * 30), NOW_S + n] for n in range(MAX_ENTRIES)]
    hal = FakeHal()
    hal.nvs.blobs["led_b"] = old_block(7, {"session": 41, "heads": heads[:2], "subjects": []})
    hal.nvs.blobs["led_a"] = old_block(8, {"session": 42, "heads": heads, "subjects": subjects})
    assert len(hal.nvs.blobs["led_a"]) > 512
    book = Ledger(hal)
    assert (book.last_session, hal.stored_error) == (42, None)
    assert [book.head(head[0]) for head in heads] == [(head[1], head[2]) for head in heads]
    assert [book.last_utc_s(each[0]) for each in subjects] == [each[1] for each in subjects]
    assert book.head_to_go("another") == heads[0][1]
    book.enter(43, heads[0][0], subjects[0][0], 5, NOW_S + 50)
    book.keep()
    again = Ledger(hal)
    assert again.head(heads[0][0]) == (2, 5)
    assert [again.last_utc_s(each[0]) for each in subjects[1:]] == [each[1] for each in subjects[1:]]
    assert wire.parse_block(hal.nvs.blobs["led_a"])[2] == 8  # the old one is still there, beside the new


def test_an_nvs_that_fails_is_told_and_the_next_session_is_kept_with_the_one_before():
    hal = FakeHal()
    book = Ledger(hal)
    book.enter(1, "A1", "P-1", 10, NOW_S)
    hal.nvs.error = OSError(-0x1105, "ESP_ERR_NVS_NOT_ENOUGH_SPACE")
    book.keep()
    told = hal.stored_error
    assert told.startswith("led: ") and "ESP_ERR_NVS_NOT_ENOUGH_SPACE" in told
    book.keep()
    assert hal.stored_error == told  # however often
    assert not hal.nvs.blobs
    hal.nvs.error = None
    book.enter(2, "A1", "P-1", 10, NOW_S)
    book.keep()
    assert Ledger(hal).head("A1") == (2, 20)
