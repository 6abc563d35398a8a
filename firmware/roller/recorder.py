"""Writes one session: header, blocks of records, footer.

Holds everything in RAM until it is flushed, so that a session begins without touching flash and writes happen when the
drum is lifted.
"""

import hashlib
import json
from binascii import hexlify

from roller import forget, records, wire
from roller.bits import BitWriter
from roller.samples import SampleRun
from roller.totals import Totals

CAPACITY = 2048  # payload bytes of a DATA block; any full run of samples fits
_RECORD_ROOM = 64  # no plain record needs more


class Room:
    """The buffers of the one open session: taken at boot, while the heap is whole, and used again by each session."""

    def __init__(self):

        self.block = bytearray(wire.BLOCK_OVERHEAD + CAPACITY)
        self.run = SampleRun()
        self.bits = BitWriter()
        self.times = records.Times()


_room = Room()


class Recorder:
    """One session's log. Times given to it are ms since boot; it writes them as ms since the session's start."""

    def __init__(self, store, session, start_ms, header):
        """header(): the payload of the HEADER block in pieces; asked for with the first flush."""
        self.session = session
        self.start_ms = start_ms
        self._store = store
        self._header = header
        self._room = _room
        self.run = _room.run
        self.run.begin(self._write_run)
        self.totals = Totals()
        self.lost_bytes = 0  # that flash refused or had no room for
        self._end = wire.BLOCK_HEAD  # of the block in the making
        self._t_ms = start_ms
        self._seq = 0
        self._text = None  # of the header, between two parts of the first flush
        self._is_run_written = False  # of the flush that goes on
        self._file = None
        self._left = 0  # bytes that may be written before the store has to be asked again
        self._sha = hashlib.sha256()

    def record(self, t_ms, tag, values):
        """Add a plain record; times in `values` are already relative to the session's start (see `since`)."""
        if self._end + _RECORD_ROOM > wire.BLOCK_HEAD + CAPACITY:
            self._write_block()
        self._stamp(t_ms)
        self._end = records.put_record(self._room.block, self._end, tag, values, self._room.times)
        self.totals.add(tag, values)

    def since(self, t_ms):
        """ms since the session's start, never negative."""
        return max(0, t_ms - self.start_ms)

    def step_flush(self, t_ms):
        """Bring what was recorded so far into flash, or count it as lost: one part of it, True with the last.

        To be called once a turn until then. What is recorded meanwhile may wait for the next flush.
        """
        if not self._seq:
            if self._text:
                self._begin_file()
            else:
                self._text = b"".join(self._header())
            return False
        if self.run.n and not self._is_run_written:
            self._write_run()
            self._is_run_written = True
            return False
        self._is_run_written = False
        self._write_block()
        return True

    def close(self, t_ms, end, counters):
        """Write the rest and the footer, whose room was kept free all along: yields where the loop may turn.

        At its end `is_complete` says whether the session has all that it should.
        """
        self.run.finish()
        while not self.step_flush(t_ms):
            yield
        yield
        if not self._file:
            return
        counters["log_lost_bytes"] = self.lost_bytes
        duration_ms = self.since(t_ms)
        sha256 = hexlify(self._sha.digest()).decode()
        self._sha = None  # it covers what stands before the footer, and MicroPython's is final once read
        text = b""
        for piece in footer_pieces(self.totals, end, duration_ms, counters, sha256):
            text += piece
            yield
        self._put(wire.pack_block(wire.FOOTER, self.session, self._seq, duration_ms, text))

    @property
    def is_begun(self):
        """Its header is written, or never will be."""
        return self._seq > 0

    @property
    def is_complete(self):
        return self._file is not None and not self._sha

    def _stamp(self, t_ms):
        """The first record of a block gives it its time."""
        if self._end == wire.BLOCK_HEAD:
            self._t_ms = self.since(t_ms)
            self._room.times.begin(self._t_ms)

    def _write_run(self):
        run = self.run
        end = self._put_run(run)
        if end == self._end:
            self._write_block()
            end = self._put_run(run)
        self._end = end
        run.clear()

    def _put_run(self, run):
        self._stamp(run.start_ms)
        room = self._room
        t_ms = self.since(run.start_ms)
        return records.put_samples(
            room.block, self._end, room.bits, t_ms, run.n, run.force_steps, run.counts, room.times
        )

    def _write_block(self):
        length = self._end - wire.BLOCK_HEAD
        if not length:
            return
        self._end = wire.BLOCK_HEAD
        if not self._seq:
            self._begin_file()
        size = wire.BLOCK_OVERHEAD + length
        if size > self._left:
            self._left = self._store.make_room()
        if size > self._left or not self._file:
            self.lost_bytes += size
            return
        block = self._room.block
        wire.seal_block(block, wire.DATA, self.session, self._seq, self._t_ms, length)
        self._put(memoryview(block)[:size])
        self._seq += 1

    def _begin_file(self):
        """The session's first block and header; these and the footer have room even in a full flash, while it lasts."""
        self._seq = 1
        self._left = self._store.make_room()
        try:
            self._file = self._store.create(self.session)
        except OSError:
            return
        text = self._text or b"".join(self._header())
        self._text = None
        wire.write_block(self._put, wire.HEADER, self.session, 0, 0, lambda: (text,))

    def _put(self, block):
        self._left -= len(block)
        if not self._file:
            return
        try:
            self._file.write(block)
        except OSError:
            self.lost_bytes += len(block)
            self._give_up()
            return
        if self._sha:
            self._sha.update(block)

    def _give_up(self):
        """Flash failed: what was written before is safe, and the next boot puts a footer on it."""
        self._store.is_full = True
        self._file = None


def footer_pieces(totals, end, duration_ms, counters, sha256):
    """Yield the payload of the FOOTER block in pieces. sha256: of all that stands before it."""
    from roller import ends

    yield b""  # loading that module is a turn's work
    yield from ends.pieces(ends.footer(totals, end, duration_ms, counters, sha256))
    forget("ends")
    forget("formats")


class Header:
    """The payload of a HEADER block. What only the plan decides is put together in the air, before the session begins,
    so that the first flush of a hand that rolls loads no module.
    """

    def __init__(self, plan, settings, calibration):
        self._rest = b""
        self._steps = _rest_of_header(plan, settings, calibration)

    def step(self):
        """Put together one more piece; True once there is no more."""
        if self._steps:
            for piece in self._steps:
                self._rest += piece
                return False
            self._steps = None
        return True

    def pieces(self, beginning):
        """Yield it. beginning: a dict of what is known when the session opens."""
        while not self.step():
            pass
        before = "{"
        for key in beginning:
            yield ('%s"%s":%s' % (before, key, json.dumps(beginning[key], separators=(",", ":")))).encode()
            before = ","
        yield self._rest


def _rest_of_header(plan, settings, calibration):
    from roller import ends

    yield b""
    yield from ends.pieces(ends.rest_of_header(plan, settings, calibration), ",")
    forget("ends")
    forget("formats")
