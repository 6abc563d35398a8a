from array import array

from story import raises

from roller import decoding, formats, records
from roller.bits import BitWriter
from roller.records import Times


def put(n, force_steps, counts, room=400):
    buf = bytearray(room)
    force_steps, counts = array("h", force_steps), array("h", counts)
    end = records.put_samples(buf, 0, BitWriter(), 1234, n, force_steps, counts, Times(1200))
    return buf, end


def read(buf, end, t_ms=0):
    """[(tag, values)] of the plain records in one block."""
    times = Times(t_ms)
    return [(tag, decoding.get_record(buf, tag, at, to, times)) for tag, at, to in decoding.rows(buf, 0, end)]


STROKE = (300, 500, -51, 53, 40, 1987, 2500, 2, 1)


def test_a_stroke_record_is_these_bytes():
    buf = bytearray(40)
    end = records.put_record(buf, 0, records.STROKE, STROKE, Times(200))
    assert bytes(buf[:end]) == b"\x3d\xc8\x01\xf4\x03\x65\x04\x19\xc3\x0f\x82\x08\x02\x01"
    assert read(buf, end, 200) == [(records.STROKE, list(STROKE))]


def test_the_bits_that_mark_fields_are_those_of_their_names():
    for tag in formats.FORMATS:
        names = formats.fields(tag)
        assert names[0].endswith("_ms")
        assert [bool(records.SIGNED.get(tag, 0) >> i & 1) for i in range(len(names))] == [n[0] == "~" for n in names]
        assert [bool(records.FROM_LAST.get(tag, 0) >> i & 1) for i in range(len(names))] == [n[0] == "^" for n in names]
        assert (names[1] == "duration_ms") == bool(records.LONGER >> tag & 1)


def test_times_count_from_the_end_of_the_last_record_of_the_kind():
    buf = bytearray(40)
    times = Times(300)
    end = records.put_record(buf, 0, records.GAP, (300, 45, 1), times)
    end = records.put_record(buf, end, records.CONTACT, (250, 2000), times)
    end = records.put_record(buf, end, records.GAP, (350, 30, 0), times)
    assert bytes(buf[:end]) == b"\x63\x00\x2d\x01" + b"\x23\x63\xd0\x0f" + b"\x63\x0a\x1e\x00"
    assert [values for _, values in read(buf, end, 300)] == [[300, 45, 1], [250, 2000], [350, 30, 0]]


def test_a_long_record_has_its_length_behind_its_tag():
    values = (1 << 21, 1 << 14, -9000, 9000, 1, 6000, 90000, 2, 1)
    buf = bytearray(40)
    end = records.put_record(buf, 0, records.STROKE, values, Times())
    assert bytes(buf[:2]) == bytes([0x3F, end - 2])
    assert read(buf, end) == [(records.STROKE, list(values))]


def test_a_record_of_a_later_version_is_read_as_far_as_it_is_known():
    assert decoding.get_record(b"\x01\x02", records.GAP, 0, 2, Times(9)) == [8, 2, 0]
    assert decoding.get_record(b"\x01\x02\x03\x04\x05", records.GAP, 0, 5, Times(9)) == [8, 2, 3]


def test_tags_beyond_the_first_byte_are_stepped_over():
    assert list(decoding.rows(b"\xf2\x81\x01\x07\x07\xff\x20\x01\x09\x61\x05", 0, 11)) == [
        (129, 3, 5),
        (32, 8, 9),
        (6, 10, 11),
    ]


def test_a_record_that_runs_past_its_block_is_refused():
    raises(ValueError, list, decoding.rows(b"\x69\x01\x01", 0, 3))
    raises(ValueError, list, decoding.rows(b"\xff", 0, 1))


def test_samples_are_these_bytes():
    # 34 ms after the block's time; 4 samples, forward, that stay; the first force is 100 steps.
    buf, end = put(4, [100, 101, 101, 100], [0, 0, 1, 0])
    # 1, 0, -1 as 2, 0, 1 with k = 2, 1, 1: 0|10 0|0 0|1; a pause of 2, a count of 1, a pause of 1: 0|10 0 0|01.
    assert bytes(buf[:end]) == b"\x1f\x86\x00" + b"\x44" + b"\x20" + b"\xc8\x01" + b"\x42\x84"


def test_samples_read_back():
    force = [100, 101, 99, 99, 250, -3, 0, 999]
    for counts in ([0, 1, 0, 1, 1, 2, 0, 1], [0, -1, 0, -1, -1, -2, 0, 1], [0] * 8):
        buf, end = put(8, force, counts)
        ((tag, start, stop),) = decoding.rows(buf, 0, end)
        assert tag == records.SAMPLES
        assert decoding.get_samples(buf, start, stop, Times(1200)) == (1234, force, counts)


def test_a_steady_roll_takes_less_than_half_a_byte_a_sample():
    n = 200
    _, end = put(n, [200 + i % 2 for i in range(n)], [i % 3 == 0 for i in range(n)])
    assert end < n // 2 + 20


def test_samples_that_do_not_fit_are_not_begun():
    _, end = put(50, [i * 977 % 5000 for i in range(50)], [0] * 50, room=30)
    assert end == 0


def test_cut_samples_are_refused():
    buf, end = put(8, [100, 101, 99, 99, 250, -3, 0, 999], [0, 1, 0, 0, 0, 1, 0, -5])
    for cut in range(3, end):
        raises(ValueError, decoding.get_samples, buf, 3, cut, Times())


BAD_SAMPLES = {
    "none at all": b"\x00\x00\x00\x00",
    "millions of samples": b"\x00\xff\xff\xff\x7f\x00\x00\x00\x00",
    "a predictor that there is not": b"\x00\x0b\x00\x00",
    "counts past the last sample": b"\x00\x08\x00\xf0",
}


def test_bad_samples_are_refused_before_they_are_made():
    for name in BAD_SAMPLES:
        raises(ValueError, decoding.get_samples, BAD_SAMPLES[name], 0, len(BAD_SAMPLES[name]), Times())


def test_any_samples_fit_a_block_of_their_own():
    from roller.recorder import CAPACITY
    from roller.samples import CAPACITY as MOST

    wild = [9999 if i * 7919 % 13 < 6 else -9999 for i in range(MOST)]
    buf, end = put(MOST, wild, wild, CAPACITY)
    assert 0 < end
    assert decoding.get_samples(buf, 3, end, Times(1200)) == (1234, wild, wild)
