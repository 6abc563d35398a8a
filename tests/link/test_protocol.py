"""PROTOCOL.md is what the generator writes, and what it says of bytes is so."""

import json
import re
from binascii import crc32
from pathlib import Path

import pytest

from dermaroller.link import layout, protocol
from dermaroller.link.examples import EXAMPLES
from dermaroller.link.schema import ANSWERS, FORMS, OBJECTS
from roller import verbs, wire
from roller.answers import BINARY

PAGE = Path(__file__).parents[2] / "PROTOCOL.md"


def test_the_page_is_what_the_code_says():
    assert PAGE.read_text(encoding="utf-8") == protocol.page(), "run: make docs"


def test_every_entry_and_every_refusal_is_told():
    told = PAGE.read_text(encoding="utf-8")
    for name, entries in (ANSWERS | OBJECTS).items():
        for each in entries:
            assert each.name == "*" or f"| `{each.name}` | " in told, (name, each.name)
            assert each.meaning in told
    for word, meaning in verbs.ERRORS.items():
        assert f"| `{word}` | {meaning} |" in told
    assert EXAMPLES.keys() == {*ANSWERS, *BINARY}


def test_every_example_is_a_whole_request():
    lines = re.findall(r"^@.*$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    requests = [wire.parse_request(line.encode()) for line in lines]
    assert {tag for tag, _ in requests} == {protocol.TAG}
    assert {text.split()[0] for _, text in requests} == FORMS.keys()
    for line in lines:
        body, _, crc = line[1:].rpartition(" *")
        assert crc == f"{crc32(body.encode()):08x}"


def test_frames_of_the_page_are_frames():
    found = re.findall(r"^(?:[0-9a-f]{2} ){12,}[0-9a-f]{2}$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    kinds = []
    for line in found:
        frame = bytes.fromhex(line)
        kind, tag, offset, _, _, following = wire.parse_frame(frame)
        assert (tag, offset, following) == (protocol.TAG, 0, len(frame))
        kinds.append(kind)
    assert kinds == [wire.BYTES, wire.ERROR]


def cut(data, fields, payload):
    """The bytes of each field, by the layout."""
    found, at = {}, 0
    for field in fields:
        size = len(payload) if field.size is None else field.size
        found[field.name] = data[at : at + size]
        at += size
    assert at == len(data)
    return found


def number(data):
    return int.from_bytes(data, "little")


def test_a_frame_lies_as_the_page_says():
    payload = b'{"a": 1}'
    frame = bytearray(wire.FRAME_HEAD) + payload + bytes(4)
    wire.seal_frame(frame, wire.ERROR, 0xA7, 0x01020304, len(payload))
    found = cut(bytes(frame), layout.FRAME, payload)
    assert found.pop("payload") == payload
    assert {name: number(data) for name, data in found.items()} == {
        "sync": wire.FRAME_SYNC, "kind": wire.ERROR, "tag": 0xA7, "length": len(payload), "offset": 0x01020304,
        "CRC32": crc32(frame[2:-4]),
    }  # fmt: skip
    assert layout.offsets(layout.FRAME)[-2:] == [wire.FRAME_HEAD, None]


def test_a_block_lies_as_the_page_says():
    block = bytes(wire.pack_block(wire.FOOTER, 0x0102, 0x0304, 0x05060708, b"payload"))
    found = cut(block, layout.BLOCK, b"payload")
    assert found.pop("payload") == b"payload"
    assert {name: number(data) for name, data in found.items()} == {
        "sync": wire.BLOCK_SYNC, "format and kind": wire.FORMAT << 4 | wire.FOOTER, "length": 7, "session": 0x0102,
        "sequence": 0x0304, "time": 0x05060708, "CRC32": crc32(block[:-4]),
    }  # fmt: skip
    assert layout.offsets(layout.BLOCK)[-2:] == [wire.BLOCK_HEAD, None]


@pytest.mark.parametrize("value", [{"a": [1, {"b": None}], "c": "x" * 200}, {}, {"é": True}])
def test_examples_are_json_however_long(value):
    assert json.loads(protocol._json(value)) == value


def test_links_within_the_page_lead_somewhere():
    told = PAGE.read_text(encoding="utf-8")
    anchors: set[str] = set()
    for heading in re.findall(r"^#+ (.+)$", told, re.MULTILINE):
        name = heading.lower().replace(" ", "-")
        anchors.add(name if name not in anchors else f"{name}-1")
    assert set(re.findall(r"\]\(#([^)]+)\)", told)) <= anchors
