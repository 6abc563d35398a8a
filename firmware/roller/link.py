"""The serial link: one printable line in, one answer out; keeps no transfer state, so resuming and repeating are one
thing.

A line made by wire.pack_request is answered by one binary frame with its tag; a line typed by a person by text.
"""

import json

from roller import wire

_BUSY_PAYLOAD = 96  # while a session records: a frame that fits the UART's 128-byte FIFO and blocks nothing
_IDLE_PAYLOAD = 1024


class Refused(Exception):
    """A request that cannot be served; args: a word for programs, a sentence for people."""


class Link:
    def __init__(self, console, verbs, is_busy):
        """console: read_byte() -> int or -1, write(buffer). verbs: {name: (function(args) -> dict or Range, help)}.
        is_busy(): a session records.
        """
        self._console = console
        self._verbs = verbs
        self._is_busy = is_busy
        self._line = bytearray(wire.MAX_REQUEST)
        self._length = 0
        self._frame = bytearray(wire.FRAME_OVERHEAD + _IDLE_PAYLOAD)
        self.bad_requests = 0
        self.answers = 0

    def max_payload(self):
        return _BUSY_PAYLOAD if self._is_busy() else _IDLE_PAYLOAD

    def step(self, max_bytes=64):
        """Take what has arrived, up to max_bytes or one answer."""
        for _ in range(max_bytes):
            byte = self._console.read_byte()
            if byte < 0:
                return
            if byte == 10 or byte == 13:
                length = self._length
                self._length = 0
                if 0 < length <= wire.MAX_REQUEST:
                    self._answer(bytes(memoryview(self._line)[:length]))
                    return
                if length:
                    self.bad_requests += 1
            elif self._length < wire.MAX_REQUEST:
                self._line[self._length] = byte
                self._length += 1
            else:
                self._length = wire.MAX_REQUEST + 1  # too long: swallowed to its end, then refused

    def _answer(self, line):
        try:
            tag, text = wire.parse_request(line)
        except (wire.WireError, UnicodeError):
            self.bad_requests += 1  # whoever asked will ask again; its tag cannot be trusted
            return
        self.answers += 1
        words = text.split()
        try:
            if not words or words[0] not in self._verbs:
                raise Refused("unknown", "unknown request; type help")
            answer = self._verbs[words[0]][0](words[1:])
        except Refused as refused:
            self.bad_requests += 1
            self._send(tag, wire.ERROR, {"error": refused.args[0], "text": refused.args[1]})
            return
        if isinstance(answer, Range):
            self._send_range(tag, answer)
        else:
            self._send(tag, wire.JSON, answer)

    def _send(self, tag, kind, answer):
        if tag is None:
            for key in answer:
                self._console.write(("%s: %s\r\n" % (key, answer[key])).encode())
            return
        payload = json.dumps(answer).encode()
        size = wire.FRAME_OVERHEAD + len(payload)
        frame = self._frame if size <= len(self._frame) else bytearray(size)
        frame[wire.FRAME_HEAD : wire.FRAME_HEAD + len(payload)] = payload
        self._console.write(memoryview(frame)[: wire.seal_frame(frame, kind, tag, 0, len(payload))])

    def _send_range(self, tag, answer):
        if tag is None:
            self._console.write(b"binary data: ask with the host tool\r\n")
            return
        frame = self._frame
        room = memoryview(frame)[wire.FRAME_HEAD : wire.FRAME_HEAD + min(answer.length, self.max_payload())]
        length = answer.read_into(room)
        self._console.write(memoryview(frame)[: wire.seal_frame(frame, wire.BYTES, tag, answer.offset, length)])


class Range:
    """A stretch of a file to be sent as one BYTES frame."""

    def __init__(self, file, offset, length):
        self._file = file
        self.offset = offset
        self.length = length

    def read_into(self, room):
        """Fill `room` from the file; returns the bytes read, 0 at the file's end."""
        with self._file as f:
            f.seek(self.offset)
            return f.readinto(room)
