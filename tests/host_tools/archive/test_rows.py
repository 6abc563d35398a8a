"""What the index keeps of a session: from header and footer alone if nothing is lost, and the same as `show` says."""

import random

import pytest

from dermaroller.archive import rows
from dermaroller.session import Session
from dermaroller.summary import own_start, summary

from ..golden import FOLDER
from ..logs import LogBuilder, whole_log
from .sessions import digest

TOTALS = "duration_s contact_s passes path_mm punctures effective_punctures subject device board".split()
FILES = {path.stem: path.read_bytes() for path in FOLDER.glob("*.drl")}
FILES |= {"with its clock set": whole_log(utc_s=9).data(), "without": whole_log().data()}


def row(data):
    return rows.row_of(digest(data), data)


@pytest.mark.parametrize("name", FILES)
def test_a_whole_session_is_the_same_read_in_short_and_throughout(name):
    data = FILES[name]
    assert rows._light(data, rows.scan(data)[0]), "it is read by its header and footer"
    assert bool(rows._light(data, rows._ends(data))) == (name == "with its clock set")
    told = summary(Session.parse(data), own_start)
    found = row(data)
    assert {key: getattr(found.values, key) for key in TOTALS} == {key: getattr(told, key) for key in TOTALS}
    assert found.zones == told.zones
    start = own_start(Session.parse(data))
    assert (found.values.start_s, found.values.start_source) == (
        start.at.timestamp() if start else None, told.start_source,
    )  # fmt: skip


@pytest.mark.slow
def test_whatever_byte_is_harmed_the_short_way_says_what_the_long_one_does(monkeypatch):
    dice = random.Random(3)
    whole = whole_log(utc_s=1_800_000_000).data()
    harmed = [bytearray(whole) for _ in range(100)]
    for data in harmed:
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    harmed += [whole[:n] for n in (0, 1, 17, 500, len(whole) - 1)] + [whole + b"\xd7", whole[9:], whole + whole]
    short = [row(bytes(data)) for data in harmed]
    monkeypatch.setattr(rows, "_light", lambda data, blocks: None)
    assert short == [row(bytes(data)) for data in harmed]
    assert {one.values.state for one in short} >= {rows.DAMAGED, rows.UNREADABLE}


def test_a_power_cut_in_the_middle_is_seen_though_the_device_closed_the_log():
    log = whole_log(utc_s=9)
    log.blocks[2:3] = [log.blocks[2][:40]]  # torn, before the device summed up what was left
    log.blocks.pop()
    data = log.footer(end="power_loss").data()
    assert row(data).values.state == rows.DAMAGED
    assert rows.state_of(Session.parse(data)) == rows.DAMAGED


def test_a_damaged_session_is_read_throughout_and_says_so():
    data = bytearray(whole_log().data())
    data[900] ^= 1
    found = row(bytes(data))
    assert found.values.state == rows.DAMAGED
    assert found.values.passes == summary(Session.parse(bytes(data))).passes


@pytest.mark.parametrize(
    "data, state",
    [
        (whole_log().data(), rows.WHOLE),
        (LogBuilder().stroke().footer(end="power_loss").data(), rows.POWER_LOSS),
        (LogBuilder().stroke().data(), rows.NOT_CLOSED),
        (LogBuilder().stroke().footer(sha256="00").data(), rows.DAMAGED),
        (b"no session", rows.UNREADABLE),
        (b"", rows.UNREADABLE),
    ],
)
def test_the_state_in_a_word(data, state):
    assert row(data).values.state == state


def test_a_later_format_is_kept_and_named():
    data = bytearray(whole_log().data())
    newer = whole_log().data().replace(data[:3], data[:2] + bytes([2 << 4 | 1]))
    from zlib import crc32

    end = 13 + int.from_bytes(newer[3:5], "little")
    newer = newer[:end] + crc32(newer[:end]).to_bytes(4, "little") + newer[end + 4 :]
    assert row(newer).values.state == rows.NEWER


def test_bytes_that_are_not_those_of_their_name():
    data = whole_log().data()
    assert rows.row_of(digest(b"other"), data).values.state == rows.ALTERED


@pytest.mark.parametrize("utc_s", [10**12, 2.6e11])
def test_a_clock_that_was_set_to_nonsense_is_no_start(utc_s):
    assert row(whole_log(utc_s=utc_s).data()).values.start_s is None


def test_codes_of_any_script_in_one_spelling():
    found = row(whole_log(plan={"subject": "Ame\u0301lie"}).data())
    assert found.values.subject == "Amélie"
    assert row(whole_log(plan={"subject": "\ud800"}).data()).values.subject == "?"
