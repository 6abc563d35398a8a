"""What a handle measures of itself. The figures themselves are judged on the virtual board."""

import json
import os

from story import Folder, Handle, raises
from test_planning import ask

from roller import selftest, wire


def answer_of(handle, text):
    """The JSON that a test gives which takes its time."""
    hal = handle.hal
    hal.console.sent = b""
    hal.console.incoming += wire.pack_request(9, text)
    for _ in range(100):
        handle.wait(100)
        if hal.console.sent and not handle.app.link.is_at_work():
            _, _, _, start, end, _ = wire.parse_frame(hal.console.sent)
            return json.loads(hal.console.sent[start:end])
    raise AssertionError("no answer")


def test_flash_holds_what_was_written_until_the_end():
    with Folder() as folder:
        handle = Handle(folder)
        answer = answer_of(handle, "selftest flash")
        assert (len(answer["write_us"]), answer["same"]) == (selftest.CHUNKS, selftest.CHUNKS)
        handle.hal.console.sent = b""
        handle.hal.console.incoming += wire.pack_request(1, "selftest bytes 512 100")
        handle.wait(200)
        wanted = bytearray(selftest.CHUNK)
        selftest.fill(wanted, 1)
        kind, _, offset, start, end, _ = wire.parse_frame(handle.hal.console.sent)
        assert (kind, offset) == (wire.BYTES, 512)
        assert handle.hal.console.sent[start:end] == wanted[:100]
        assert ask(handle, "selftest end")[1] == ask(handle, "selftest end")[1] == {}
        assert "selftest.bin" not in os.listdir(folder)
        assert ask(handle, "selftest bytes 0 100")[0] == wire.ERROR


def test_a_sensor_that_fails_in_a_test_does_not_end_the_sampling():
    with Folder() as folder:
        handle = Handle(folder)
        test = selftest.adc(handle.app, [])
        next(test)
        handle.hal.read_force_raw = _fail
        raises(OSError, next, test)
        assert handle.hal.is_sampling
        del handle.hal.read_force_raw
        test = selftest.timer(handle.app, [100])
        next(test)
        raises(OSError, test.throw, OSError(19))
        assert handle.hal.is_sampling


def _fail():
    raise OSError(19)


def test_pieces_differ_from_each_other():
    pieces = []
    for i in range(3):
        pieces.append(bytearray(selftest.CHUNK))
        selftest.fill(pieces[-1], i)
    assert pieces[0][:4] == b"\x00\x07\x0e\x15"
    assert pieces[0] != pieces[1] != pieces[2]


def test_a_colour_is_shown_for_its_time_and_then_what_was_there():
    with Folder() as folder:
        handle = Handle(folder)
        handle.wait(20)
        before = handle.hal.colour
        handle.hal.console.incoming += wire.pack_request(1, "selftest light 0 0 255 300")
        handle.wait(20)
        assert handle.hal.colour == (0, 0, 255)
        handle.wait(1000)
        assert handle.hal.colour in (before, handle.app.feedback.colour)


def test_readings_are_summed_up_and_sampling_goes_on():
    with Folder() as folder:
        handle = Handle(folder)
        answer = ask(handle, "selftest adc")[1]
        assert (answer["mean_raw"], answer["min_raw"], answer["max_raw"], answer["squares"]) == (3200, 3200, 3200, 0)
        assert handle.hal.is_sampling
        answer_of(handle, "selftest timer 50")
        assert handle.hal.is_sampling


def test_a_session_is_not_disturbed_and_nonsense_is_refused():
    with Folder() as folder:
        handle = Handle(folder)
        for text in ("selftest", "selftest nonsense", "selftest light 1", "selftest timer"):
            assert ask(handle, text)[1]["error"] == "usage", text
        handle.roll(40, 500)
        assert ask(handle, "selftest adc")[1]["error"] == "busy"
