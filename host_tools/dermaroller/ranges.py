"""Reads a range of a session file with several requests under way, and asks again for what was lost."""

import itertools
from collections.abc import Iterator
from typing import Any, Protocol

from dermaroller.errors import DeviceSilent
from dermaroller.frames import Frame
from roller import wire

TRIES = 5  # times that a request is asked before the device counts as silent
WINDOW = 4  # requests under way, so that the line never idles
CHUNK_BYTES = 1024


class Asker(Protocol):
    """What is needed of a device: see there."""

    def send(self, text: str) -> int: ...

    def listen(self) -> Iterator[Frame]: ...

    def answer(self, frame: Frame, text: str) -> dict[str, Any]: ...

    def silent(self, text: str) -> DeviceSilent: ...


class RangeReader:
    """The bytes [start, end) of one session."""

    def __init__(self, device: Asker, session: int, start: int, end: int) -> None:
        self._device = device
        self._session = session
        self._next = start  # first byte not yet asked for
        self._end = end
        self._asked: dict[int, tuple[int, int]] = {}  # tag: (offset, length)
        self._come: dict[int, bytes] = {}  # offset: bytes not yet given out
        self._given = start
        self._chunk_bytes = CHUNK_BYTES

    def chunks(self) -> Iterator[bytes]:
        failures = 0
        while self._given < self._end:
            before = self._given
            yield from self._exchange()
            failures = 0 if self._given > before else failures + 1
            if failures == TRIES:
                raise self._device.silent(f"get {self._session} {self._given}")

    def _exchange(self) -> Iterator[bytes]:
        """Keep the window full until all has come or the line falls silent; then what is missing is asked again."""
        self._asked.clear()
        self._next = self._given
        self._fill_window()
        for frame in self._device.listen():
            if frame.tag not in self._asked:
                continue
            self._take(frame)
            while self._given in self._come:
                chunk = self._come.pop(self._given)
                self._given += len(chunk)
                yield chunk
            if self._given >= self._end:
                return
            self._fill_window()

    def _fill_window(self) -> None:
        while len(self._asked) < WINDOW and self._next < self._end:
            if self._next in self._come:
                self._next += len(self._come[self._next])
                continue
            length = min(self._chunk_bytes, self._end - self._next)
            self._request(self._next, length)
            self._next += length

    def _request(self, offset: int, length: int) -> None:
        tag = self._device.send(f"get {self._session} {offset} {length}")
        self._asked[tag] = (offset, length)

    def _take(self, frame: Frame) -> None:
        offset, length = self._asked[frame.tag]
        self._ask_again_before(frame.tag)
        del self._asked[frame.tag]
        if frame.kind == wire.ERROR:
            self._device.answer(frame, f"get {self._session} {offset} {length}")
        if frame.kind != wire.BYTES or frame.offset != offset or len(frame.payload) > length:
            return  # asked again when the line falls silent
        if not frame.payload:
            self._end = min(self._end, offset)
            return
        self._come[offset] = frame.payload
        if len(frame.payload) < length:  # the device has less room just now, or the file ends
            self._chunk_bytes = len(frame.payload)
            self._request(offset + len(frame.payload), length - len(frame.payload))

    def _ask_again_before(self, tag: int) -> None:
        """The device answers in order, so whatever was asked before an answered request and has not come is lost."""
        for earlier in list(itertools.takewhile(lambda asked: asked != tag, self._asked)):
            self._request(*self._asked.pop(earlier))
