"""Requests, pages and ranges, over lines that are good and bad."""

import hashlib

import pytest

from dermaroller.device import Device, Listed
from dermaroller.errors import DeviceRefused, DeviceSilent

from .fake_device import HARMS, Every, FakeDevice, drop

CONTENT = bytes((i * 7 + i // 251) % 256 for i in range(20_000))


def device_of(fake, **options):
    return Device(fake, "/dev/fake", silence_s=0.01, **options)


def test_info():
    assert device_of(FakeDevice({})).info().device == "c0ffee"


def test_the_list_is_asked_page_by_page():
    fake = FakeDevice({i: bytes(i) for i in range(1, 30)}, page=12)
    fake.open_ids = {29}
    listed = device_of(fake).list_sessions()
    assert fake.requests == ["list 0", "list 13", "list 25"]
    assert listed[0] == Listed(1, 1, False)
    assert listed[-1] == Listed(29, 29, True)


def test_a_range_comes_whole_with_several_requests_under_way():
    fake = FakeDevice({5: CONTENT})
    assert b"".join(device_of(fake).read_range(5, 0, len(CONTENT))) == CONTENT
    assert fake.requests[:4] == ["get 5 0 2048", "get 5 2048 2048", "get 5 4096 2048", "get 5 6144 2048"]
    assert len(fake.requests) == 10


def test_a_range_goes_on_from_an_offset():
    fake = FakeDevice({5: CONTENT})
    assert b"".join(device_of(fake).read_range(5, 19_000, len(CONTENT))) == CONTENT[19_000:]


def test_a_device_with_little_room_is_asked_for_little():
    fake = FakeDevice({5: CONTENT[:3000]}, max_payload=96)
    assert b"".join(device_of(fake).read_range(5, 0, 3000)) == CONTENT[:3000]
    assert fake.requests[-1].split()[3] != "2048"


def test_a_file_shorter_than_promised_ends_the_range():
    fake = FakeDevice({5: CONTENT[:1500]})
    assert b"".join(device_of(fake).read_range(5, 0, 9000)) == CONTENT[:1500]


@pytest.mark.parametrize("name", HARMS)
@pytest.mark.parametrize("n", [2, 3, 7])
def test_a_bad_line_still_gives_the_very_bytes(name, n):
    fake = FakeDevice({5: CONTENT}, spoil=Every(n, HARMS[name]))
    assert b"".join(device_of(fake).read_range(5, 0, len(CONTENT))) == CONTENT


@pytest.mark.parametrize("name", HARMS)
def test_a_bad_line_still_gives_answers(name):
    fake = FakeDevice(dict.fromkeys(range(1, 40), b""), spoil=Every(2, HARMS[name]))
    device = device_of(fake)
    assert len(device.list_sessions()) == 39
    assert device.sha256(3).startswith("e3b0c442")


def test_a_silent_device_is_given_up_with_a_sentence():
    fake = FakeDevice({}, spoil=drop)
    with pytest.raises(
        DeviceSilent, match=r"/dev/fake does not answer 'info' \(nothing came back in 0\.\d s\)\. Check"
    ):
        device_of(fake).info()
    assert fake.requests == ["info"] * 5


def test_a_device_that_falls_silent_in_a_range_is_given_up():
    fake = FakeDevice({5: CONTENT}, spoil=lambda reply: [])
    with pytest.raises(DeviceSilent, match="get 5 0"):
        list(device_of(fake).read_range(5, 0, 5000))


def test_something_else_that_talks_is_no_dermaroller():
    fake = FakeDevice({}, spoil=lambda reply: [b"$GPGGA,1,2,3*4\r\n"])
    with pytest.raises(DeviceSilent, match=r"80 bytes came that are no answer in 0\.\d s"):
        device_of(fake).info()


class OneBehind:
    """Gives each answer only when something is asked again."""

    def __init__(self):
        self._held = []

    def __call__(self, reply):
        came, self._held = self._held, [reply]
        return came


def test_a_late_answer_to_the_first_try_counts():
    fake = FakeDevice({1: b"x"}, spoil=OneBehind())
    device = device_of(fake)
    assert device.info().device == "c0ffee"
    assert fake.requests == ["info", "info"]
    assert device.list_sessions() == [Listed(1, 1, False)]  # behind the second answer to `info`
    device.erase(1, hashlib.sha256(b"x").hexdigest())
    device.stop()
    assert fake.sessions == {}


def test_a_late_range_is_whole():
    fake = FakeDevice({5: CONTENT}, spoil=OneBehind())
    assert b"".join(device_of(fake).read_range(5, 0, len(CONTENT))) == CONTENT


def test_answers_to_old_tags_are_no_answers():
    kept = []

    def haunted(reply):
        kept.append(reply)
        return [*kept[:-1], reply]

    fake = FakeDevice({5: CONTENT}, spoil=haunted)
    device = device_of(fake)
    assert device.info().device == "c0ffee"
    assert device.sha256(5) == hashlib.sha256(CONTENT).hexdigest()
    assert b"".join(device.read_range(5, 0, len(CONTENT))) == CONTENT
    assert len(fake.requests) == 12  # each once


def test_a_babbling_line_is_given_up_in_the_same_time():
    now_s = 0.0

    class Babble(FakeDevice):
        def read(self):
            nonlocal now_s
            now_s += 0.05
            return self._reply(200, "info")  # for ever, to a tag that nobody asks under

    device = Device(Babble({}), "/dev/fake", silence_s=1.5, clock=lambda: now_s)
    with pytest.raises(DeviceSilent):
        device.info()
    assert now_s < 15


def test_an_error_answer_says_what_was_refused():
    with pytest.raises(DeviceRefused, match=r"/dev/fake refused 'sha 9': cannot sha 9\.") as caught:
        device_of(FakeDevice({})).sha256(9)
    assert caught.value.reason == "missing"
    with pytest.raises(DeviceRefused, match="get 9 0 100"):
        list(device_of(FakeDevice({})).read_range(9, 0, 100))


def test_an_answer_that_is_no_json_object_is_refused():
    fake = FakeDevice({})
    fake.is_honest = False
    fake._info = lambda: (1, 0, b"[1, 2]")
    with pytest.raises(DeviceRefused, match="not JSON"):
        device_of(fake).info()


def test_an_application_that_was_stopped_is_started_again():
    fake = FakeDevice({1: b"x"})
    fake.is_stopped = True
    said = []
    assert device_of(fake, say=said.append).list_sessions() == [Listed(1, 1, False)]
    assert len(said) == 1 and "MicroPython prompt" in said[0]
    assert fake.written.endswith(b"\x04")
    assert b"\x03" not in fake.written  # never Ctrl-C


def test_an_application_that_ends_again_and_again_is_not_started_for_ever():
    fake = FakeDevice({1: b"x"})

    def at_prompt(data):
        fake.written += data
        fake._out += b"MPY: soft reboot\r\nMemoryError\r\n>>> " if data == b"\x04" else data + b"\r\n>>> "

    fake.is_stopped = True
    fake._at_prompt = at_prompt
    with pytest.raises(DeviceSilent, match="ends as soon as it is started"):
        device_of(fake).list_sessions()
    assert fake.written.count(b"\x04") == 2


def test_stop():
    fake = FakeDevice({})
    device_of(fake).stop()
    assert fake.requests == ["stop"]
