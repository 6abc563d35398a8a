"""The serial link: one printable line in, one answer out; keeps no transfer state, so resuming and repeating are one
thing.

A line made by wire.pack_request is answered by one binary frame with its tag; a line typed by a person by text. An
answer is made and leaves in slices, one a turn of the loop, so that sampling and light go on meanwhile: none takes
more than 10 ms of a chip at 160 MHz. While a session records, a slice never waits for the line.
"""

import gc
import json

from roller import wire

_SLICE = 128  # the UART's FIFO
IDLE_PAYLOAD = 2048  # 99.3 % of a frame
BUSY_PAYLOAD = 96  # with its frame within the FIFO, so that a host that went away costs one slice
BUSY_SLICE = 110
_BUSY_PAUSE_MS = 10  # in which a line of 115,200 carries 115 bytes
_PIECES_A_TURN = 6  # of a long answer: few enough for the 10 ms, also where one of them is an object
_BYTES_A_TURN = 160
_CRC = 4


class Refused(Exception):
    """A request that cannot be served; args: a word for programs, a sentence for people."""


class Link:
    def __init__(self, console, ask, is_busy):
        """console: read_byte() -> int or -1, write(buffer) -> False if nobody takes it. is_busy(): a session records.

        ask(words): answers a request with a short dict, a Range, or a generator that works for a moment at each `next`
        and yields None until it yields one of these; or raises Refused. A longer answer it yields in pieces, with None
        between them wherever the loop should turn: (key, value), or the JSON text of the object's beginning.
        """
        self._console = console
        self._ask = ask
        self._is_busy = is_busy
        self._line = bytearray(wire.MAX_REQUEST)
        self._length = 0
        self._frame = bytearray()  # taken when a host first asks for bytes
        self._out = None  # what is on its way out: a memoryview, from self._at on
        self._at = 0
        self._end = 0  # of an answer in the making; 0: nothing of it is there
        self._sent_ms = -_BUSY_PAUSE_MS
        self._job = None  # a generator that has not come to its answer, and for whom
        self._job_tag = None
        self.bad_requests = 0
        self.cut_answers = 0  # that nobody took

    def max_payload(self):
        return BUSY_PAYLOAD if self._is_busy() else IDLE_PAYLOAD

    def is_at_work(self):
        """Whether an answer is on its way or being worked out; the line need not be listened to meanwhile."""
        return self._out is not None or self._job is not None

    def pause_ms(self, longest_ms):
        """How long the loop may rest while is_at_work()."""
        return longest_ms if self._is_busy() else 0

    def release(self):
        """Give back what was taken for a host; it is taken again for the next."""
        self._frame = bytearray()
        self._out = None

    def step(self, t_ms, max_bytes=64):
        """Send on, work on, or take what has arrived up to one request. True if this took time of the line."""
        if self._out is not None:
            return self._send_slice(t_ms)
        if self._job is not None:
            self._work_on()
        else:
            byte = self._console.read_byte()
            if byte < 0:  # as in nearly every turn: without what _take needs of the heap for its frame
                return False
            self._take(byte, max_bytes)
        return self._send_slice(t_ms) if self._out is not None else False

    def _take(self, byte, max_bytes):
        read_byte = self._console.read_byte
        line = self._line
        length = self._length
        for left in range(max_bytes - 1, -1, -1):
            if byte == 10 or byte == 13:
                self._length = 0
                if 0 < length <= wire.MAX_REQUEST:
                    self._answer(bytes(memoryview(line)[:length]))
                    return
                if length:
                    self.bad_requests += 1
                length = 0
            elif length < wire.MAX_REQUEST:
                line[length] = byte
                length += 1
            else:
                length = wire.MAX_REQUEST + 1  # too long: swallowed to its end, then refused
            byte = read_byte() if left else -1
            if byte < 0:
                break
        self._length = length

    def _answer(self, line):
        try:
            tag, text = wire.parse_request(line)
        except (wire.WireError, UnicodeError):
            self.bad_requests += 1  # whoever asked will ask again; its tag cannot be trusted
            return
        self._serve(tag, self._ask, text.split())

    def _work_on(self):
        self._serve(self._job_tag, self._slice, self._job)

    def _serve(self, tag, function, argument):
        """Send what function(argument) returns, or why it does not; no fault of an answer may end the loop."""
        try:
            answer = function(argument)
            if answer is None:
                return
            if isinstance(answer, Range):
                self._send_range(tag, answer)
            elif isinstance(answer, dict):
                self._send(tag, wire.JSON, answer)
            else:
                self._job = answer
                self._job_tag = tag
                self._end = 0
                return
        except Refused as refused:
            self._refuse(tag, refused)
        except MemoryError:
            gc.collect()
            self._refuse(tag, Refused("memory", "no memory for this answer just now"))
        except Exception as error:  # noqa: BLE001 - flash that fails, or a mistake in a verb: rolling goes on
            self._refuse(tag, Refused("failed", "%s: %s" % (type(error).__name__, error)))
        self._job = None

    def _slice(self, job):
        """Work on: None, or a short answer. A long one is sent once the last of its entries is there."""
        tag = self._job_tag
        end = self._end + _BYTES_A_TURN
        for _ in range(_PIECES_A_TURN):
            try:
                found = next(job)
            except StopIteration:
                if tag is not None:
                    self._put("}" if self._end else "{}")
                self._begin_answer(tag, wire.JSON)
                self._job = None
                return None
            if isinstance(found, tuple):
                self._add(tag, *found)
            elif isinstance(found, str):
                self._put(found if tag is not None else found + "\r\n")
            else:
                return found
            if self._end > end:
                break
        return None

    def _refuse(self, tag, refused):
        self.bad_requests += 1
        self._send(tag, wire.ERROR, {"error": refused.args[0], "text": refused.args[1]})

    def _send(self, tag, kind, answer):
        """A short answer, at once."""
        self._end = 0
        if tag is None:
            for key in answer:
                self._add(tag, key, answer[key])
        else:
            self._put(json.dumps(answer, separators=(",", ":")))  # for the FIFO, which `live` must fit into
        self._begin_answer(tag, kind)

    def _add(self, tag, key, value):
        """One entry of the answer in the making."""
        if tag is None:
            self._put("%s: %s\r\n" % (key, value))
        else:
            self._put('%s"%s": %s' % (", " if self._end else "{", key, json.dumps(value)))

    def _put(self, text):
        data = text.encode()
        at = self._end or wire.FRAME_HEAD
        self._end = at + len(data)
        if self._end + 1 + _CRC > len(self._frame):  # 1: the brace that ends it
            self._take_frame(self._end + 1 + _CRC)
        self._frame[at : self._end] = data

    def _take_frame(self, size):
        """The frame, with room for so many bytes of it."""
        if len(self._frame) < size:
            is_usual = size <= wire.FRAME_OVERHEAD + IDLE_PAYLOAD
            more = bytearray(wire.FRAME_OVERHEAD + (IDLE_PAYLOAD if is_usual else wire.MAX_FRAME_PAYLOAD))
            if len(more) < size:
                raise Refused("failed", "the answer is longer than a frame")
            more[: len(self._frame)] = self._frame
            self._frame = more
        return self._frame

    def _begin_answer(self, tag, kind):
        if tag is None:
            self._begin(memoryview(self._frame)[wire.FRAME_HEAD : self._end])
        else:
            self._begin(self._frame, wire.seal_frame(self._frame, kind, tag, 0, self._end - wire.FRAME_HEAD))

    def _send_range(self, tag, answer):
        if tag is None:
            self._begin(b"binary data: ask with the host tool\r\n")
            return
        frame = self._take_frame(wire.FRAME_OVERHEAD + IDLE_PAYLOAD)
        room = memoryview(frame)[wire.FRAME_HEAD : wire.FRAME_HEAD + min(answer.length, self.max_payload())]
        length = answer.read_into(room)
        self._begin(frame, wire.seal_frame(frame, wire.BYTES, tag, answer.offset, length))

    def _begin(self, buffer, size=None):
        self._out = memoryview(buffer)[: len(buffer) if size is None else size]
        self._at = 0

    def _send_slice(self, t_ms):
        is_busy = self._is_busy()
        if is_busy and t_ms - self._sent_ms < _BUSY_PAUSE_MS:
            return False
        out = self._out
        end = min(self._at + (BUSY_SLICE if is_busy else _SLICE), len(out))
        self._sent_ms = t_ms
        is_taken = self._console.write(out[self._at : end]) is not False
        self._at = end
        if not is_taken:
            self.cut_answers += 1
        if end == len(out) or not is_taken:
            self._out = None
        return True


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
