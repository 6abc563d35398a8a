"""Session files for the archive's tests: many different ones, out of few that the virtual board or the builder made."""

import hashlib
import json

from dermaroller.blocks import scan
from roller import wire

from ..logs import whole_log

DAY_S = 86_400
START_S = 1_700_000_000


def resealed(data, session, **header):
    """The same session as another one: its number and header changed, everything else as it was, closed anew."""
    out = bytearray()
    for block in scan(data)[0]:
        payload = data[block.start : block.end]
        if block.kind == wire.HEADER:
            payload = json.dumps(json.loads(payload) | header | {"session": session}).encode()
        elif block.kind == wire.FOOTER:
            payload = json.dumps(json.loads(payload) | {"sha256": hashlib.sha256(out).hexdigest()}).encode()
        out += wire.pack_block(block.kind, session, block.seq, block.t_ms, payload)
    return bytes(out)


def many(n, first=1, devices=3, subjects=5, data=None):
    """n whole sessions, a day after the other, of some devices and subjects P-0, P-1, ..."""
    data = data or whole_log().data()
    return [
        resealed(
            data, i, device=f"dev{i % devices}", utc_s=START_S + i * DAY_S, plan={"subject": f"P-{i % subjects}"},
            head={**json.loads(_header(data))["head"], "id": f"A{i % 4}"},
        )
        for i in range(first, first + n)
    ]  # fmt: skip


def digest(data):
    return hashlib.sha256(data).hexdigest()


def write(folder, sessions):
    """Write them as a plain folder holds them; {digest: file}."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    for i, data in enumerate(sessions):
        files[digest(data)] = folder / f"c0ffee-{i:05d}.drl"
        files[digest(data)].write_bytes(data)
    return files


def _header(data):
    block = scan(data)[0][0]
    return data[block.start : block.end]
