"""A relay between host and board that harms what it carries: for tests/link and tests/soak/link_faults.py.

It stands between the real host tool and the virtual board, both in the board's own time. Noise on its way to the board
never holds a Ctrl-C: that one stops the application, as it must.
"""

import random

from dermaroller.errors import NoDevice

FAULTS = ("none", "flips", "drops", "doubles", "garbage", "mixed", "cut", "reset", "killed")
NOISY = {"flips", "drops", "doubles", "garbage"}
BYTES_PER_HARM = 2500


class Killed(BaseException):
    """The host tool is gone, in the middle of whatever it did: nothing of it may tidy up."""


class Late:
    """A stream that passes on to `peer` at once, and back what comes `delay_s` later, by the peer's own clock.

    The delay may be changed at any time; bytes keep their order.
    """

    def __init__(self, peer, delay_s):
        self._peer = peer
        self.delay_s = delay_s
        self._held = []  # (when it is due, bytes)
        self.written = b""

    def read(self):
        data = self._peer.read()
        if data:
            self._held.append((self._peer.now_s() + self.delay_s, data))
        passed = b""
        while self._held and self._held[0][0] <= self._peer.now_s():
            passed += self._held.pop(0)[1]
        return passed

    def write(self, data):
        self.written += data
        self._peer.write(data)


class Relay:
    """A stream for dermaroller.device that passes bytes on to `peer` (a LockStep) and back.

    fault: one of FAULTS. The last three happen once, behind the byte `at`, or a random one out of `span`; the others
    happen again and again.
    """

    def __init__(self, peer, fault, seed, span=40_000, at=None):
        self._peer = peer
        self._random = random.Random(seed)
        self._fault = fault
        once = self._random.randrange(span) if at is None else at
        self._left = once if fault in ("cut", "reset", "killed") else None
        self._is_cut = False
        self._next_harm = self._draw()
        self.harms = 0

    def read(self):
        self._check()
        data = self._peer.read()
        self._count(len(data))
        return self._harmed(data)

    def write(self, data):
        self._check()
        self._count(len(data))
        self._peer.write(self._harmed(data).replace(b"\x03", b""))

    def _draw(self):
        return int(self._random.expovariate(1 / BYTES_PER_HARM))

    def _check(self):
        if self._is_cut:
            raise NoDevice("the relay stopped working: the device was unplugged. Plug it in again.")

    def _count(self, n):
        if self._left is None:
            return
        self._left -= n
        if self._left <= 0:
            self._left = None
            self.harms += 1
            self._strike()

    def _strike(self):
        if self._fault == "cut":
            self._is_cut = True
            self._check()
        elif self._fault == "killed":
            raise Killed
        else:
            self._peer.cut_power()

    def _harmed(self, data):
        if self._fault not in NOISY | {"mixed"}:
            return data
        whole = bytearray()
        while data:
            if self._next_harm >= len(data):
                self._next_harm -= len(data)
                whole += data
                break
            whole += data[: self._next_harm]
            data = self._harm(bytearray(data[self._next_harm :]), whole)
            self._next_harm = self._draw()
            self.harms += 1
        return bytes(whole)

    def _harm(self, data, whole):
        """One harm at the first of these bytes; returns those that are still to come."""
        fault = self._random.choice(sorted(NOISY)) if self._fault == "mixed" else self._fault
        n = self._random.randrange(1, 200)
        if fault == "flips":
            data[0] ^= 1 << self._random.randrange(8)
            whole.append(data[0])
            return data[1:]
        if fault == "drops":
            return data[n:]
        if fault == "doubles":
            whole += data[:n]
            return data
        whole += self._random.randbytes(n)
        return data
