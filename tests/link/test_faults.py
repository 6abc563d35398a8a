"""Pulls over a line that harms what it carries: the very file, at once or by the next call, or a clear error."""

import pytest

from dermaroller.device import Device
from dermaroller.errors import DermarollerError
from dermaroller.folder import Folder
from dermaroller.pull import Puller
from dermaroller.sim import image
from dermaroller.sim.lockstep import LockStep

from .relay import FAULTS, Killed, Relay

pytestmark = pytest.mark.slow

BAUD = 921_600
CALLS = 6


class NoProgress:
    def begin(self, missing):
        pass

    def start(self, one):
        pass

    def advance(self, n):
        pass


def pull(stream, peer, folder):
    device = Device(stream, "relay", clock=peer.now_s)
    return Puller(device, Folder(folder), lambda sentence: None).run(NoProgress())


def files_in(folder):
    return {path.name[-9:]: path.read_bytes() for path in folder.glob("*.drl")}


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("fault", FAULTS)
def test_each_pull_ends_with_the_very_files(fault, seed, rolled, flash, tmp_path):
    files = rolled[1]
    folder = tmp_path / "pulled"
    folder.mkdir()
    with LockStep(flash, baud=BAUD) as peer:
        relay = Relay(peer, fault, seed, span=sum(map(len, files.values())))
        for _ in range(CALLS):
            try:
                pulled = pull(relay, peer, folder)
            except (DermarollerError, Killed):
                relay = Relay(peer, "none", seed)  # plugged in again, or called again
                assert all(content == files[name] for name, content in files_in(folder).items())
            else:
                assert not pulled.failed and not pulled.damaged
                break
        assert files_in(folder) == files
        assert not list(folder.glob("*.part"))
    assert set(image.read_files(flash).values()) >= set(files.values())


def test_what_had_come_is_not_asked_again(flash, tmp_path):
    with LockStep(flash, baud=BAUD) as peer:
        with pytest.raises(DermarollerError, match="unplugged"):
            pull(Relay(peer, "cut", seed=4, at=6000), peer, tmp_path)
        (part,) = tmp_path.glob("*.part")
        came = part.stat().st_size
        assert came > 1000
        heard = Heard(peer)
        pull(heard, peer, tmp_path)
    asked = [line.split() for line in heard.written.splitlines() if b" get " in line]
    assert int(asked[0][3]) == came


class Heard:
    """A stream that keeps what is written to it."""

    def __init__(self, peer):
        self.read = peer.read
        self._peer = peer
        self.written = b""

    def write(self, data):
        self.written += data
        self._peer.write(data)
