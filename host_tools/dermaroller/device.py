"""Asks a dermaroller over an open port: requests with retries, the list of sessions, ranges of their bytes.

The device keeps no transfer state: every reply carries the tag of its request and the offset of its bytes, so asking
again is always safe, and several requests can be under way at once. Opening ports is port.py's job.
"""

import itertools
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from dermaroller.errors import DeviceRefused, DeviceSilent
from dermaroller.frames import Frame, FrameReader
from dermaroller.ranges import TRIES, RangeReader
from roller import wire

SILENCE_S = 1.5  # without a frame for this long, a request counts as lost
SHA_PATIENCE = 10  # times as long as that: the device reads a whole file meanwhile
PROMPT = b">>> "
CONTINUATION = b"... "  # what a prompt answers to a request: '@' begins a decorator
CTRL_D = b"\x04"
CTRL_B = b"\x02"  # leaves a raw prompt, as a tool that was killed leaves it behind
MAX_RESTARTS = 2  # of an application found at the prompt; one that ends again has a fault of its own


class Stream(Protocol):
    """What a port must offer: read returns what has come, b"" after its short timeout."""

    def read(self) -> bytes: ...

    def write(self, data: bytes) -> None: ...


@dataclass(frozen=True)
class Listed:
    """One session on the device. is_open: still recording. is_confirmed: a host has proved that it holds it."""

    id: int
    size_bytes: int
    is_open: bool
    is_confirmed: bool = False


class Device:
    """A dermaroller behind `stream`. `say` takes one sentence when something unusual had to be done, `detail` one for
    each time that something was asked again."""

    def __init__(
        self,
        stream: Stream,
        name: str = "device",
        say: Callable[[str], None] = lambda sentence: None,
        silence_s: float = SILENCE_S,
        clock: Callable[[], float] = time.monotonic,
        detail: Callable[[str], None] = lambda sentence: None,
    ) -> None:
        self.name = name
        self.detail = detail
        self._stream = stream
        self._say = say
        self._silence_s = silence_s
        self._clock = clock
        self._reader = FrameReader()
        self._tags = itertools.cycle(range(256))
        self._restarts = 0
        self.was_at_prompt = False  # at any time since the port was opened

    @property
    def skipped(self) -> int:
        """Bytes that came and were no part of a frame."""
        return self._reader.skipped

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
        return str(self.ask(f"sha {session}", silence_s=SHA_PATIENCE * self._silence_s)["sha256"])

    def confirm(self, session: int, sha256: str) -> bool:
        """Prove to the device that the session is safe here, so that a full flash may give it up.

        False if the firmware is too old for that; DeviceRefused if its bytes are others.
        """
        try:
            self.ask(f"confirm {session} {sha256}", silence_s=SHA_PATIENCE * self._silence_s)
        except DeviceRefused as refused:
            if refused.reason == "unknown":
                return False
            raise
        return True

    def erase(self, session: int, sha256: str) -> None:
        """Erase a session, against the proof that its bytes are held here. DeviceRefused if they are others."""
        try:
            self.ask(f"erase {session} {sha256}", silence_s=SHA_PATIENCE * self._silence_s)
        except DeviceRefused as refused:
            if refused.reason != "missing":  # else it is erased, and the answer that said so was lost
                raise

    def set_clock(self, utc_ms: float) -> None:
        """Set the device's clock to a Unix time in milliseconds."""
        utc_s, ms = divmod(round(utc_ms), 1000)
        self.ask(f"time set {utc_s} {ms}")

    def stop(self) -> None:
        """End the session that is being recorded."""
        self.ask("stop")

    def ask(self, text: str, silence_s: float | None = None) -> dict[str, Any]:
        """The JSON answer to one request.

        DeviceRefused if the device answers with an error, DeviceSilent if not at all.
        """
        for attempt in range(TRIES):
            if attempt == TRIES // 2:
                self._leave_raw_prompt()
            if attempt:
                self.detail(f"no answer to '{text.partition(' ')[0]}': asking again, {attempt + 1} of {TRIES}.")
                self._stream.write(b"\n")  # ends whatever a lost byte left standing in the device's line
            tag = self.send(text)
            for frame in self.listen(silence_s):
                if frame.tag == tag and frame.kind in (wire.JSON, wire.ERROR):
                    return self.answer(frame, text)
        raise self.silent(text)

    def read_range(self, session: int, start: int, end: int) -> Iterator[bytes]:
        """Yield the bytes [start, end) of a session file in order, fewer if it ends before. Raises as ask() does."""
        return RangeReader(self, session, start, end).chunks()

    def send(self, text: str) -> int:
        """Write a request; return its tag."""
        tag = next(self._tags)
        self._stream.write(wire.pack_request(tag, text))
        return tag

    def listen(self, silence_s: float | None = None) -> Iterator[Frame]:
        """Frames as they come, until none has come for silence_s; wakes an application that was stopped."""
        silence_s = silence_s or self._silence_s
        deadline = self._clock() + silence_s
        while self._clock() < deadline:
            for frame in self._reader.feed(self._stream.read()):
                deadline = self._clock() + silence_s
                yield frame
            self._leave_prompt()
        yield from self._reader.give_up()

    def _leave_raw_prompt(self) -> None:
        self._stream.write(CTRL_B)
        for _ in self.listen():  # what comes is a banner and the usual prompt, or nothing
            pass

    def _leave_prompt(self) -> None:
        if not self._reader.text_tail.endswith((PROMPT, CONTINUATION)):
            return
        if self._reader.text_tail.endswith(PROMPT):
            if self._restarts == MAX_RESTARTS:
                raise DeviceSilent(
                    f"The application of {self.name} ends as soon as it is started. See why with 'mpremote connect "
                    f"{self.name} soft-reset repl' and Ctrl-D, and deploy the firmware again."
                )
            self._restarts += 1
            self.was_at_prompt = True
            self._say(f"{self.name} was at the MicroPython prompt: started its application again with a soft reset.")
        self._reader.text_tail = b""
        self._stream.write(CTRL_D)  # ends the statement or, at the prompt itself, resets

    def answer(self, frame: Frame, text: str) -> dict[str, Any]:
        """The JSON object in a reply; DeviceRefused if it is an error or no object at all."""
        try:
            value = json.loads(frame.payload)
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise DeviceRefused(f"{self.name} answered '{text}' with something that is not JSON. Update its firmware.")
        if frame.kind == wire.ERROR:
            reason = str(value.get("error", "error"))
            raise DeviceRefused(f"{self.name} refused '{text}': {value.get('text') or reason}.", reason)
        return value

    def silent(self, text: str) -> DeviceSilent:
        """The error for a request that stayed unanswered."""
        heard = f"{self._reader.skipped} bytes came that are no answer" if self._reader.skipped else "nothing came back"
        return DeviceSilent(
            f"{self.name} does not answer '{text}' ({heard}). Check that it is a dermaroller with its firmware, "
            "that --baud fits, and that the cable carries data."
        )
