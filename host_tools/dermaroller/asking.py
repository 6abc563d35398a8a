"""Asks over an open line: requests under tags, with retries, until the first answer to any of them has come.

A question keeps the tags of all its tries, so that a slow device's late answer to the first counts. One that comes
after another question was asked is dropped. An application found at the prompt is started again.
"""

import itertools
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from dermaroller.errors import DeviceRefused, DeviceSilent
from dermaroller.frames import Frame, FrameReader
from dermaroller.patience import TRIES, first_s, grown_s
from roller import wire

SILENCE_S = 1.5  # without a frame for this long, a usual request counts as lost
SLOW_S = 3.0  # a question that waits for longer is worth a word to whoever sits there
PROMPT = b">>> "
CONTINUATION = b"... "  # what a prompt answers to a request: '@' begins a decorator
CTRL_D = b"\x04"
CTRL_B = b"\x02"  # leaves a raw prompt, as a tool that was killed leaves it behind
MAX_RESTARTS = 2  # of an application found at the prompt; one that ends again has a fault of its own


class Stream(Protocol):
    """What a port must offer: read returns what has come, b"" after its short timeout."""

    def read(self) -> bytes: ...

    def write(self, data: bytes) -> None: ...


@dataclass
class _Question:
    """What is asked, under the tags of all its tries. begun_s: when it was asked first. text: of the last try."""

    begun_s: float
    text: str = ""
    tags: set[int] = field(default_factory=set)

    def is_answered_by(self, frame: Frame) -> bool:
        return frame.tag in self.tags and frame.kind in (wire.JSON, wire.ERROR)


class Asking:
    """Whoever answers behind `stream`. `say` takes one sentence when something unusual had to be done, `detail` one for
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
        self.silence_s = silence_s
        self._clock = clock
        self._reader = FrameReader()
        self._tags = itertools.cycle(range(256))
        self._restarts = 0
        self._is_slow_told = False
        self._tries = 0  # that the last question took
        self.was_at_prompt = False  # at any time since the port was opened

    @property
    def skipped(self) -> int:
        """Bytes that came and were no part of a frame."""
        return self._reader.skipped

    def ask(self, text: str, silence_s: float | None = None) -> dict[str, Any]:
        """The JSON answer to one request, asked up to TRIES times; the first to come counts, to whichever of them.

        silence_s: after which it is asked again at first; by default what the work takes. DeviceRefused if the device
        answers with an error, DeviceSilent if not at all.
        """
        return self._ask(lambda: text, silence_s or first_s(text, self.silence_s))

    def _ask(self, request: Callable[[], str], silence_s: float) -> dict[str, Any]:
        asked = _Question(self._clock())
        for attempt in range(TRIES):
            if attempt == TRIES // 2:
                self._stream.write(CTRL_B)
                if frame := self._answer_to(asked, self.silence_s):  # besides, a banner and the usual prompt may come
                    return self.answer(frame, asked.text)
            if attempt:
                verb = asked.text.partition(" ")[0]
                self.detail(f"no answer to '{verb}': asking again, {attempt + 1} of {TRIES}.")
                self._stream.write(b"\n")  # ends whatever a lost byte left standing in the device's line
            asked.text = request()
            asked.tags.add(self.send(asked.text))
            self._tries = attempt + 1
            if frame := self._answer_to(asked, grown_s(silence_s, attempt)):
                return self.answer(frame, asked.text)
        raise self.silent(asked.text, self._clock() - asked.begun_s)

    def _answer_to(self, asked: "_Question", patience_s: float) -> Frame | None:
        """The answer to any of its tries, if it comes in time. What else comes does not make the wait longer."""
        deadline = self._clock() + patience_s
        while self._clock() < deadline:
            for frame in self._come():
                if asked.is_answered_by(frame):
                    return frame
            self._tell_slow(asked)
        return next(filter(asked.is_answered_by, self._reader.give_up()), None)

    def _tell_slow(self, asked: "_Question") -> None:
        waited_s = self._clock() - asked.begun_s
        if waited_s >= SLOW_S and not self._is_slow_told:
            self._is_slow_told = True
            self._say(f"{self.name} has not answered '{asked.text}' for {waited_s:.0f} s; still waiting for it.")

    def send(self, text: str) -> int:
        """Write a request; return its tag."""
        tag = next(self._tags)
        self._stream.write(wire.pack_request(tag, text))
        return tag

    def listen(self, silence_s: float | None = None) -> Iterator[Frame]:
        """Frames as they come, until none has come for silence_s; wakes an application that was stopped."""
        silence_s = silence_s or self.silence_s
        deadline = self._clock() + silence_s
        while self._clock() < deadline:
            for frame in self._come():
                deadline = self._clock() + silence_s
                yield frame
        yield from self._reader.give_up()

    def _come(self) -> Iterator[Frame]:
        """The frames that have come."""
        yield from self._reader.feed(self._stream.read())
        self._leave_prompt()

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

    def silent(self, text: str, waited_s: float) -> DeviceSilent:
        """The error for a request that stayed unanswered for so long."""
        heard = f"{self._reader.skipped} bytes came that are no answer" if self._reader.skipped else "nothing came back"
        heard = f"{heard} in {waited_s:.1f} s"
        return DeviceSilent(
            f"{self.name} does not answer '{text}' ({heard}). Check that it is a dermaroller with its firmware, "
            "that --baud fits, and that the cable carries data."
        )
