"""Closes what a power cut left open: totals and hash from what is in the file, in bounded memory.

Loaded at boot, only if there is something to close.
"""

import hashlib
import json
from binascii import hexlify

from roller import decoding, formats, records, wire
from roller.recorder import footer_pieces
from roller.settings import Settings
from roller.totals import Totals

_CHUNK = 512
_WHOLE = 1 << 29
_HEAD = 4096  # bytes in which most headers end
_TAIL = 4096  # bytes in which a footer lies, with the greatest numbers of 16 zones
_UNSEEN = b"\xff" * 4  # a block may end in bytes that look like flash that was not programmed


def take(store, session, state, is_file):
    """Close a session if it is open; tell the ledger of it, by store.leftovers, if there is anything in it."""
    from roller import legacy

    with store.open_file(session) as f:
        size = legacy.size(store.folder, session, state) if is_file else f.size
        left = _LeftFile()
        sha = hashlib.sha256()
        if state == legacy.OPEN:
            left.read(f, sha, _WHOLE, b"" if is_file else _UNSEEN)
        else:
            left.read(f, sha, _HEAD)
            f.seek(max(0, size - _TAIL))
            left.read(f, sha, _TAIL)
    if not size:
        store.remove(session)  # power went before anything was written
        return
    if state == legacy.OPEN:
        if is_file:
            _close_file(store, session, left, sha)
        else:
            _close(store, session, size, left, sha)
    store.leftovers.append((session,) + left.told())


def _close(store, session, size, left, sha):
    unseen = max(0, left.end - size)
    sha.update(_UNSEEN[:unseen])
    f = store.resume(session, size + unseen)
    if not (left.footer and left.end >= size):  # or only the mark is missing
        _write_footer(f.write, session, left, sha)
    store.finish(session)


def _close_file(store, session, left, sha):
    from roller import legacy

    with legacy.open_file(store.folder, session, legacy.OPEN, "ab") as f:
        _write_footer(f.write, session, left, sha)
    legacy.change(store.folder, session, legacy.OPEN, legacy.CLOSED)
    store.set_closed(session)


def _write_footer(write, session, left, sha):
    sha256 = hexlify(sha.digest()).decode()
    text = b"".join(footer_pieces(left.totals, "power_loss", left.totals.end_ms, {}, sha256))
    write(wire.pack_block(wire.FOOTER, session, left.seq, left.totals.end_ms, text))


class _LeftFile:
    """What is in a file whose end may be missing or torn. end: of the last intact block, where all of it was read."""

    def __init__(self):
        self.end = 0
        self.totals = Totals()
        self.header = {}
        self.footer = {}
        self.seq = 0
        self.utc_s = None  # of a clock that was set meanwhile

    def told(self):
        """What Ledger.enter takes of it, behind its number; neither head nor subject where it was no treatment."""
        if self.footer.get("passes", self.totals.passes) < Settings.treatment_min_passes:
            return None, None, 0, None
        header = self.header
        path_counts = self.footer.get("path_counts", self.totals.path_counts)
        utc_s = self.utc_s or header.get("utc_s")
        return (header.get("head") or {}).get("id"), (header.get("plan") or {}).get("subject"), path_counts, utc_s

    def read(self, f, sha, most, unseen=b""):
        """Take every intact block in the next `most` bytes, and hash them.

        unseen: bytes that may stand behind the last one.
        """
        at = 0
        buf = b""
        is_more = True
        while is_more:
            chunk = f.read(_CHUNK) if most > 0 else b""
            is_more = len(chunk) > 0
            most -= _CHUNK
            sha.update(chunk)
            buf += chunk if is_more else unseen
            taken = self._take_blocks(buf, at, is_more)
            buf = buf[taken:]
            at += taken

    def _take_blocks(self, buf, at, is_more):
        """The position up to which blocks were taken or passed over. at: that of buf in the file."""
        pos = 0
        while pos < len(buf):
            try:
                kind, _, seq, t_ms, start, end, following = wire.parse_block(buf, pos)
            except wire.WireError as error:
                if error.reason == wire.SHORT and is_more:
                    break
                pos += 1
                continue
            self.seq = max(self.seq, seq + 1)
            self._take(kind, t_ms, buf, start, end)
            pos = following
            self.end = at + pos
        return pos

    def _take(self, kind, t_ms, buf, start, end):
        try:
            if kind == wire.DATA:
                times = records.Times(t_ms)
                for tag, body, body_end in decoding.rows(buf, start, end):
                    if tag in formats.FORMATS:
                        values = decoding.get_record(buf, tag, body, body_end, times)
                        self.totals.add(tag, values)
                        if tag == records.CLOCK:
                            self.utc_s = values[1]
            elif kind == wire.HEADER:
                self.header.update(json.loads(buf[start:end]))
            elif kind == wire.FOOTER:
                self.footer.update(json.loads(buf[start:end]))
        except ValueError:
            pass  # intact, and yet not what this version writes
