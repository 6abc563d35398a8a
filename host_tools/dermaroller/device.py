"""What a dermaroller can be asked: identity, the list of sessions, their bytes and hashes, its clock.

The device keeps no transfer state: every reply carries the tag of its request and the offset of its bytes, so asking
again is always safe, and several requests can be under way at once. How it is asked: see asking. Opening ports is
port.py's job.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dermaroller.asking import SILENCE_S, Asking, Stream
from dermaroller.errors import DeviceRefused, DeviceSilent
from dermaroller.ranges import RangeReader

__all__ = ["SILENCE_S", "Device", "Listed", "Stream"]

CLOCK_ROUNDS = 3


@dataclass(frozen=True)
class Listed:
    """One session on the device. is_open: still recording. is_confirmed: a host has proved that it holds it."""

    id: int
    size_bytes: int
    is_open: bool
    is_confirmed: bool = False


class Device(Asking):
    """A dermaroller behind a stream."""

    def info(self) -> dict[str, Any]:
        """Identity, state and counters, as the device tells them."""
        return self.ask("info")

    def list_sessions(self) -> list[Listed]:
        """All sessions, oldest first, asked page by page."""
        listed: list[Listed] = []
        start: int | None = 0
        while start is not None:
            page = self.ask(f"list {start}")
            listed += [
                Listed(s["id"], s["bytes"], bool(s.get("open")), bool(s.get("confirmed"))) for s in page["sessions"]
            ]
            start = page.get("next")
        return listed

    def sha256(self, session: int) -> str:
        """The digest that the device computes of a session's file."""
        return str(self.ask(f"sha {session}")["sha256"])

    def confirm(self, session: int, sha256: str) -> bool:
        """Prove to the device that the session is safe here, so that a full flash may give it up.

        False if the firmware is too old for that; DeviceRefused if its bytes are others.
        """
        try:
            self.ask(f"confirm {session} {sha256}")
        except DeviceRefused as refused:
            if refused.reason == "unknown":
                return False
            raise
        return True

    def erase(self, session: int, sha256: str) -> None:
        """Erase a session, against the proof that its bytes are held here. DeviceRefused if they are others."""
        try:
            self.ask(f"erase {session} {sha256}")
        except DeviceRefused as refused:
            if refused.reason != "missing":  # else it is erased, and the answer that said so was lost
                raise

    def set_clock(self, utc_ms: float) -> None:
        """Set the device's clock to a Unix time in milliseconds: what it is now, as this call begins.

        The time goes on while the device is asked: each try tells its own, and one that had to wait for its answer is
        followed by another, as it may have waited in the line before it was read. DeviceSilent if all had to.
        """
        begun_s = self._clock()

        def request() -> str:
            utc_s, ms = divmod(round(utc_ms + (self._clock() - begun_s) * 1000), 1000)
            return f"time set {utc_s} {ms}"

        for _ in range(CLOCK_ROUNDS):
            asked_s = self._clock()
            self._ask(request, self.silence_s)
            if self._clock() - asked_s <= self.silence_s:
                return
        raise DeviceSilent(
            f"{self.name} took more than {self.silence_s:g} s to answer each time that its clock was set, so its clock "
            "may be late. Set it again when the device is less busy."
        )

    def stop(self) -> None:
        """End the session that is being recorded. DeviceRefused if there is none."""
        try:
            self.ask("stop")
        except DeviceRefused as refused:
            if refused.reason != "idle" or self._tries == 1:  # else it is ended, and the answer that said so was lost
                raise

    def read_range(self, session: int, start: int, end: int) -> Iterator[bytes]:
        """Yield the bytes [start, end) of a session file in order, fewer if it ends before. Raises as ask() does."""
        return RangeReader(self, session, start, end).chunks()
