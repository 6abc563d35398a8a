"""A device that answers late, by the real firmware: each answer counts, whichever try it is for; none is mistaken."""

import hashlib

import pytest

from dermaroller.device import SILENCE_S, Device
from dermaroller.errors import DeviceRefused, DeviceSilent
from dermaroller.sim.lockstep import LockStep
from roller import wire

from .relay import Late
from .rolled import write_strokes

BAUD = 115_200
LATE_S = 2.0  # the question is asked again before the answer to its first try comes
UTC_MS = 1_800_000_000_000


class Slow:
    """The real firmware behind a line that is late, and what the host said and wrote."""

    def __init__(self, peer, delay_s):
        self.peer = peer
        self.line = Late(peer, delay_s)
        self.said = []
        self.device = Device(self.line, "late", self.said.append, clock=peer.now_s)

    def asked(self):
        """The requests so far, in order, as often as they were asked."""
        return [wire.parse_request(line)[1] for line in self.line.written.translate(None, b"\x02").split(b"\n") if line]


@pytest.fixture
def slow(flash):
    with LockStep(flash, baud=BAUD) as peer:
        peer.wait(1)
        yield Slow(peer, LATE_S)


def test_the_answer_to_the_first_try_counts(slow):
    begun_s = slow.peer.now_s()
    assert slow.device.info().sessions == 2
    assert slow.asked() == ["info", "info"]
    assert slow.peer.now_s() - begun_s < LATE_S + 0.5


def test_answers_to_what_was_asked_before_are_dropped(slow):
    slow.device.info()
    answer = slow.device.ask("time")  # the second answer to `info` comes in between
    assert set(answer) == {"device", "boot", "utc_s", "uptime_ms"}
    assert [one.id for one in slow.device.list_sessions()] == [1, 2]
    assert slow.device.ask("light") == {"light_percent": 100}


def test_bytes_that_come_late_are_the_very_bytes(slow, rolled):
    content = rolled[1]["00002.drl"]
    assert b"".join(slow.device.read_range(2, 0, len(content))) == content
    assert slow.device.sha256(2) == hashlib.sha256(content).hexdigest()


def test_what_takes_long_is_asked_once_and_told_once(slow):
    slow.line.delay_s = 5.0
    slow.device.sha256(1)
    slow.device.sha256(2)
    assert slow.asked() == ["sha 1", "sha 2"]
    (sentence,) = slow.said
    assert sentence.startswith("late has not answered 'sha 1' for 3 s;")


def test_a_device_that_is_in_time_is_not_spoken_of(slow):
    slow.line.delay_s = 0.0
    slow.device.info()
    slow.device.sha256(1)
    assert slow.said == []


def test_a_device_later_than_all_patience_is_given_up_with_the_time_that_it_was_given(slow):
    slow.line.delay_s = 1000.0
    begun_s = slow.peer.now_s()
    with pytest.raises(DeviceSilent, match=r"late does not answer 'info' \(nothing came back in 1[23]\.\d s\)"):
        slow.device.info()
    assert slow.peer.now_s() - begun_s < 9 * SILENCE_S
    assert len(slow.said) == 1


def test_a_clock_is_set_right_although_the_first_tries_waited(slow):
    def punctual():
        """The line is late for the first three seconds."""
        slow.line.delay_s = LATE_S if slow.peer.now_s() < begun_s + 3 else 0.0
        return Late.read(slow.line)

    begun_s = slow.peer.now_s()
    slow.line.read = punctual
    slow.device.set_clock(UTC_MS)
    passed_s = slow.peer.now_s() - begun_s
    assert passed_s > LATE_S  # or nothing was late
    assert slow.device.ask("time")["utc_s"] == pytest.approx(UTC_MS / 1000 + passed_s, abs=1.1)
    told = [int(text.split()[2]) for text in slow.asked() if text.startswith("time set")]
    assert len(told) > 2 and told == sorted(told) and told[-1] > told[0]


def test_a_clock_that_cannot_be_set_in_time_is_told(slow):
    with pytest.raises(DeviceSilent, match="its clock may be late"):
        slow.device.set_clock(UTC_MS)


def test_a_session_that_was_ended_is_not_refused(flash, tmp_path):
    with LockStep(flash, write_strokes(tmp_path / "strokes.csv", 2), baud=BAUD) as peer:
        slow = Slow(peer, 0.0)
        peer.wait(3)
        device = slow.device
        slow.line.delay_s = 1000.0  # the answer to the first try never comes
        real = device.send

        def send(text):
            if slow.asked():
                slow.line.delay_s = 0.0
                slow.line._held.clear()
            return real(text)

        device.send = send
        device.stop()
        assert slow.asked() == ["stop", "stop"]
        assert device.info().session is None
        with pytest.raises(DeviceRefused, match="no session is open"):
            device.stop()
