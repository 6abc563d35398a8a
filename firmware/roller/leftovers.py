"""Closes a session file that lost power. Loaded only at a boot that finds one."""

import hashlib
import json
from binascii import hexlify

from roller import formats, wire
from roller.recorder import Totals, write_footer


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
            for tag, body, body_end in formats.records(buf, start, end):
                if tag in formats.FORMATS:
                    totals.add(tag, formats.get_record(buf, tag, body, body_end))
    sha256 = hexlify(sha.digest()).decode()
    with open(path, "ab") as f:
        write_footer(f.write, session, seq, totals, "power_loss", totals.end_ms, {}, sha256)
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
