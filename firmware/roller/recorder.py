"""Writes one session: header, blocks of records, footer.

Holds everything in RAM until it is flushed, so that a session begins without touching flash and writes happen when the
drum is lifted.
"""

import hashlib
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
        """header(): the entries of the HEADER block; asked for with the first flush."""
        self.session = session
        self.start_ms = start_ms
        self._store = store
        self._header = header
        self._room = _room
        self.run = _room.run
        self.run.begin(self._write_run)
        self.totals = Totals()
        self.flushed_ms = start_ms
        self.lost_bytes = 0  # that flash refused or had no room for
        self._end = wire.BLOCK_HEAD  # of the block in the making
        self._t_ms = start_ms
        self._seq = 0
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

    def flush(self, t_ms):
        """Bring everything recorded so far into flash, or count it as lost."""
        if self.run.n:
            self._write_run()
        self.flushed_ms = t_ms
        self._write_block()

    def close(self, t_ms, end, counters):
        """Write the rest and the footer; True if the file is complete. Its room was kept free all along."""
        self.run.finish()
        self.flush(t_ms)
        if not self._file:
            return False
        counters["log_lost_bytes"] = self.lost_bytes
        duration_ms = self.since(t_ms)
        sha256 = hexlify(self._sha.digest()).decode()
        self._sha = None  # it covers what stands before the footer, and MicroPython's is final once read
        write_footer(self._put, self.session, self._seq, self.totals, end, duration_ms, counters, sha256)
        return bool(self._file)

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
            self._open_file()
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

    def _open_file(self):
        """The file and its header; these and the footer have room even in a full flash, as long as it lasts."""
        self._left = self._store.make_room()
        try:
            self._file = self._store.create(self.session)
        except OSError:
            self._seq = 1
            return
        write_json(self._put, wire.HEADER, self.session, 0, 0, self._header)
        self._seq = 1

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


def write_footer(write, session, seq, totals, end, duration_ms, counters, sha256):
    """Write the FOOTER block by write(bytes). sha256: of all that stands before it."""
    from roller import ends

    write_json(
        write, wire.FOOTER, session, seq, duration_ms, lambda: ends.footer(totals, end, duration_ms, counters, sha256)
    )


def write_json(write, kind, session, seq, t_ms, entries):
    """Write a block that holds a JSON object by write(bytes). entries(): its (key, value), one after the other."""
    from roller import ends

    wire.write_block(write, kind, session, seq, t_ms, lambda: ends.pieces(entries()))
    forget("ends")
    forget("formats")
