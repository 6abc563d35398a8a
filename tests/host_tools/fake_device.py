"""A dermaroller in memory, behind a serial line that can lose, damage, double and babble."""

import hashlib
import json
import time

from dermaroller.errors import DermarollerError
from dermaroller.link import reading
from dermaroller.link.schema import answer_to
from roller import wire

INFO = {
    "fw": "0.1.0", "format": 1, "state": "ready", "uptime_ms": 5000, "device": "c0ffee", "name": None, "hw": None,
    "board": "esp32_devkitc", "chip": "ESP32", "machine": "Generic ESP32 module with ESP32", "micropython": "1.25.0",
    "boot": 7, "utc_s": None, "session": None, "sessions": 0, "log_full": False, "flash_free": 1500000,
    "flash_size": 1769472, "heap_free": 60000, "subject": None, "plan_error": None, "max_payload": 2048,
    "max_speed_mm_s": None, "counters": {"late_callbacks": 2},
}  # fmt: skip


def check_honest(request, kind, payload):
    """Fail where a fake gives an answer that is none by the schema: no device would give it."""
    if kind == wire.JSON:
        try:
            reading.read(reading.ANSWER_TYPES[answer_to(request)], request, json.loads(payload), "a fake")
        except DermarollerError as error:  # which whoever asks might take for an answer
            raise AssertionError(str(error)) from error
    elif kind == wire.BYTES:
        assert answer_to(request) is None


def framed(tag, kind, payload, offset=0):
    buf = bytearray(wire.FRAME_HEAD) + payload + bytes(wire.FRAME_OVERHEAD - wire.FRAME_HEAD)
    wire.seal_frame(buf, kind, tag, offset, len(payload))
    return bytes(buf)


class FakeDevice:
    """A stream for dermaroller.device: what is written is answered at once; `spoil` may change each reply's bytes.

    Each answer is held to the schema before it leaves.
    """

    is_honest = True  # not where a test wants to see what comes of other answers

    def __init__(self, sessions, spoil=lambda reply: [reply], max_payload=2048, page=12):
        self.sessions = sessions  # {id: bytes}
        self.open_ids = set()
        self.confirmed_ids = set()
        self.utc_s = None
        self._started_s = time.monotonic()
        self.device_id = "c0ffee"
        self.requests = []  # texts, in order
        self.written = b""  # whatever was written that is no request
        self.is_stopped = False  # at the MicroPython prompt
        self._is_in_statement = False
        self._spoil = spoil
        self._max_payload = max_payload
        self._page = page
        self._out = bytearray()

    def read(self):
        data = bytes(self._out)
        self._out.clear()
        return data

    def write(self, data):
        if self.is_stopped:
            self._at_prompt(data)
            return
        for line in data.translate(None, b"\x02\x04").splitlines():
            if not line:
                continue
            tag, text = wire.parse_request(line)
            assert tag is not None and len(line) < 200
            self.requests.append(text)
            for piece in self._spoil(self._reply(tag, text)):
                self._out += piece

    def _at_prompt(self, data):
        self.written += data
        if data != b"\x04":
            self._is_in_statement = True
            self._out += data + b"\r\n... "  # '@' begins a decorator
        elif self._is_in_statement:
            self._is_in_statement = False
            self._out += b"SyntaxError: invalid syntax\r\n>>> "
        else:
            self.is_stopped = False
            self._out += b"MPY: soft reboot\r\n"

    def _reply(self, tag, text):
        verb, *words = text.split()
        try:
            answer = getattr(self, f"_{verb}")
            kind, offset, payload = answer(
                *(int(word) if word.isdigit() and len(word) < 20 else word for word in words)
            )
        except (KeyError, AttributeError, ValueError) as reason:
            words = {KeyError: "missing", AttributeError: "unknown", ValueError: "differs"}
            error = {"error": words[type(reason)], "text": f"cannot {text}"}
            kind, offset, payload = wire.ERROR, 0, json.dumps(error).encode()
        if self.is_honest:
            check_honest(text, kind, payload)
        return framed(tag, kind, payload, offset)

    def _info(self):
        answer = {**INFO, "device": self.device_id, "sessions": len(self.sessions)}
        return wire.JSON, 0, json.dumps(answer).encode()

    def _list(self, start):
        ids = [i for i in sorted(self.sessions) if i >= start]
        page = [self._entry(i) for i in ids[: self._page]]
        following = ids[self._page] if len(ids) > self._page else None
        return wire.JSON, 0, json.dumps({"sessions": page, "next": following}).encode()

    def _entry(self, i):
        flags = {"open": i in self.open_ids, "confirmed": i in self.confirmed_ids}
        return {"id": i, "bytes": len(self.sessions[i]), **flags}

    def _confirm(self, session, digest):
        self._prove(session, digest)
        self.confirmed_ids.add(session)
        return wire.JSON, 0, json.dumps({"confirmed": session}).encode()

    def _erase(self, session, digest):
        self._prove(session, digest)
        del self.sessions[session]
        return wire.JSON, 0, json.dumps({"erased": session}).encode()

    def _prove(self, session, digest):
        if hashlib.sha256(self.sessions[session]).hexdigest() != digest:
            raise ValueError("differs")

    def _time(self, what="", utc_s=None, ms=0):
        if what == "set":
            self.utc_s = utc_s
        uptime_ms = round((time.monotonic() - self._started_s) * 1000)
        answer = {"device": self.device_id, "boot": 7, "uptime_ms": uptime_ms, "utc_s": self.utc_s}
        return wire.JSON, 0, json.dumps(answer).encode()

    def _get(self, session, offset, length):
        return wire.BYTES, offset, self.sessions[session][offset : offset + min(length, self._max_payload)]

    def _sha(self, session):
        content = self.sessions[session]
        answer = {"id": session, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        return wire.JSON, 0, json.dumps(answer).encode()

    def _stop(self):
        return wire.JSON, 0, b'{"stopped": 1}'


class Every:
    """Spoils every n-th reply with `harm(reply) -> list of byte strings`."""

    def __init__(self, n, harm):
        self._n = n
        self._harm = harm
        self._count = 0

    def __call__(self, reply):
        self._count += 1
        return self._harm(reply) if self._count % self._n == 0 else [reply]


def drop(reply):
    return []


def double(reply):
    return [reply, reply]


def flip_a_bit(reply):
    damaged = bytearray(reply)
    damaged[len(damaged) // 2] ^= 4
    return [bytes(damaged)]


def cut(reply):
    return [reply[: len(reply) // 2]]


def babble(reply):
    return [b"boot: I am alive\r\n\xa9\x5d\x02", reply, b"\xa9"]


def false_start(reply):
    # Looks like the head of a frame of 4,096 bytes, behind which the real one hides.
    return [bytes.fromhex("a95d 02 00 0010 00000000"), reply]


HARMS = {harm.__name__: harm for harm in (drop, double, flip_a_bit, cut, babble, false_start)}
