from story import raises

from roller import formats, records
from roller.bits import BitWriter


def put(n, force_steps, counts, room=400):
    buf = bytearray(room)
    end = records.put_samples(buf, 0, BitWriter(), 1234, n, force_steps, counts)
    return buf, end


def test_a_stroke_record_is_these_bytes():
    buf = bytearray(40)
    end = records.put_record(buf, 0, records.STROKE, (300, 500, -51, 51, 40, 1987, 2500, 2, 1))
    assert bytes(buf[:end]) == b"\x03\x0d\xac\x02\xf4\x03\x65\x33\x28\xc3\x0f\xc4\x13\x02\x01"
    ((tag, start, stop),) = formats.records(buf, 0, end)
    assert (tag, start, stop) == (records.STROKE, 2, end)
    assert formats.get_record(buf, tag, start, stop) == [300, 500, -51, 51, 40, 1987, 2500, 2, 1]


def test_a_gap_record_is_these_bytes():
    buf = bytearray(10)
    end = records.put_record(buf, 0, records.GAP, (300, 45, 1))
    assert bytes(buf[:end]) == b"\x06\x04\xac\x02\x2d\x01"


def test_a_record_of_a_later_version_is_read_as_far_as_it_is_known():
    assert formats.get_record(b"\x01\x02", records.GAP, 0, 2) == [1, 2, 0]
    assert formats.get_record(b"\x01\x02\x03\x04\x05", records.GAP, 0, 5) == [1, 2, 3]


def test_a_record_that_runs_past_its_block_is_refused():
    raises(ValueError, list, formats.records(b"\x06\x09\x01", 0, 3))


def test_samples_read_back():
    force = [100, 101, 99, 99, 250, -3, 0, 999]
    for counts in ([0, 1, 0, 1, 1, 2, 0, 1], [0, -1, 0, -1, -1, -2, 0, 1], [0] * 8):
        buf, end = put(8, force, counts)
        ((tag, start, stop),) = formats.records(buf, 0, end)
        assert tag == records.SAMPLES
        assert formats.get_samples(buf, start, stop) == (1234, force, counts)


def test_a_steady_roll_takes_less_than_half_a_byte_a_sample():
    n = 200
    _, end = put(n, [200 + i % 2 for i in range(n)], [i % 3 == 0 for i in range(n)])
    assert end < n // 2 + 20


def test_samples_that_do_not_fit_are_not_begun():
    _, end = put(50, [i * 977 % 5000 for i in range(50)], [0] * 50, room=30)
    assert end == 0


def test_cut_samples_are_refused():
    buf, end = put(8, [100, 101, 99, 99, 250, -3, 0, 999], [0] * 8)
    for cut in range(4, end):
        raises(ValueError, formats.get_samples, buf, 4, cut)


def test_a_promise_of_millions_of_samples_is_refused_before_they_are_made():
    raises(ValueError, formats.get_samples, b"\x00\xff\xff\xff\x7f\x00\x00\x00\x00", 0, 9)
