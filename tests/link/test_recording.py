"""What a host may do while a hand rolls: pull, ask and babble, and nothing of the session changes."""

import random
import shutil

import pytest

from dermaroller.device import Device
from dermaroller.session import Session
from dermaroller.sim.lockstep import LockStep

from .rolled import write_strokes

pytestmark = pytest.mark.slow

STROKES = 12
ROLLED_S = 0.5 + STROKES * 1.6 + 1.5
TOTALS = ("passes", "path_counts", "effective_counts", "zones")
LATEST_S = 0.050
OF_THE_HOST = ("host_attached", "pulling")


class Rolled:
    """A session that was rolled while `meanwhile(peer, device)` was called again and again."""

    def __init__(self, flash, trace, meanwhile, baud=115_200):
        with LockStep(flash, trace, baud=baud, seed=7, noise_mn=0) as peer:
            device = Device(peer, clock=peer.now_s)
            peer.wait(0.2)
            while peer.now_s() < ROLLED_S:
                meanwhile(peer, device)
            peer.wait(0.5)
            peer.read()
            device.stop()
            self.info = device.info()
            last = device.list_sessions()[-1]
            self.session = Session.parse(b"".join(device.read_range(last.id, 0, last.size_bytes)))
            self.led = [(t_s, state) for t_s, state in peer.led if t_s < ROLLED_S]
            self.exits = peer.exits
        assert self.exits == []
        assert self.session.is_as_closed and not self.session.damage

    def totals(self):
        return {name: self.session.footer.raw[name] for name in TOTALS}

    def changes(self):
        """(time, state) where the state changes; within a state the light follows its rhythm.

        Between two contacts the light may show that a host asks.
        """
        led = [(t_s, "ready" if state in OF_THE_HOST else state) for t_s, state in self.led]
        return [one for i, one in enumerate(led) if i == 0 or led[i - 1][1] != one[1]]


def quiet(peer, device):
    peer.wait(0.1)


@pytest.fixture(scope="module")
def trace(tmp_path_factory):
    return write_strokes(tmp_path_factory.mktemp("trace") / "strokes.csv", STROKES)


@pytest.fixture(scope="module")
def undisturbed(rolled, tmp_path_factory, trace):
    flash = tmp_path_factory.mktemp("undisturbed") / "flash.bin"
    return Rolled(shutil.copy(rolled[0], flash), trace, quiet)


def test_a_pull_changes_no_total_and_the_light_keeps_its_time(flash, undisturbed, trace):
    came = []

    def pull(peer, device):
        one = device.list_sessions()[0]
        for chunk in device.read_range(one.id, 0, one.size_bytes):
            came.append(len(chunk))
            if peer.now_s() >= ROLLED_S:
                break

    disturbed = Rolled(flash, trace, pull)
    assert sum(came) > 100_000  # two thirds of what the line carries
    assert disturbed.totals() == undisturbed.totals()
    contacts_ms = [each.session.footer.contact_ms for each in (disturbed, undisturbed)]
    assert abs(contacts_ms[0] - contacts_ms[1]) <= STROKES  # each begins and ends with some sample
    strokes = [(stroke.counts, stroke.path_counts) for stroke in disturbed.session.entries.strokes]
    assert strokes == [(stroke.counts, stroke.path_counts) for stroke in undisturbed.session.entries.strokes]
    assert [gap.reason for gap in disturbed.session.gaps] == [gap.reason for gap in undisturbed.session.gaps]
    pairs = list(zip(disturbed.changes(), undisturbed.changes(), strict=True))
    assert [a[1] for a, _ in pairs] == [b[1] for _, b in pairs]
    assert max(abs(a[0] - b[0]) for a, b in pairs) < LATEST_S


def test_noise_changes_no_total(flash, undisturbed, trace):
    noise = random.Random(3)

    def babble(peer, device):
        peer.write(noise.randbytes(1000).replace(b"\x03", b"\n"))  # a Ctrl-C would stop the application, as it must
        peer.wait(0.1)

    disturbed = Rolled(flash, trace, babble)
    assert disturbed.totals() == undisturbed.totals()
    assert disturbed.info.counters["bad_requests"] > 100
    assert disturbed.info.counters["ring_overflow"] == 0
