"""The whole instrument on a handle without hardware: sessions, their files, the light and the link."""

import json

from flashchip import names, store_in
from logbook import ask, blocks, footer, told
from story import Folder, Handle, raises, read

from roller import decoding, records, wire
from roller import plan as plans
from roller.plan import Zone
from roller.store import CLOSED


def test_fifteen_strokes_are_fifteen_passes_in_the_log():
    with Folder() as folder:
        handle = Handle(folder)
        handle.wait(200)
        for _ in range(15):
            handle.roll(51, 1000)
            handle.lift()
        handle.press(2200)
        data = read(folder + "/00001.drl")
    assert footer(data)["passes"] == 15
    assert footer(data)["path_counts"] == 15 * 51
    assert footer(data)["end"] == "button"
    strokes = told(data, records.STROKE)
    assert [s[2] for s in strokes] == [51] * 15
    assert all(abs(s[5] - 2000) < 30 for s in strokes)
    assert len(told(data, records.CONTACT)) == 15


def test_the_footers_hash_is_that_of_the_bytes_before_it():
    from binascii import hexlify
    from hashlib import sha256

    with Folder() as folder:
        handle = Handle(folder)
        handle.roll(51, 1000)
        handle.lift()
        handle.press(2200)
        data = read(folder + "/00001.drl")
    length = wire.BLOCK_OVERHEAD + len(blocks(data)[-1][1])
    assert footer(data)["sha256"] == hexlify(sha256(data[:-length]).digest()).decode()


def test_a_drum_that_spins_in_the_air_makes_no_punctures():
    with Folder() as folder:
        handle = Handle(folder)
        handle.spin(1000, 5000)
        assert not handle.app.session.is_open
        handle.wait(20)
        handle.roll(51, 1000)
        handle.lift(20)
        handle.spin(500, 1000)
        handle.press(2200)
        data = read(folder + "/00001.drl")
    assert footer(data)["path_counts"] == 51


def test_five_minutes_without_contact_end_the_session():
    with Folder() as folder:
        handle = Handle(folder)
        handle.roll(51, 1000)
        handle.lift()
        handle.rest(301000)
        assert not handle.app.session.is_open
        assert footer(read(folder + "/00001.drl"))["end"] == "idle"


def test_a_short_press_changes_the_zone_and_ends_the_pass():
    plan = plans.Plan()
    plan.zones = [Zone("a", 1000, 10), Zone("b", 1000, 10)]
    with Folder() as folder:
        handle = Handle(folder, plan)
        handle.roll(40, 500)
        handle.press(200)
        handle.roll(30, 500)
        handle.lift()
        handle.press(2200)
        data = read(folder + "/00001.drl")
    assert [(s[3], s[7]) for s in told(data, records.STROKE)] == [(40, 0), (30, 1)]
    assert [z["passes"] for z in footer(data)["zones"]] == [1, 1]


def test_the_light_follows_the_hand():
    with Folder() as folder:
        handle = Handle(folder)
        handle.wait(100)
        handle.roll(51, 1000, 400)
        handle.roll(51, 1000, 2000)
        handle.roll(51, 1000, 7000)
        handle.roll(51, 1000, 2000)
        handle.lift()
    states = handle.states()
    assert states[:7] == ["ready", "rolling", "too_light", "rolling", "too_hard", "rolling", "pass_counted"]
    assert states[7:] == ["ready"]


def test_a_reached_target_is_shown_and_logged():
    plan = plans.Plan()
    plan.zones = [Zone("a", 1000, 300)]
    with Folder() as folder:
        handle = Handle(folder, plan)
        handle.roll(51, 1000)
        handle.lift()
        handle.press(2200)
        data = read(folder + "/00001.drl")
    assert "zone_done" in handle.states()
    assert [a[1] for a in told(data, records.ALERT)] == [records.number_of(records.ALERT_KINDS, "zone_done")]


def test_an_open_force_sensor_is_a_fault_and_ends_the_contact():
    with Folder() as folder:
        handle = Handle(folder)
        handle.roll(51, 1000)
        handle.hal.force_raw = 65535
        handle.spin(100, 1000)
        handle.hal.force_raw = None
        handle.lift(1000)
        handle.press(2200)
        data = read(folder + "/00001.drl")
    assert "fault" in handle.states()
    assert footer(data)["path_counts"] == 51
    assert [a[1] for a in told(data, records.ALERT)] == [0, 1]


def test_a_stall_is_a_recorded_gap_and_loses_no_counts():
    with Folder() as folder:
        handle = Handle(folder)
        handle.roll(51, 1000)
        handle.hal.t_us += 400000
        handle.hal.count += 40
        handle.roll(20, 500)
        handle.lift()
        handle.press(2200)
        data = read(folder + "/00001.drl")
    assert footer(data)["path_counts"] == 111
    assert [gap[1] for gap in told(data, records.GAP)] == [401]


def test_samples_and_strokes_tell_the_same_path():
    with Folder() as folder:
        handle = Handle(folder)
        for _ in range(4):
            handle.roll(300, 7000)
            handle.roll(-300, 7000)
            handle.lift()
        handle.press(2200)
        data = read(folder + "/00001.drl")
    moved = n = 0
    for kind, payload, t_ms in blocks(data):
        if kind == wire.DATA:
            times = records.Times(t_ms)
            for tag, start, end in decoding.rows(payload, 0, len(payload)):
                if tag == records.SAMPLES:
                    _, force, counts = decoding.get_samples(payload, start, end, times)
                    moved += sum(abs(c) for c in counts)
                    n += len(force)
    assert moved == footer(data)["path_counts"] == 2400
    assert abs(n * 10 - footer(data)["contact_ms"]) < 400


def test_a_power_cut_leaves_a_session_that_the_next_boot_closes():
    with Folder() as folder:
        handle = Handle(folder)
        for _ in range(3):
            handle.roll(51, 1000)
            handle.lift(1500)
        handle.roll(51, 1000)  # power goes here: this stroke was never flushed
        store = store_in(folder)
        store.close_leftovers(0)
        assert store.leftovers == [(1, "", None, 153, None)]
        assert store.state(1) == CLOSED
        data = read(folder + "/00001.drl")
    assert footer(data)["end"] == "power_loss"
    assert footer(data)["passes"] == 3
    assert footer(data)["path_counts"] == 153


def test_a_torn_tail_is_kept_and_the_footer_still_found():
    with Folder() as folder:
        handle = Handle(folder)
        handle.roll(51, 1000)
        handle.lift(1500)
        data = read(folder + "/00001.part")
        handle.store.resume(1, len(data)).write(data[:40])
        store_in(folder).close_leftovers(0)
        closed = read(folder + "/00001.drl")
    assert closed[: len(data) + 40] == data + data[:40]
    kind, _, _, _, start, end, following = wire.parse_block(closed, len(data) + 40)
    assert (kind, following) == (wire.FOOTER, len(closed))
    assert json.loads(closed[start:end])["passes"] == 1


def test_a_session_of_which_nothing_was_written_is_removed():
    with Folder() as folder:
        store_in(folder, 6).create(7)
        store = store_in(folder)
        store.close_leftovers(0)
        assert names(folder) == []
        assert store.new_number() == 8


def test_numbers_are_never_given_twice():
    with Folder() as folder:
        kept = []
        store = store_in(folder, 41, kept.append)
        store.create(store.new_number())
        assert kept == []  # rolling waits for no other memory: the session's first block has its number
        again = store_in(folder, 41, kept.append)
        assert (again.new_number(), kept) == (43, [42])
        again.remove(42)
        while again.tidy():
            pass
        assert store_in(folder, kept[-1], kept.append).new_number() == 44  # 43 was given, though to nothing


def test_the_link_gives_a_session_byte_for_byte():
    with Folder() as folder:
        handle = Handle(folder)
        handle.roll(51, 1000)
        handle.lift()
        handle.press(2200)
        data = read(folder + "/00001.drl")
        ((kind, _, listing),) = ask(handle, "list")
        assert json.loads(listing) == {
            "sessions": [{"id": 1, "bytes": len(data), "open": False, "confirmed": False}],
            "next": None,
        }
        pulled = b""
        while True:
            ((kind, offset, payload),) = ask(handle, "get 1 %d 700" % len(pulled))
            assert (kind, offset) == (wire.BYTES, len(pulled))
            if not payload:
                break
            pulled += payload
    assert pulled == data


def test_a_page_of_sessions_names_the_next():
    with Folder() as folder:
        for n in range(1, 16):
            with open("%s/%05d.drl" % (folder, n), "wb") as f:
                f.write(b"x" * n)
        handle = Handle(folder)
        ((_, _, first),) = ask(handle, "list")
        ((_, _, rest),) = ask(handle, "list %d" % json.loads(first)["next"])
    ids = [s["id"] for s in json.loads(first)["sessions"] + json.loads(rest)["sessions"]]
    assert ids == list(range(1, 16))
    assert json.loads(rest)["next"] is None


def test_while_recording_answers_are_short():
    with Folder() as folder:
        handle = Handle(folder)
        handle.roll(51, 3000)
        handle.lift(2000)
        assert handle.app.session.is_open
        ((_, _, payload),) = ask(handle, "get 1 0 1024")
        assert len(payload) + wire.FRAME_OVERHEAD <= 128


REFUSED = (
    "nonsense",
    "get",
    "get 1",
    "get 1 0 x",
    "get 99 0 10",
    "sha 99",
    "list -1",
    "confirm 1",
    "erase 99 %s" % ("0" * 64),
    "stop",
    "get 1 0 99999999999",
)


def test_bad_requests_are_answered_with_an_error_frame():
    with Folder() as folder:
        handle = Handle(folder)
        for text in REFUSED:
            ((kind, _, payload),) = ask(handle, text)
            assert kind == wire.ERROR, text
            assert json.loads(payload)["text"]
        assert handle.app.counters()["bad_requests"] == len(REFUSED)


def test_garbage_on_the_line_does_not_reach_the_next_request():
    with Folder() as folder:
        handle = Handle(folder)
        for garbage in (b"\xff\xfe\x00\n", b"@07 get 1 0 10 *00000000\n", b"@\n", b"x" * 5000 + b"\n", b"@zz *\n"):
            handle.hal.console.incoming = garbage
            handle.wait(2000)
            ((kind, _, _),) = ask(handle, "help")
            assert kind == wire.JSON


def test_a_typed_line_is_answered_in_text():
    with Folder() as folder:
        handle = Handle(folder)
        handle.hal.console.incoming = b"help\r\n"
        handle.wait(100)
    assert b"list: sessions in flash" in handle.hal.console.sent


def test_a_ctrl_c_in_the_callback_comes_out_of_the_loop():
    with Folder() as folder:
        handle = Handle(folder)
        handle.app.sampler.is_interrupted = True
        raises(KeyboardInterrupt, handle.app.step)
