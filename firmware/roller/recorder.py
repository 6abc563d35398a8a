"""Writes one session: header, blocks of records, footer. Holds everything in RAM until it is flushed, so that a session
begins without touching flash and writes happen when the drum is lifted."""

import hashlib
from binascii import hexlify

from roller import forget, records, wire
from roller.bits import BitWriter
from roller.samples import SampleRun

CAPACITY = 2048  # payload bytes of a DATA block; any full run of samples fits
_RECORD_ROOM = 64  # no plain record needs more


class Totals:
    """What a footer sums up, kept while recording and rebuilt from the records after a power cut."""

    def __init__(self):
        self.end_ms = 0
        self.contact_ms = 0
        self.gap_ms = 0
        self.passes = 0
        self.path_counts = 0
        self.effective_counts = 0
        self.zones = {}

    def add(self, tag, values):
        if tag == records.CONTACT:
            self.contact_ms += values[1]
            self.end_ms = max(self.end_ms, values[0] + values[1])
        elif tag == records.GAP:
            self.gap_ms += values[1]
        elif tag == records.STROKE:
            zone = self.zones.setdefault(values[7], [0, 0, 0])
            zone[0] += values[8]
            zone[1] += values[3]
            zone[2] += values[4]
            self.passes += values[8]
            self.path_counts += values[3]
            self.effective_counts += values[4]
            self.end_ms = max(self.end_ms, values[0] + values[1])


class Room:
    """The buffers of the one open session: taken at boot, while the heap is whole, and used again by each session."""

    def __init__(self):
        self.block = bytearray(wire.BLOCK_OVERHEAD + CAPACITY)
        self.bits = BitWriter()
        self.run = SampleRun()


_room = Room()


class Recorder:
    """One session's log. Times given to it are ms since boot; it writes them as ms since the session's start."""

    def __init__(self, store, session, start_ms):
        self.session = session
        self.start_ms = start_ms
        self._store = store
        self.lost_bytes = 0  # bytes that flash refused
        self.flushed_ms = start_ms
        self.run = _room.run
        self.run.begin(self._write_run)
        self.totals = Totals()
        self._bits = _room.bits
        self._buf = _room.block
        self._end = wire.BLOCK_HEAD
        self._seq = 0
        self._t_ms = start_ms
        self._header = None
        self._file = None
        self._sha = hashlib.sha256()

    def begin(self, header):
        """header(): the entries of the HEADER block; asked for with the first flush."""
        self._header = header

    def record(self, t_ms, tag, values):
        """Add a plain record; times in `values` are already relative to the session's start (see `since`)."""
        if self._end + _RECORD_ROOM > wire.BLOCK_HEAD + CAPACITY:
            self._write_block()
        self._stamp(t_ms)
        self._end = records.put_record(self._buf, self._end, tag, values)
        self.totals.add(tag, values)

    def since(self, t_ms):
        """ms since the session's start, never negative."""
        return max(0, t_ms - self.start_ms)

    def is_empty(self):
        return self._end == wire.BLOCK_HEAD and not self.run.n

    def flush(self, t_ms):
        """Bring everything recorded so far into flash; True if flash took it."""
        if self.run.n:
            self._write_run()
        self.flushed_ms = t_ms
        self._write_block()
        if not self._file:
            return False
        try:
            self._file.flush()
        except OSError:
            return False
        return True

    def close(self, t_ms, end, counters):
        """Write the rest and the footer; True if the file is complete."""
        self.run.finish()
        self.flush(t_ms)
        duration_ms = self.since(t_ms)
        sha256 = hexlify(self._sha.digest()).decode()
        self._sha = None  # it covers what stands before the footer, and MicroPython's is final once read
        write_footer(self._put, self.session, self._seq, self.totals, end, duration_ms, counters, sha256)
        if not self._file:
            return False
        try:
            self._file.close()
        except OSError:
            return False
        return not self.lost_bytes

    def _stamp(self, t_ms):
        if self._end == wire.BLOCK_HEAD:
            self._t_ms = t_ms

    def _write_run(self):
        run = self.run
        t_ms = self.since(run.start_ms)
        self._stamp(run.start_ms)
        end = records.put_samples(self._buf, self._end, self._bits, t_ms, run.n, run.force_steps, run.counts)
        if end == self._end:
            self._write_block()
            self._stamp(run.start_ms)
            end = records.put_samples(self._buf, self._end, self._bits, t_ms, run.n, run.force_steps, run.counts)
        self._end = end
        run.clear()

    def _write_block(self):
        length = self._end - wire.BLOCK_HEAD
        if self._header:
            write_json(self._put, wire.HEADER, self.session, 0, 0, self._header)
            self._header = None
            self._seq = 1
        if length:
            size = wire.seal_block(self._buf, wire.DATA, self.session, self._seq, self.since(self._t_ms), length)
            self._put(memoryview(self._buf)[:size])
            self._end = wire.BLOCK_HEAD
            self._seq += 1

    def _put(self, block):
        try:
            if not self._file:
                self._file = self._store.create(self.session)
            self._file.write(block)
        except OSError:
            self.lost_bytes += len(block)
            return
        if self._sha:
            self._sha.update(block)


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
