"""Reads what the instrument logged and answered, for the stories."""

import json

from roller import decoding, records, wire


def blocks(data):
    """[(kind, payload, ms since the session's start)] of a file without damage."""
    found = []
    pos = 0
    while pos < len(data):
        kind, _, seq, t_ms, start, end, pos = wire.parse_block(data, pos)
        assert seq == len(found)
        found.append((kind, data[start:end], t_ms))
    return found


def told(data, tag):
    """All records of one tag in a file."""
    found = []
    for kind, payload, t_ms in blocks(data):
        if kind == wire.DATA:
            times = records.Times(t_ms)
            for t, start, end in decoding.rows(payload, 0, len(payload)):
                if t == tag:
                    found.append(decoding.get_record(payload, tag, start, end, times))
    return found


def footer(data):
    kind, payload, _ = blocks(data)[-1]
    assert kind == wire.FOOTER
    return json.loads(payload)


def ask(handle, text, tag=9):
    """The frames that answer one request: [(kind, offset, payload)]."""
    handle.hal.console.sent = b""
    handle.hal.console.incoming += wire.pack_request(tag, text)
    handle.wait(100)
    sent = handle.hal.console.sent
    found = []
    pos = 0
    while pos < len(sent):
        kind, answered, offset, start, end, pos = wire.parse_frame(sent, pos)
        assert answered == tag
        found.append((kind, offset, sent[start:end]))
    return found
