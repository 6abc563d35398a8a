from story import raises

from roller.bits import BitWriter, put_varint, rice_k, zigzag
from roller.decoding import BitReader, get_varint, unzigzag


def test_zigzag_alternates():
    assert [zigzag(n) for n in (0, -1, 1, -2, 2, -300)] == [0, 1, 2, 3, 4, 599]
    assert [unzigzag(n) for n in (0, 1, 2, 3, 4, 599)] == [0, -1, 1, -2, 2, -300]


def test_varints_are_these_bytes():
    buf = bytearray(8)
    for n, expected in (
        (0, b"\x00"),
        (127, b"\x7f"),
        (128, b"\x80\x01"),
        (300, b"\xac\x02"),
        (1 << 30, b"\x80\x80\x80\x80\x04"),
    ):
        end = put_varint(buf, 0, n)
        assert bytes(buf[:end]) == expected
        assert get_varint(buf, 0, end) == (n, end)


def test_a_varint_without_end_is_refused():
    raises(ValueError, get_varint, b"\x80\x80", 0, 2)
    raises(ValueError, get_varint, b"\xff" * 9, 0, 9)


def test_rice_codes_are_these_bits():
    buf = bytearray(4)
    bits = BitWriter()
    bits.begin(buf, 0)
    for n in (0, 1, 4, 9):  # k = 1: 0|0 0|1 110|0 11110|1
        bits.rice(n, 1)
    assert bits.end() == 2
    assert bytes(buf[:2]) == b"\x1c\xf4"


def test_values_of_any_size_read_back():
    values = [0, 1, 2, 13, 14, 15, 16, 17, 19, 255, 4000, 65535, (1 << 18) - 1]
    for k in range(16):
        buf = bytearray(150)
        bits = BitWriter()
        bits.begin(buf, 3)
        for n in values:
            bits.rice(n, k)
        reader = BitReader(buf, 3, bits.end())
        assert [reader.rice(k) for _ in values] == values


def test_a_full_buffer_is_noticed():
    bits = BitWriter()
    bits.begin(bytearray(2), 0)
    raises(IndexError, bits.rice, 60000, 0)


def test_bits_that_end_too_soon_are_noticed():
    reader = BitReader(b"\xff", 0, 1)
    raises(ValueError, reader.rice, 0)


def test_a_value_beyond_the_escape_is_written_out():
    buf = bytearray(4)
    bits = BitWriter()
    bits.begin(buf, 0)
    bits.rice(65537, 2)  # fourteen ones, then 18 bits
    assert bits.end() == 4
    assert bytes(buf) == b"\xff\xfd\x00\x01"


def test_the_parameter_grows_with_the_mean():
    assert [rice_k(mean) for mean in (0, 1, 2, 3, 4, 7, 8, 10000000)] == [0, 0, 1, 1, 2, 2, 3, 15]
