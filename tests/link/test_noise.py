"""Noise and spoilt requests into the real firmware: it samples on, its heap stays as it was.

`make soak` sends a megabyte and ten thousand of them. Noise holds no Ctrl-C, which stops the application, as it must.
"""

import hashlib
import random

import pytest

from dermaroller.device import Device
from dermaroller.sim import image
from dermaroller.sim.lockstep import LockStep
from roller import wire

pytestmark = pytest.mark.slow

BAUD = 921_600
REQUESTS = (
    "info", "list 0", "get 1 0 2048", "get 1 512 96", "sha 1", "time", "raw", "cal", "help", "plan", "live",
    "confirm 1 " + 64 * "a", "erase 1 " + 64 * "b", "time set 1800000000 0", "light 50", "stop", "nonsense",
)  # fmt: skip


def spoilt(request, noise):
    """A request with one to four harms."""
    line = bytearray(request)
    for _ in range(noise.randrange(1, 5)):
        at = noise.randrange(len(line) + 1)
        harm = noise.randrange(6)
        if harm == 0 and at < len(line):
            line[at] ^= 1 << noise.randrange(8)
        elif harm == 1:
            del line[at : at + noise.randrange(1, 5)]
        elif harm == 2:
            line[at:at] = noise.randbytes(noise.randrange(1, 9))
        elif harm == 3:
            line[at:at] = b"\n"
        elif harm == 4:
            line += line[at:]
        else:
            line = line[:at]
    return bytes(line).replace(b"\x03", b"")


def send(peer, device, data):
    """Send at the line's rate, and throw away what comes back. Returns the samples that were taken per second."""
    parts = 8  # the device counts only so many samples at a time
    samples = 0
    device.raw()
    start_s = peer.now_s()
    for part in range(parts):
        end = len(data) * (part + 1) // parts
        for at in range(len(data) * part // parts, end, 5000):
            peer.write(data[at : min(at + 5000, end)])
            peer.wait(0.09)
            peer.read()
        peer.write(b"\n")
        peer.wait(1)  # for what is still to be read and to be answered
        peer.read()
        samples += device.raw().n
    return samples / (peer.now_s() - start_s)


def settled(peer, device):
    """What the device says of itself once it is quiet."""
    for _ in range(3):
        peer.wait(1)
        peer.read()
        answer = device.info()
    return answer


@pytest.mark.parametrize(
    ("what", "n"),
    [
        ("noise", 200_000),
        ("spoilt requests", 2000),
        pytest.param("noise", 1_000_000, marks=pytest.mark.soak),
        pytest.param("spoilt requests", 10_000, marks=pytest.mark.soak),
    ],
)
def test_bad_bytes_change_nothing(what, n, rolled, flash):
    noise = random.Random(11)
    if what == "noise":
        data = noise.randbytes(n).replace(b"\x03", b"\x02")
    else:
        asked = (wire.pack_request(i & 255, REQUESTS[i % len(REQUESTS)]) for i in range(n))
        data = b"".join(spoilt(request, noise) for request in asked)
    with LockStep(flash, baud=BAUD) as peer:
        device = Device(peer, clock=peer.now_s)
        for request in REQUESTS * 2:  # some load code that stays
            device.send(request)
            peer.wait(0.5)
            peer.read()
        before = settled(peer, device)
        samples_per_s = send(peer, device, data)
        assert what != "noise" or samples_per_s > 950  # a spoilt request may ask for `raw`, too
        first = device.list_sessions()[0]
        content = b"".join(device.read_range(first.id, 0, first.size_bytes))
        after = settled(peer, device)
        assert peer.exits == []
    assert hashlib.sha256(content).digest() == hashlib.sha256(rolled[1]["00001.drl"]).digest()
    assert after.counters["ring_overflow"] == 0
    assert after.boot == before.boot
    assert after.sessions == before.sessions
    assert after.heap_free > before.heap_free - 1024
    assert set(image.read_files(flash).values()) == set(rolled[1].values())
