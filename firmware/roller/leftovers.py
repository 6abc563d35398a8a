"""Closes what a power cut left open: totals and hash from what is in the file, in bounded memory.

Loaded at boot, only if there is something to close.
"""

import hashlib
import json
import os
from binascii import hexlify

from roller import decoding, formats, records, wire
from roller.recorder import write_footer
from roller.totals import Totals

_CHUNK = 512
_WHOLE = 1 << 29
_HEAD = 4096  # bytes in which most headers end
_TAIL = 1024  # bytes in which a footer lies


def close(path, session):
    """Put a footer on a session file. Returns (head id, subject, path counts) for the ledger, None where unknown."""
    file = _LeftFile()
    sha = hashlib.sha256()
    with open(path, "rb") as f:
        file.read(f, sha, _WHOLE)
    totals = file.totals
    sha256 = hexlify(sha.digest()).decode()
    with open(path, "ab") as f:
        write_footer(f.write, session, file.seq, totals, "power_loss", totals.end_ms, {}, sha256)
    return file.told()


def tell(path):
    """What `close` returned, of a session that was closed already."""
    file = _LeftFile()
    sha = hashlib.sha256()
    with open(path, "rb") as f:
        file.read(f, sha, _HEAD)
        f.seek(max(0, os.stat(path)[6] - _TAIL))
        file.read(f, sha, _TAIL)
    return file.told()


class _LeftFile:
    """What is in a file whose end may be missing or torn."""

    def __init__(self):
        self.totals = Totals()
        self.header = {}
        self.footer = {}
        self.seq = 0

    def told(self):
        path_counts = self.footer.get("path_counts", self.totals.path_counts)
        return (self.header.get("head") or {}).get("id"), (self.header.get("plan") or {}).get("subject"), path_counts

    def read(self, f, sha, most):
        """Take every intact block in the next `most` bytes, and hash them."""
        buf = b""
        is_more = True
        while is_more:
            chunk = f.read(_CHUNK) if most > 0 else b""
            is_more = len(chunk) > 0
            most -= _CHUNK
            sha.update(chunk)
            buf += chunk
            buf = buf[self._take_blocks(buf, is_more) :]

    def _take_blocks(self, buf, is_more):
        """The position up to which blocks were taken or passed over."""
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
        return pos

    def _take(self, kind, t_ms, buf, start, end):
        try:
            if kind == wire.DATA:
                times = records.Times(t_ms)
                for tag, body, body_end in decoding.rows(buf, start, end):
                    if tag in formats.FORMATS:
                        self.totals.add(tag, decoding.get_record(buf, tag, body, body_end, times))
            elif kind == wire.HEADER:
                self.header.update(json.loads(buf[start:end]))
            elif kind == wire.FOOTER:
                self.footer.update(json.loads(buf[start:end]))
        except ValueError:
            pass  # intact, and yet not what this version writes
