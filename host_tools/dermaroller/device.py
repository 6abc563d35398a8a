"""What a dermaroller can be asked: identity, the list of sessions, their bytes and hashes, its clock.

The device keeps no transfer state: every reply carries the tag of its request and the offset of its bytes, so asking
again is always safe, and several requests can be under way at once. How it is asked: see asking. Opening ports is
port.py's job.
"""

import binascii
import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from dermaroller.asking import SILENCE_S, Asking, Stream
from dermaroller.errors import DeviceRefused, DeviceSilent
from dermaroller.frames import Frame
from dermaroller.link import answers, reading
from dermaroller.link.answers import Listed
from dermaroller.ranges import RangeReader

__all__ = ["SILENCE_S", "Device", "Listed", "Stream"]

CLOCK_ROUNDS = 3
Answer = TypeVar("Answer", bound=answers.Answer)


class Device(Asking):
    """A dermaroller behind a stream. Its answers are held to the schema: see link.reading for what is raised."""

    def _told(self, kind: type[Answer], request: str, silence_s: float | None = None) -> Answer:
        return reading.read(kind, request, self.ask(request, silence_s), self.name)

    def info(self) -> answers.Info:
        """Identity, state and counters."""
        return self._told(answers.Info, "info")

    def info_in(self, frame: Frame) -> answers.Info:
        """Likewise, in a frame that answers a request which was sent by send()."""
        return reading.read(answers.Info, "info", self.answer(frame, "info"), self.name)

    def list_sessions(self) -> list[Listed]:
        """All sessions, oldest first, asked page by page."""
        listed: list[Listed] = []
        start: int | None = 0
        while start is not None:
            page = self._told(answers.Page, f"list {start}")
            listed += page.sessions
            start = page.next
        return listed

    def sha256(self, session: int) -> str:
        """The digest that the device computes of a session's file."""
        return self._told(answers.Hash, f"sha {session}").sha256

    def confirm(self, session: int, sha256: str) -> bool:
        """Prove to the device that the session is safe here, so that a full flash may give it up.

        False if the firmware is too old for that; DeviceRefused if its bytes are others.
        """
        try:
            self._told(answers.Confirmed, f"confirm {session} {sha256}")
        except DeviceRefused as refused:
            if refused.reason == "unknown":
                return False
            raise
        return True

    def erase(self, session: int, sha256: str) -> None:
        """Erase a session, against the proof that its bytes are held here. DeviceRefused if they are others."""
        try:
            self._told(answers.Erased, f"erase {session} {sha256}")
        except DeviceRefused as refused:
            if refused.reason != "missing":  # else it is erased, and the answer that said so was lost
                raise

    def time(self) -> answers.Time:
        """The moment of the device's uptime at which it answers. DeviceRefused (`unknown`) by the oldest firmware."""
        return self._told(answers.Time, "time")

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

    def raw(self) -> answers.Raw:
        """Readings since the last call; the next ones begin anew."""
        return self._told(answers.Raw, "raw")

    def live(self, zone: int | None = None, silence_s: float | None = None) -> answers.Live:
        """What the hand does now, and the dose of a zone; by default the one being rolled."""
        return self._told(answers.Live, "live" if zone is None else f"live {zone}", silence_s)

    def calibration(self) -> answers.Calibration:
        """What it works with."""
        return self._told(answers.Calibration, "cal")

    def calibrate(self, kept: Mapping[str, Any]) -> answers.Calibration:
        """Have it keep a calibration, of which `kept` names what changes; as the device then says."""
        return self._told(answers.Calibration, "cal " + json.dumps(kept, separators=(",", ":")))

    def plan(self) -> answers.HeldPlan:
        """The plan that it holds."""
        return self._told(answers.HeldPlan, "plan")

    def put_plan(self, offset: int, piece: bytes) -> answers.Staged:
        """Bring a piece of a plan's JSON."""
        return self._told(answers.Staged, f"plan put {offset} {binascii.b2a_base64(piece, newline=False).decode()}")

    def commit_plan(self, text: bytes) -> answers.HeldPlan:
        """Have it take the plan whose pieces it was brought, if they are this text."""
        return self._told(answers.HeldPlan, f"plan commit {len(text)} {binascii.crc32(text):08x}")

    def clear_plan(self) -> answers.HeldPlan:
        """Have it work without a plan."""
        return self._told(answers.HeldPlan, "plan clear")

    def light(self, setting: int | str | None = None) -> answers.Light:
        """The brightness of its light; set for good to a percentage, "night" or "day"."""
        return self._told(answers.Light, "light" if setting is None else f"light {setting}")

    def provision(self, hw: str | None = None, name: str = "", *, is_forced: bool = False) -> answers.Provisioned:
        """Who it is; said with `hw` and `name`, once, or in the place of what was said before."""
        said = f" {'replace' if is_forced else 'set'} {hw} {name}" if hw else ""
        return self._told(answers.Provisioned, "provision" + said)

    def test(self, kind: type[Answer], test: str, silence_s: float | None = None) -> Answer:
        """One test of itself, as `timer 2000`, and its figures."""
        return self._told(kind, f"selftest {test}", silence_s)

    def stop(self) -> None:
        """End the session that is being recorded. DeviceRefused if there is none."""
        try:
            self._told(answers.Stopped, "stop")
        except DeviceRefused as refused:
            if refused.reason != "idle" or self._tries == 1:  # else it is ended, and the answer that said so was lost
                raise

    def read_range(self, session: int, start: int, end: int) -> Iterator[bytes]:
        """Yield the bytes [start, end) of a session file in order, fewer if it ends before. Raises as ask() does."""
        return RangeReader(self, session, start, end).chunks()
