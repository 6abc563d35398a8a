"""Whatever bytes a log has, reading it ends in a session or in one of the errors that are meant for people."""

import json
import tracemalloc

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dermaroller.errors import IntegrityError, NewerFormat
from dermaroller.session import Session
from dermaroller.summary import summary
from roller import records, wire
from roller.bits import BitWriter

from .golden import FOLDER

EXAMPLES = settings.default.max_examples
GOLDEN = [path.read_bytes() for path in sorted(FOLDER.glob("*.drl"))]
BYTES_PER_BYTE = 600  # a sample takes one bit at the least, and some 60 bytes while it is worked on
EDITS = st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255), st.sampled_from("flip cut insert".split())))


def read(data):
    """Session and summary, or None where the bytes are refused cleanly."""
    try:
        session = Session.parse(data)
    except (IntegrityError, NewerFormat):
        return None
    summary(session)
    assert len(session.samples.t_s) == len(session.samples.force_n) == len(session.samples.counts)
    return session


def sealed(kind, seq, t_ms, payload):
    return bytes(wire.pack_block(kind, 7, seq, t_ms, payload))


@settings(max_examples=3 * EXAMPLES)
@given(st.binary(max_size=300))
def test_any_bytes(data):
    read(data)


@pytest.mark.slow
@settings(max_examples=3 * EXAMPLES)
@given(st.sampled_from(GOLDEN), EDITS)
def test_golden_files_edited_anywhere(data, edits):
    data = bytearray(data)
    for at, byte, how in edits:
        at = at % (len(data) + 1)
        if how == "insert":
            data.insert(at, byte)
        elif how == "cut":
            del data[at : at + byte]
        elif at < len(data):
            data[at] ^= byte
    read(bytes(data))


@pytest.mark.slow
@settings(max_examples=5 * EXAMPLES)
@given(
    st.lists(
        st.tuples(st.sampled_from((wire.HEADER, wire.DATA, wire.FOOTER, 9)), st.integers(0, 3), st.binary(max_size=60)),
        max_size=5,
    ),
    st.integers(0, 2**32 - 1),
)
@example([(wire.DATA, 0, bytes([0x1F, 7, 0, 0xFF, 0x3F, 0, 0, 0, 0]))], 0)
@example([(wire.DATA, 0, bytes([0x3E, *([255] * 13), 1]))], 2**32 - 1)
@example([(wire.HEADER, 0, b'{"zones": 5, "head": [], "force": null, "plan": "x", "utc_s": "y"}')], 0)
@example([(wire.FOOTER, 0, b'{"zones": 5, "duration_ms": "x", "passes": null, "sha256": 3}')], 0)
def test_any_payload_in_blocks_that_are_intact(blocks, t_ms):
    read(b"".join(sealed(kind, seq, t_ms, payload) for kind, seq, payload in blocks))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.dictionaries(
    st.sampled_from(
        "zones head force plan utc_s device settings calibration ledger duration_ms passes path_counts contact_ms"
        " effective_counts gap_ms counters sha256 end uptime_ms boot samples records".split()
    ),
    JSON,
)


@pytest.mark.slow
@settings(max_examples=5 * EXAMPLES)
@given(FIELDS, FIELDS)
def test_any_json_in_header_and_footer(header, footer):
    data = sealed(wire.HEADER, 0, 0, json.dumps(header).encode()[:4096])
    read(data + sealed(wire.FOOTER, 1, 5, json.dumps(footer).encode()[:4096]))


@pytest.mark.slow
def test_memory_stays_in_proportion():
    buf = bytearray(4096)
    times, end = records.Times(), 0
    for _ in range(28):  # nothing takes fewer bits than standing still without force
        end = records.put_samples(buf, end, BitWriter(), 0, 1024, [0] * 1024, [0] * 1024, times)
    data = b"".join(sealed(wire.DATA, i, 0, buf[:end]) for i in range(20))
    tracemalloc.start()
    session = read(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(session.samples.t_s) == 28 * 1024 * 20
    assert peak < BYTES_PER_BYTE * len(data)
