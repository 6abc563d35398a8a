"""The fast decoder against the reference, on good samples and on bad ones."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dermaroller.lanes import Run, decode
from roller import decoding, records, series
from roller.bits import BitWriter

EXAMPLES = settings.default.max_examples
RUNS = st.lists(
    st.lists(st.tuples(st.integers(-9999, 9999), st.integers(-9999, 9999)), min_size=1, max_size=60), max_size=8
)
NEAR = st.integers(-40, 40)


def coded(runs):
    """The bytes of SAMPLES bodies one behind the other, and (start, end) of each."""
    buf = bytearray(100_000)
    times, end, places = records.Times(), 0, []
    for force_steps, counts in runs:
        start = end + 3
        end = records.put_samples(buf, end, BitWriter(), 10, len(force_steps), force_steps, counts, times)
        places.append((start, end))
    return bytes(buf[:end]), places


def fast(data, places):
    """[(t_ms, force steps, counts) or None] of the fast decoder."""
    times = records.Times()
    runs = [Run.read(data, start, end, times) for start, end in places]
    found = decode(data, runs)
    return [piece and (run.t_ms, piece[0].tolist(), piece[1].tolist()) for run, piece in zip(runs, found, strict=True)]


def reference(data, places):
    times = records.Times()
    return [decoding.get_samples(data, start, end, times) for start, end in places]


@pytest.mark.slow
@settings(max_examples=2 * EXAMPLES)
@given(RUNS)
def test_any_samples_are_decoded_as_the_reference_does(runs):
    runs = [([force for force, _ in run], [count for _, count in run]) for run in runs]
    data, places = coded(runs)
    assert fast(data, places) == reference(data, places)
    assert [(force, counts) for _, force, counts in fast(data, places)] == runs


@pytest.mark.parametrize("speed", [0, 0.02, 0.3, 2.5])
def test_a_rolling_hand_is_decoded_as_the_reference_does(speed):
    hand = random.Random(speed)
    runs = []
    for _ in range(30):
        force, force_steps, n = 200, [], hand.randint(1, 250)
        for _ in range(n):
            force += round(hand.gauss(0, 4))
            force_steps.append(force)
        runs.append((force_steps, [int(hand.random() + speed) * hand.choice((1, 1, 1, -1)) for _ in range(n)]))
    data, places = coded(runs)
    assert fast(data, places) == reference(data, places)


@pytest.mark.slow
@settings(max_examples=4 * EXAMPLES)
@given(st.lists(st.tuples(st.integers(1, 80), st.integers(0, 7), NEAR, st.binary(min_size=1, max_size=80)), max_size=6))
def test_bytes_that_are_no_samples_are_refused_by_both(bodies):
    data, places = b"", []
    for n, flags, force, bits in bodies:
        body = bytes([0, n << 3 & 127 | 128 | flags, n >> 4, (force << 1 ^ force >> 6) & 127]) + bits
        places.append((len(data), len(data) + len(body)))
        data += body
    for place in places:
        try:
            expected = reference(data, [place])
        except ValueError:
            expected = [None]
        try:
            found = fast(data, [place])
        except ValueError:  # the head already promises too much
            found = [None]
        assert found == expected


def test_a_bad_run_costs_no_other():
    good = ([100, 101, 102], [0, 1, 0])
    data, places = coded([good, good, good])
    start, end = places[1]
    spoilt = bytearray(data)
    spoilt[start + 4 : end] = b"\xff" * (end - start - 4)
    found = fast(bytes(spoilt), places)
    assert found[1] is None
    assert [found[i][1:] for i in (0, 2)] == [good, good]


def test_memory_is_bound_by_the_bits_that_are_there():
    assert series.MAX_SAMPLES == 1024
    with pytest.raises(ValueError, match="more samples promised"):
        Run.read(bytes([0, 0x80, 0x7F, 0]) + bytes(10), 0, 14, records.Times())
