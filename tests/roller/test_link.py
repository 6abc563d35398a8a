"""The link under bad bytes, bad hosts and a hand that rolls."""

import gc
import json

from logbook import ask, footer, told
from story import Folder, Handle, read

from roller import records, services, wire

NOISE_BYTES = 20000
MUTATED = 400


class Noise:
    """The same numbers under both interpreters."""

    def __init__(self, seed):
        self._state = seed

    def below(self, n):
        self._state = (self._state * 1103515245 + 12345) & 0x7FFFFFFF
        return (self._state >> 8) % n

    def bytes(self, n):
        """Anything but Ctrl-C, which stops the application, as it must."""
        return bytes([self.below(252) + 4 if self.below(20) else b"\n\r@"[self.below(3)] for _ in range(n)])


def spoilt(request, noise):
    """A request with one to three harms done to it."""
    line = bytearray(request)  # never gets empty: a harm takes away one byte at the most
    for _ in range(noise.below(3) + 1):
        at = noise.below(len(line))
        harm = noise.below(5)
        if harm == 0:
            line[at] ^= 1 << noise.below(8)
        elif harm == 1:
            line = line[:at] + line[at + 1 :]
        elif harm == 2:
            line = line[:at] + noise.bytes(noise.below(9) + 1) + line[at:]
        elif harm == 3:
            line = line[: at + 1] + b"\n"
        else:
            line = line + line[at:]
    return bytes(line).replace(b"\x03", b"")


REQUESTS = ("nonsense", "list", "get 1 0 512", "sha 1", "time", "cal", "raw", "help", "stop", "get 1 100 96")


def free():
    gc.collect()
    return gc.mem_free() if hasattr(gc, "mem_free") else 0


def test_noise_changes_nothing():
    noise = Noise(1)
    with Folder() as folder:
        handle = Handle(folder)
        handle.roll(51, 1000)
        handle.lift()
        handle.press(2200)
        data = read(folder + "/00001.drl")
        ask(handle, "help")
        ask(handle, "get 1 0 512")  # what answers is loaded, and the frame taken, at the first request
        before = free()
        samples = handle.app.meter.count
        for _ in range(NOISE_BYTES // 250):
            handle.hal.console.incoming = noise.bytes(250)
            handle.hal.console.sent = b""
            handle.spin(2, 25)
        assert handle.app.sampler.count == 51 + 2 * (NOISE_BYTES // 250)
        assert handle.app.meter.count > samples
        handle.hal.console.incoming = b"\n"
        handle.wait(200)
        ((kind, _, payload),) = ask(handle, "get 1 0 512")
        assert (kind, payload) == (wire.BYTES, data[:512])
        assert handle.app.counters()["ring_overflow"] == 0
        handle.hal.console.sent = b""
        assert free() >= before - 1024


def test_mutated_requests_change_nothing():
    noise = Noise(2)
    with Folder() as folder:
        handle = Handle(folder)
        handle.roll(51, 1000)
        handle.lift()
        handle.press(2200)
        data = read(folder + "/00001.drl")
        kept = dict(handle.hal.nvs.blobs)
        for i in range(MUTATED):
            handle.hal.console.incoming = spoilt(wire.pack_request(i & 255, REQUESTS[i % len(REQUESTS)]), noise)
            handle.hal.console.sent = b""
            handle.wait(60)
        handle.wait(200)
        assert handle.hal.nvs.blobs == kept
        assert read(folder + "/00001.drl") == data
        ((kind, _, payload),) = ask(handle, "get 1 0 512")
        assert (kind, payload) == (wire.BYTES, data[:512])


def test_a_request_behind_the_rest_of_another_is_answered():
    with Folder() as folder:
        handle = Handle(folder)
        for rest in (b"@07 get 1 0 10", b"\xff\x00 *", b"lis", b"@@@"):
            handle.hal.console.incoming = rest
            ((kind, _, _),) = ask(handle, "time")
            assert kind == wire.JSON


def test_a_damaged_request_is_not_taken_for_a_typed_one():
    with Folder() as folder:
        handle = Handle(folder)
        handle.roll(51, 500)
        assert handle.app.session.is_open
        handle.hal.console.incoming = wire.pack_request(7, "stop")[4:]
        handle.wait(200)
        assert handle.app.session.is_open
        assert handle.app.counters()["bad_requests"] == 1


def writes(handle, ms):
    """(ms, bytes) of each write to the line in the time to come."""
    found = []
    for _ in range(ms // 5):
        handle.hal.console.sent = b""
        handle.wait(5)
        if handle.hal.console.sent:
            found.append((handle.hal.t_us // 1000, len(handle.hal.console.sent)))
    return found


def test_while_recording_no_write_waits_for_the_line():
    with Folder() as folder:
        handle = Handle(folder)
        handle.roll(51, 500)
        handle.hal.console.incoming = wire.pack_request(1, "help") + wire.pack_request(2, "help")
        found = writes(handle, 500)
    assert sum([size for _, size in found]) > 900
    assert max([size for _, size in found]) <= 115
    assert min([found[i + 1][0] - found[i][0] for i in range(len(found) - 1)]) >= 10


def test_in_idle_the_loop_turns_while_an_answer_leaves():
    with Folder() as folder:
        with open(folder + "/00001.drl", "wb") as f:
            f.write(bytes(3000))
        handle = Handle(folder)
        handle.hal.console.incoming = wire.pack_request(1, "get 1 0 3000")
        found = writes(handle, 200)
    assert sum([size for _, size in found]) == wire.FRAME_OVERHEAD + 2048
    assert max([size for _, size in found]) <= 128


def test_a_host_that_went_away_costs_one_slice():
    with Folder() as folder:
        with open(folder + "/00001.drl", "wb") as f:
            f.write(bytes(3000))
        handle = Handle(folder)
        handle.hal.console.is_taken = False
        handle.hal.console.incoming = wire.pack_request(1, "get 1 0 1000")
        assert len(writes(handle, 200)) == 1
        assert handle.app.link.cut_answers == 1
        handle.hal.console.is_taken = True
        ((kind, _, _),) = ask(handle, "time")
        assert kind == wire.JSON


def test_a_long_file_is_hashed_while_samples_are_taken():
    with Folder() as folder:
        with open(folder + "/00001.drl", "wb") as f:
            f.write(bytes(60000))
        handle = Handle(folder)
        handle.hal.console.incoming = wire.pack_request(1, "sha 1")
        handle.spin(20, 40)
        assert handle.hal.console.sent == b""
        handle.spin(20, 400)
        assert b'"bytes":60000' in handle.hal.console.sent
        assert handle.app.sampler.count == 40


def test_a_long_answer_is_made_over_several_turns():
    with Folder() as folder:
        handle = Handle(folder)
        handle.hal.console.incoming = wire.pack_request(9, "help")
        handle.wait(10)
        assert handle.hal.console.sent == b""
        assert handle.app.link.is_at_work()
        handle.wait(100)
        _, _, _, start, end, _ = wire.parse_frame(handle.hal.console.sent)
        answer = json.loads(handle.hal.console.sent[start:end])
    assert set(answer) == set(services.VERBS)
    assert (answer["help"], answer["get"]) == ("this text", "bytes of a session: get ID OFFSET LENGTH")


def test_an_answer_is_the_same_json_however_it_is_made():
    whole = {"a": 1, "b": [{"c": None}, True], "d": {"e": "x" * 300}}

    def in_pieces(words):
        yield "a", whole["a"]
        yield None
        yield ', "b": [{"c": null}, '
        yield "true]"
        yield "d", whole["d"]

    with Folder() as folder:
        handle = Handle(folder)
        for answer in (lambda words: whole, in_pieces, lambda words: iter([whole])):
            handle.app.link._ask = answer
            ((kind, _, payload),) = ask(handle, "list")
            assert (kind, json.loads(payload)) == (wire.JSON, whole)
        handle.app.link._ask = lambda words: iter(())
        assert ask(handle, "list")[0][2] == b"{}"


def test_an_answer_that_fails_half_way_is_an_error_and_nothing_else():
    def broken(words):
        yield "a", "x" * 500
        yield None
        raise OSError(5)

    with Folder() as folder:
        handle = Handle(folder)
        handle.app.link._ask = broken
        ((kind, _, payload),) = ask(handle, "list")
        assert (kind, json.loads(payload)["error"]) == (wire.ERROR, "failed")


def test_an_answer_may_fill_the_largest_frame_but_no_more():
    with Folder() as folder:
        handle = Handle(folder)
        for size, kind in ((2500, wire.JSON), (4000, wire.JSON), (4090, wire.ERROR), (10, wire.JSON)):
            handle.app.link._ask = lambda words: {"a": "x" * size}  # noqa: B023 - it is asked at once
            handle.hal.console.sent = b""
            handle.hal.console.incoming = wire.pack_request(9, "list")
            handle.wait(300)
            assert wire.parse_frame(handle.hal.console.sent)[0] == kind, size


def test_who_types_gets_lines():
    with Folder() as folder:
        handle = Handle(folder)
        handle.hal.console.incoming = b"time\n"
        handle.wait(200)
        lines = handle.hal.console.sent.decode().split("\r\n")
        assert "device: fake" in lines and "utc_s: None" in lines
        handle.hal.console.sent = b""
        handle.hal.console.incoming = b"help\n"
        handle.wait(200)
        lines = handle.hal.console.sent.decode().split("\r\n")
        assert "stop: end the open session" in lines and "help: this text" in lines


def test_a_flash_that_fails_is_an_answer():
    with Folder() as folder:
        handle = Handle(folder)

        def broken(words):
            raise OSError(5)

        handle.app.link._ask = broken
        ((kind, _, payload),) = ask(handle, "list")
        assert (kind, json.loads(payload)["error"]) == (wire.ERROR, "failed")
        assert "OSError" in json.loads(payload)["text"]


def test_the_host_ends_the_open_session():
    with Folder() as folder:
        handle = Handle(folder)
        handle.roll(51, 1000)
        ((kind, _, payload),) = ask(handle, "stop")
        assert (kind, json.loads(payload)) == (wire.JSON, {"stopped": 1})
        assert footer(read(folder + "/00001.drl"))["end"] == "ask"


def test_the_clock_is_set_and_dates_the_open_session():
    with Folder() as folder:
        handle = Handle(folder)
        ((_, _, payload),) = ask(handle, "time")
        assert json.loads(payload)["utc_s"] is None
        assert json.loads(payload)["boot"] == 1
        handle.roll(51, 1000)
        ((kind, _, payload),) = ask(handle, "time set 1800000000 250")
        assert kind == wire.JSON
        assert json.loads(payload)["utc_s"] == 1800000000
        handle.lift()
        handle.press(2200)
        ((t_ms, utc_s, utc_ms),) = told(read(folder + "/00001.drl"), records.CLOCK)
    assert 1000 < t_ms < 1200
    assert (utc_s, utc_ms) == (1800000000, 250)


def test_times_that_cannot_be_are_refused():
    with Folder() as folder:
        handle = Handle(folder)
        for text in ("time now", "time set", "time set 1", "time set 5 0", "time set 1800000000 1000", "time set -1 0"):
            ((kind, _, payload),) = ask(handle, text)
            assert (kind, json.loads(payload)["error"]) == (wire.ERROR, "usage")
        assert handle.hal.epoch_s is None
