"""Reads a range of a session file with several requests under way, and asks again for what was lost."""

import itertools
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from dermaroller.errors import DeviceSilent
from dermaroller.frames import Frame
from dermaroller.output import plural
from dermaroller.patience import TRIES, grown_s
from roller import wire

WINDOW = 4  # requests under way, so that the line never idles; they fit the device's receive ring of 260 bytes
MAX_CHUNK_BYTES = 2048  # the largest frame that the firmware sends
MIN_CHUNK_BYTES = 64
GROW_AFTER = 8  # whole answers in a row after which larger ones are tried

Stretch = tuple[int, int]  # bytes [start, end) of the file


class Asker(Protocol):
    """What is needed of a device: see there."""

    detail: Callable[[str], None]
    silence_s: float

    def send(self, text: str) -> int: ...

    def listen(self, silence_s: float | None = None) -> Iterator[Frame]: ...

    def answer(self, frame: Frame, text: str) -> dict[str, Any]: ...

    def silent(self, text: str, waited_s: float) -> DeviceSilent: ...


class RangeReader:
    """The bytes [start, end) of one session."""

    def __init__(self, device: Asker, session: int, start: int, end: int) -> None:
        self._device = device
        self._session = session
        self._missing: deque[Stretch] = deque([(start, end)])  # neither here nor asked for, in order
        self._asked: dict[int, Stretch] = {}  # by tag, in the order of asking
        self._late: dict[int, int] = {}  # by the tags of answers given up: where their bytes would begin
        self._come: dict[int, bytes] = {}  # offset: bytes not yet given out
        self._given = start
        self._end = end
        self._chunk_bytes = MAX_CHUNK_BYTES
        self._whole_answers = 0

    def chunks(self) -> Iterator[bytes]:
        failures = 0
        waited_s = 0.0
        while self._given < self._end:
            before = self._given
            patience_s = grown_s(self._device.silence_s, failures)
            yield from self._exchange(patience_s)
            failures = 0 if self._given > before else failures + 1
            waited_s = 0.0 if self._given > before else waited_s + patience_s
            if failures == TRIES:
                raise self._device.silent(f"get {self._session} {self._given}", waited_s)

    def _exchange(self, patience_s: float) -> Iterator[bytes]:
        """Keep the window full until all has come or the line falls silent; then what was asked is missing again."""
        self._fill_window()
        for frame in self._device.listen(patience_s):
            if frame.tag in self._asked:
                self._take(frame)
            elif frame.tag in self._late:
                self._take_late(frame, self._late.pop(frame.tag))
            else:
                continue
            while self._given in self._come:
                chunk = self._come.pop(self._given)
                self._given += len(chunk)
                yield chunk
            if self._given >= self._end:
                return
            self._fill_window()
        self._lose(list(self._asked))

    def _fill_window(self) -> None:
        while len(self._asked) < WINDOW and self._missing:
            start, end = self._missing.popleft()
            length = min(self._chunk_bytes, end - start)
            tag = self._device.send(f"get {self._session} {start} {length}")
            self._late.pop(tag, None)  # tags come round again
            self._asked[tag] = (start, start + length)
            if start + length < end:
                self._missing.appendleft((start + length, end))

    def _take(self, frame: Frame) -> None:
        # The device answers in order, so whatever was asked before an answered request and has not come is lost.
        self._lose(list(itertools.takewhile(lambda asked: asked != frame.tag, self._asked)))
        start, end = self._asked.pop(frame.tag)
        if frame.kind == wire.ERROR:
            self._device.answer(frame, f"get {self._session} {start} {end - start}")
        got_end = start + len(frame.payload)
        if frame.kind != wire.BYTES or frame.offset != start or got_end > end:
            self._missing.appendleft((start, end))  # an answer to something else, long ago
        elif got_end == start:
            self._end = min(self._end, start)
            self._missing = deque(stretch for stretch in self._missing if stretch[0] < self._end)
        else:
            self._come[start] = frame.payload
            if got_end < end:  # the device has less room just now, or the file ends
                self._missing.appendleft((got_end, end))
                self._shrink(len(frame.payload))
            else:
                self._grow()

    def _take_late(self, frame: Frame, start: int) -> None:
        """The answer to a request that was given up: good bytes, if they are still missing or were asked for anew."""
        if frame.kind != wire.BYTES or frame.offset != start or not frame.payload:
            return
        again = next((tag for tag, stretch in self._asked.items() if stretch[0] == start), None)
        if again is not None:
            end = self._asked.pop(again)[1]
        elif self._missing and self._missing[0][0] == start:
            end = self._missing.popleft()[1]
        else:
            return
        payload = frame.payload[: end - start]
        self._come[start] = payload
        if start + len(payload) < end:
            self._missing.appendleft((start + len(payload), end))

    def _lose(self, tags: list[int]) -> None:
        if tags:
            self._shrink(self._chunk_bytes // 2)
            lost = plural(len(tags), "request")
            self._device.detail(f"lost {lost}: asking again, {self._chunk_bytes} bytes at a time.")
        for tag in reversed(tags):
            stretch = self._asked.pop(tag)
            self._late[tag] = stretch[0]
            self._missing.appendleft(stretch)

    def _shrink(self, chunk_bytes: int) -> None:
        """A device that records sends little at a time; on a bad line little is lost with a frame."""
        self._chunk_bytes = max(chunk_bytes, MIN_CHUNK_BYTES)
        self._whole_answers = 0

    def _grow(self) -> None:
        self._whole_answers += 1
        if self._whole_answers == GROW_AFTER:
            self._chunk_bytes = min(2 * self._chunk_bytes, MAX_CHUNK_BYTES)
            self._whole_answers = 0
