"""The real firmware and the real host on what only both can show: proof, erasure, clocks, and USB that drops."""

import hashlib

import pytest

from dermaroller import evidence, receipts
from dermaroller.device import Device
from dermaroller.errors import DeviceRefused
from dermaroller.session import Session
from dermaroller.sim import image
from dermaroller.sim.lockstep import LockStep
from dermaroller.summary import start_of

from .rolled import write_strokes
from .test_faults import BAUD, files_in, pull

pytestmark = pytest.mark.slow

LIGHT_S = 0.03
UTC_S = 1_800_000_000  # what the host's clock shows when the board gets power


def test_what_was_pulled_is_confirmed_and_may_be_erased_against_the_proof(rolled, flash, tmp_path):
    files = rolled[1]
    with LockStep(flash, baud=BAUD) as peer:
        device = Device(peer, clock=peer.now_s)
        assert [one.is_confirmed for one in device.list_sessions()] == [False, False]
        pull(peer, peer, tmp_path)
        assert [one.is_confirmed for one in device.list_sessions()] == [True, True]
        wrong = hashlib.sha256(b"something else").hexdigest()
        with pytest.raises(DeviceRefused):
            device.erase(1, wrong)
        assert len(device.list_sessions()) == 2
        device.erase(1, hashlib.sha256(files["00001.drl"]).hexdigest())
        assert [one.id for one in device.list_sessions()] == [2]
        again = pull(peer, peer, tmp_path)
    assert (len(again.new), len(again.known)) == (0, 1)
    assert list(image.read_files(flash).values()) == [files["00002.drl"]]


def test_a_wrong_proof_confirms_nothing(flash):
    with LockStep(flash, baud=BAUD) as peer:
        device = Device(peer, clock=peer.now_s)
        with pytest.raises(DeviceRefused):
            device.confirm(2, hashlib.sha256(b"").hexdigest())
        assert not device.list_sessions()[1].is_confirmed


@pytest.fixture
def trace(tmp_path):
    return write_strokes(tmp_path / "strokes.csv", 3)


def kept(device, path):
    """The last session of the device, as a file."""
    last = device.list_sessions()[-1]
    path.write_bytes(b"".join(device.read_range(last.id, 0, last.size_bytes)))
    return Session.read(path)


@pytest.mark.parametrize("baud", [9_600, 115_200])
def test_a_session_of_a_device_without_time_is_dated_by_who_pulls_it(baud, flash, trace, tmp_path):
    with LockStep(flash, trace, baud=baud) as peer:
        device = Device(peer, clock=peer.now_s, silence_s=5)
        peer.wait(8)
        device.stop()
        session = kept(device, tmp_path / "a.drl")
        assert session.header.utc_s is None
        assert start_of(session) is None
        found = evidence.measure(device, lambda: UTC_S + peer.now_s())
        evidence.keep(tmp_path, found)
    start = start_of(Session.read(tmp_path / "a.drl"))
    assert start.source == "pull"
    touched_s = next(t_s for t_s, state in peer.led if state in ("too_light", "rolling"))
    late_s = UTC_S + touched_s - start.at.timestamp()  # the light is a turn of the loop later than the session's start
    assert -start.uncertainty_s <= late_s <= start.uncertainty_s + LIGHT_S
    assert start.uncertainty_s < (0.02 if baud == 115_200 else 0.15)
    assert len(list(receipts.read(tmp_path, receipts.CLOCK))) == 1


def test_setting_the_clock_dates_the_open_session_and_the_next(flash, trace, tmp_path):
    with LockStep(flash, trace) as peer:
        device = Device(peer, clock=peer.now_s)
        peer.wait(3)
        device.set_clock((UTC_S + peer.now_s()) * 1000)
        assert device.info().utc_s == pytest.approx(UTC_S + peer.now_s(), abs=1.5)
        peer.wait(5)
        device.stop()
        session = kept(device, tmp_path / "a.drl")
        found = evidence.measure(device, lambda: UTC_S + peer.now_s())
    start = start_of(session)
    assert start.source == "clock set"
    touched_s = next(t_s for t_s, state in peer.led if state in ("too_light", "rolling"))
    assert start.at.timestamp() == pytest.approx(UTC_S + touched_s, abs=0.05)
    assert abs(found.offset_ms) < 1000 + found.uncertainty_ms


@pytest.mark.parametrize("board", ["esp32c3_devkitm", "esp32s3_devkitc"])
def test_a_usb_port_that_drops_what_nobody_fetches(board, rolled, flash, tmp_path):
    with LockStep(flash, board=board, baud=BAUD, port_away_ms=(700, 250)) as peer:
        pulled = pull(peer, peer, tmp_path)
        assert not pulled.failed
        assert peer.exits == []
    assert files_in(tmp_path) == rolled[1]
