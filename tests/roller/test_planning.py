"""Plans, brightness and the live view, over the link."""

import json
import os
from binascii import b2a_base64, crc32

from story import Folder, Handle, read
from test_plan import GOOD

from roller import plan as plans
from roller import planning, wire
from roller.feedback import NIGHT_PERCENT


def ask(handle, text):
    """(kind, answer) of the one JSON or ERROR frame that answers a request."""
    handle.hal.console.sent = b""
    handle.hal.console.incoming += wire.pack_request(5, text)
    handle.wait(100)
    kind, _, _, start, end, following = wire.parse_frame(handle.hal.console.sent)
    assert following == len(handle.hal.console.sent)
    return kind, json.loads(handle.hal.console.sent[start:end])


def push(handle, text, crc=None):
    """Send a plan in pieces and commit it; the answer to the commit."""
    for at in range(0, len(text), 90):
        kind, _ = ask(handle, "plan put %d %s" % (at, b2a_base64(text[at : at + 90]).decode().strip()))
        assert kind == wire.JSON
    return ask(handle, "plan commit %d %s" % (len(text), crc or "%08x" % crc32(text)))


TEXT = json.dumps(GOOD).encode()


def test_a_pushed_plan_is_used_at_once_and_at_the_next_boot():
    with Folder() as folder:
        handle = Handle(folder)
        kind, answer = push(handle, TEXT)
        assert (kind, answer["plan"]) == (wire.JSON, GOOD)
        assert handle.app.plan.subject == "P-0042"
        assert handle.app.feedback.state == "confirm_head"
        assert plans.load(folder + "/plan.bin", 32).subject == "P-0042"
        assert ask(handle, "plan")[1]["plan"] == GOOD
        handle.roll(51, 1000)
        handle.lift()
        assert handle.app.meter.dose.passes[0] == 1


def test_a_piece_sent_twice_is_harmless_and_a_lost_one_is_noticed():
    with Folder() as folder:
        handle = Handle(folder)
        piece = b2a_base64(TEXT[:60]).decode().strip()
        assert ask(handle, "plan put 0 " + piece)[1] == {"staged": 60}
        assert ask(handle, "plan put 0 " + piece)[1] == {"staged": 60}
        kind, answer = ask(handle, "plan put 61 " + piece)
        assert (kind, answer["error"]) == (wire.ERROR, "offset")


REFUSED = (
    "plan commit 10 00000000",
    "plan put x eA==",
    "plan put 0 A",
    "plan nonsense",
    "light 0",
    "light 101",
    "light bright",
    "live 7",
    "live x",
)


def test_what_makes_no_sense_is_refused():
    with Folder() as folder:
        handle = Handle(folder)
        for text in REFUSED:
            kind, answer = ask(handle, text)
            assert kind == wire.ERROR, text
            assert answer["text"]


def test_a_bad_plan_is_refused_whole():
    with Folder() as folder:
        handle = Handle(folder)
        push(handle, TEXT)
        bad = json.loads(TEXT)
        bad["zones"][0]["area_mm2"] = -1
        kind, answer = push(handle, json.dumps(bad).encode())
        assert (kind, answer["error"]) == (wire.ERROR, "plan")
        assert "area_mm2" in answer["text"]
        assert plans.load(folder + "/plan.bin", 32).source == GOOD
        kind, answer = push(handle, TEXT, "00000000")
        assert answer["error"] == "staged"


def test_a_plan_does_not_change_during_a_session():
    with Folder() as folder:
        handle = Handle(folder)
        handle.roll(51, 1000)
        handle.lift()
        assert ask(handle, "plan clear")[1]["error"] == "busy"


def test_a_session_that_is_closing_is_entered_under_its_own_plan():
    with Folder() as folder:
        handle = Handle(folder)
        push(handle, TEXT)
        subject, head_id = handle.app.plan.subject, handle.app.plan.head.id
        handle.hal.set_utc(1800000000)
        handle.roll(51, 1000)
        handle.lift()
        handle.app.session.close(handle.app.now_ms, "ask")
        assert handle.app.session.is_closing
        handle.app.use_plan(plans.Plan(32))
        assert handle.app.ledger.head(head_id) == (1, 51)
        assert handle.app.ledger.last_utc_s(subject) is not None


def test_a_cleared_plan_is_free_mode():
    with Folder() as folder:
        handle = Handle(folder)
        push(handle, TEXT)
        assert ask(handle, "plan clear")[1]["plan"] is None
        assert handle.app.plan.source is None
        assert "plan.bin" not in os.listdir(folder)
        assert ask(handle, "plan clear")[0] == wire.JSON


def test_a_cut_before_the_rename_leaves_the_old_plan():
    with Folder() as folder:
        path = folder + "/plan.bin"
        os.rename(planning.write(path, TEXT), path)
        old = read(path)
        with open(path + ".new", "wb") as f:
            f.write(old[:30])
        assert plans.load(path, 32).source == GOOD
        os.rename(planning.write(path, TEXT.replace(b"P-0042", b"P-0043")), path)
        assert plans.load(path, 32).subject == "P-0043"


def test_brightness_is_kept():
    with Folder() as folder:
        handle = Handle(folder)
        assert ask(handle, "light") == (wire.JSON, {"light_percent": 100})
        assert ask(handle, "light night")[1] == {"light_percent": NIGHT_PERCENT}
        assert handle.hal.numbers["light"] == NIGHT_PERCENT
        handle.hal.force_raw = 65535
        handle.wait(200)
        assert max(handle.hal.colour) <= 21
        assert ask(handle, "light 40")[1] == {"light_percent": 40}


def test_the_live_view_fits_the_fifo_and_tells_what_the_hand_does():
    with Folder() as folder:
        handle = Handle(folder)
        push(handle, TEXT)
        handle.roll(51, 1000)
        _, answer = ask(handle, "live")
        assert len(handle.hal.console.sent) <= 128
        assert (answer["s"], answer["p"], answer["q"], answer["o"]) == ("rolling", 0, 51, True)
        assert 0 < answer["e"] <= answer["q"]
        assert abs(answer["f"] - 2000) < 20
        handle.lift()
        before = ask(handle, "live 0")[1]
        assert before["p"] == 1
        handle.roll(51, 1000, 400)  # in contact, and too light to be effective
        after = ask(handle, "live 0")[1]
        assert after["q"] - before["q"] > 45 and after["e"] - before["e"] < 5
