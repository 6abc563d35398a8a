"""Pulling, erasing and setting the clock as a user does, over a real pseudo-terminal."""

import hashlib
import json
import os
import time

import pytest

from dermaroller import port, receipts
from dermaroller.device import Device
from dermaroller.errors import DeviceRefused

from .fake_device import FakeDevice
from .logs import whole_log

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")

ONE, TWO = whole_log(session=1).data(), whole_log(session=2).data()


def test_what_was_pulled_is_confirmed_to_the_device_and_has_its_receipt(command, serve, tmp_path):
    fake = FakeDevice({1: ONE, 2: TWO})
    with serve(fake) as path:
        assert command("-p", path, "pull", "--to", tmp_path)[:2] == (
            0, f"{tmp_path}/c0ffee-00001.drl\n{tmp_path}/c0ffee-00002.drl\n2 new, 0 known, 0 damaged\n",
        )  # fmt: skip
        assert json.loads(command("-p", path, "list", "--json")[1])["sessions"][1]["confirmed"] is True
    assert fake.confirmed_ids == {1, 2}
    first, second = receipts.read(tmp_path, receipts.PULL)
    assert (first["session"], first["sha256"]) == (1, hashlib.sha256(ONE).hexdigest())
    assert second["file"] == "c0ffee-00002.drl"
    (clock,) = receipts.read(tmp_path, receipts.CLOCK)
    assert (clock["device"], clock["boot"]) == ("c0ffee", 7)
    assert abs(clock["utc_ms"] / 1000 - time.time()) < 60


def test_a_pull_that_died_before_its_proof_proves_the_next_time(command, serve, tmp_path):
    fake = FakeDevice({1: ONE})
    (tmp_path / "c0ffee-00001.drl").write_bytes(ONE)
    with serve(fake) as path:
        code, out, _ = command("-p", path, "pull", "--to", tmp_path)
    assert (code, out) == (7, "0 new, 1 known, 0 damaged\n")
    assert fake.confirmed_ids == {1}


def test_a_wiped_device_with_a_session_of_the_same_number_and_size(command, serve, tmp_path):
    other = ONE[:-1] + b"?"
    (tmp_path / "c0ffee-00001.drl").write_bytes(other)
    with serve(FakeDevice({1: ONE})) as path:
        code, out, _ = command("-p", path, "pull", "--to", tmp_path)
    assert code == 0 and out.endswith("1 new, 0 known, 0 damaged\n")
    assert (tmp_path / "c0ffee-00001.drl").read_bytes() == other
    assert len(list(tmp_path.glob("c0ffee-00001-*.drl"))) == 1


def test_all_checks_what_is_here(command, serve, tmp_path):
    fake = FakeDevice({1: ONE, 2: TWO})
    with serve(fake) as path:
        command("-p", path, "pull", "--to", tmp_path)
        (tmp_path / "c0ffee-00002.drl").write_bytes(bytes(len(TWO)))
        assert command("-p", path, "pull", "--to", tmp_path)[0] == 7
        code, out, _ = command("-p", path, "pull", "--to", tmp_path, "--all")
    assert code == 0 and out.endswith("1 new, 1 known, 0 damaged\n")


def test_a_firmware_that_knows_no_proof_is_pulled_all_the_same(command, serve, tmp_path):
    fake = FakeDevice({1: ONE})
    fake.__class__ = type("Old", (FakeDevice,), {"_confirm": property(), "_time": property()})
    with serve(fake) as path:
        assert command("-p", path, "pull", "--to", tmp_path)[0] == 0
    assert list(receipts.read(tmp_path, receipts.CLOCK)) == []


def test_several_devices_in_turn(command, serve, tmp_path, monkeypatch):
    left, right = FakeDevice({1: ONE}), FakeDevice({1: ONE, 2: TWO})
    right.device_id = "beef"
    with serve(left) as a, serve(right) as b:
        code, out, _ = command("-p", f"{a},{b}", "pull", "--to", tmp_path / "named")
        assert code == 0 and out.endswith("3 new, 0 known, 0 damaged\n")
        monkeypatch.setattr(port, "candidates", lambda: [a, b])
        code, out, _ = command("pull", "--to", tmp_path / "found", "--json")
    assert json.loads(out)["new"] == 3
    names = sorted(path.name for path in (tmp_path / "found").glob("*.drl"))
    assert names == ["beef-00001.drl", "beef-00002.drl", "c0ffee-00001.drl"]


def test_a_session_that_never_comes_right_is_told_and_the_others_come(command, serve, tmp_path):
    fake = FakeDevice({1: ONE, 2: TWO})
    honest = fake._sha
    fake._sha = lambda session: honest(2) if session == 1 else honest(session)
    with serve(fake) as path:
        code, out, err = command("-p", path, "pull", "--to", tmp_path)
    assert code == 6
    assert out.endswith("1 new, 0 known, 1 damaged\n")
    assert "session 1 of" in err and "Pull it again." in err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c0ffee-00002.drl", "receipts.jsonl"]


def test_ctrl_c_keeps_what_came(command, serve, tmp_path, monkeypatch):
    fake = FakeDevice({1: ONE, 2: TWO * 20})
    real = Device.read_range

    def interrupted(self, session, start, end):
        for i, chunk in enumerate(real(self, session, start, end)):
            if session == 2 and i == 3:
                raise KeyboardInterrupt
            yield chunk

    with serve(fake) as path:
        with monkeypatch.context() as patch:
            patch.setattr(Device, "read_range", interrupted)
            code, _, err = command("-p", path, "pull", "--to", tmp_path)
        assert code == 130
        assert "stopped: 1 new, 0 known, 0 damaged." in err and "pull again to go on" in err
        assert (tmp_path / "c0ffee-00002.part").stat().st_size == 3 * 2048
        assert command("-p", path, "pull", "--to", tmp_path)[1].endswith("1 new, 1 known, 0 damaged\n")
    assert fake.requests.count("get 2 0 2048") == 1
    assert (tmp_path / "c0ffee-00002.drl").read_bytes() == TWO * 20


def test_erase_against_the_proof(command, serve, tmp_path):
    fake = FakeDevice({1: ONE, 2: TWO, 3: ONE})
    with serve(fake) as path:
        command("-p", path, "pull", "--to", tmp_path, "--session", "1", "--session", "2")
        code, out, _ = command("-p", path, "erase", "1", "--to", tmp_path, "--dry-run")
        assert code == 0 and out.endswith(f"1 session, {len(ONE):,} bytes would be erased\n")
        assert sorted(fake.sessions) == [1, 2, 3]
        code, out, _ = command("-p", path, "erase", "1", "--to", tmp_path, "--json")
        assert code == 0 and json.loads(out)["erased"][0]["sha256"] == hashlib.sha256(ONE).hexdigest()
        assert sorted(fake.sessions) == [2, 3]
        assert command("-p", path, "erase", "--confirmed", "--to", tmp_path)[0] == 0
        assert sorted(fake.sessions) == [3]
    assert [one["session"] for one in receipts.read(tmp_path, receipts.ERASE)] == [1, 2]
    assert (tmp_path / "c0ffee-00001.drl").read_bytes() == ONE


def test_what_is_not_erased(command, serve, tmp_path):
    fake = FakeDevice({1: ONE, 2: TWO, 3: b"open"})
    fake.open_ids = {3}
    with serve(fake) as path:
        for arguments, code, sentence in (
            ((), 2, "erase wants either sessions or --confirmed."),
            (("1", "--confirmed"), 2, "erase wants either"),
            (("1",), 2, "session 1 is not in"),
            (("9",), 2, "session 9 is not on the device; it has 1, 2, 3."),
            (("3",), 2, "session 3 is still recording."),
            (("--confirmed",), 7, "has no confirmed session"),
        ):
            got, _, err = command("-p", path, "erase", *arguments, "--to", tmp_path)
            assert (got, sentence in err) == (code, True), err
        fake.confirmed_ids = {2}
        code, _, err = command("-p", path, "erase", "--all-confirmed", "--to", tmp_path)
        assert code == 7 and "session 2 is held by another computer" in err
        (tmp_path / "c0ffee-00002.drl").write_bytes(bytes(len(TWO)))  # not what the device holds
        code, _, err = command("-p", path, "erase", "2", "--to", tmp_path)
        assert code == 13 and "refused" in err
    assert sorted(fake.sessions) == [1, 2, 3]
    assert list(receipts.read(tmp_path, receipts.ERASE)) == []


def test_an_erasure_whose_answer_was_lost_is_done():
    fake = FakeDevice({1: ONE})
    device = Device(fake, silence_s=0.01)
    device.erase(1, hashlib.sha256(ONE).hexdigest())
    device.erase(1, hashlib.sha256(ONE).hexdigest())
    fake.sessions[1] = TWO
    with pytest.raises(DeviceRefused):
        device.erase(1, hashlib.sha256(ONE).hexdigest())


def test_the_clock_is_shown_and_set(command, serve):
    with serve(FakeDevice({})) as path:
        code, out, _ = command("-p", path, "time")
        assert code == 0 and "has not been set" in out and "Boot 7 of c0ffee began" in out
        code, out, _ = command("time", "set", "-p", path)
        assert code == 0 and "The device's clock shows 20" in out
        answer = json.loads(command("-p", path, "time", "--json")[1])
    assert abs(answer["offset_s"]) < 2
    assert answer["uncertainty_s"] < 0.5


def test_a_firmware_that_knows_no_time(command, serve):
    fake = FakeDevice({})
    fake.__class__ = type("Old", (FakeDevice,), {"_time": property()})
    with serve(fake) as path:
        code, _, err = command("-p", path, "time")
    assert code == 13 and "its firmware is too old" in err
