"""Writes one session: header, blocks of records, footer. Holds everything in RAM until it is flushed, so that a session
begins without touching flash and writes happen when the drum is lifted."""

import hashlib
import json
from binascii import hexlify

from roller import records, wire
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

    def footer(self, end, duration_ms, counters, sha):
        zones = [self.zones.get(i, (0, 0, 0)) for i in range(max(self.zones) + 1 if self.zones else 1)]
        return {
            "end": end,
            "duration_ms": duration_ms,
            "contact_ms": self.contact_ms,
            "passes": self.passes,
            "path_counts": self.path_counts,
            "effective_counts": self.effective_counts,
            "zones": [{"passes": z[0], "path_counts": z[1], "effective_counts": z[2]} for z in zones],
            "gap_ms": self.gap_ms,
            "counters": counters,
            "sha256": hexlify(sha.digest()).decode(),
        }


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
        """header: the dict of the HEADER block; it goes to flash with the first flush."""
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
        footer = self.totals.footer(end, duration_ms, counters, self._sha)
        self._sha = None  # it covers what stands before the footer, and MicroPython's is final once read
        self._put_json(wire.FOOTER, self._seq, duration_ms, footer)
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
            self._put_json(wire.HEADER, 0, 0, self._header)
            self._header = None
            self._seq = 1
        if length:
            size = wire.seal_block(self._buf, wire.DATA, self.session, self._seq, self.since(self._t_ms), length)
            self._put(memoryview(self._buf)[:size])
            self._end = wire.BLOCK_HEAD
            self._seq += 1

    def _put_json(self, kind, seq, t_ms, table):
        wire.write_block(self._put, kind, self.session, seq, t_ms, lambda: json_pieces(table))

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


def json_pieces(table):
    """The JSON text of a dict as bytes, an entry at a time."""
    before = "{"
    for key in table:
        yield ('%s"%s": %s' % (before, key, json.dumps(table[key]))).encode()
        before = ", "
    yield b"}"


def close_leftover(path, session):
    """Append a footer to a session file that lost power; totals and hash come from what is in it.

    Returns (head id, subject, path counts) for the ledger; the first two are None where the header is damaged.
    """
    totals = Totals()
    head_id = subject = None
    sha = hashlib.sha256()
    seq = 0
    for kind, block_seq, buf, start, end in _blocks(path, sha):
        seq = max(seq, block_seq + 1)
        if kind == wire.HEADER:
            header = json.loads(buf[start:end])
            head_id = header["head"]["id"]
            subject = header["plan"]["subject"] if header["plan"] else None
        elif kind == wire.DATA:
            for tag, body, body_end in records.records(buf, start, end):
                if tag in records.FORMATS:
                    totals.add(tag, records.get_record(buf, tag, body, body_end))
    footer = totals.footer("power_loss", totals.end_ms, {}, sha)
    with open(path, "ab") as f:
        wire.write_block(f.write, wire.FOOTER, session, seq, totals.end_ms, lambda: json_pieces(footer))
    return head_id, subject, totals.path_counts


def _blocks(path, sha):
    """Yield (kind, seq, buf, start, end) of the intact blocks of a file, hashing every byte of it, in bounded
    memory.
    """
    buf = b""
    with open(path, "rb") as f:
        while True:
            more = f.read(512)
            sha.update(more)
            buf += more
            pos = 0
            while pos < len(buf):
                try:
                    kind, _, seq, _, start, end, following = wire.parse_block(buf, pos)
                except wire.WireError as error:
                    if error.reason == wire.SHORT and more:
                        break
                    pos += 1
                    continue
                yield kind, seq, buf, start, end
                pos = following
            buf = buf[pos:]
            if not more:
                return
