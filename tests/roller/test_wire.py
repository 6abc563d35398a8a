from story import raises

from roller import wire

# Written out by hand from the table at the top of wire.py; the CRC is that of zlib.
BLOCK = b"\xd7\x52\x12\x05\x00\x05\x00\x06\x00\x07\x00\x00\x00hello\xea\x83\x92\x11"
FRAME = b"\xa9\x5d\x02\x07\x03\x00\x00\x04\x00\x00abcW\xf5N\xb9"
REQUEST = b"@07 get 5 0 1024 *011889b7\n"


def test_a_block_is_these_bytes():
    assert bytes(wire.pack_block(wire.DATA, 5, 6, 7, b"hello")) == BLOCK


def test_a_block_written_in_pieces_is_the_same():
    written = []
    wire.write_block(lambda piece: written.append(bytes(piece)), wire.DATA, 5, 6, 7, lambda: (b"he", b"", b"llo"))
    assert b"".join(written) == BLOCK
    raises(ValueError, wire.write_block, None, 0, 0, 0, 0, lambda: (bytes(4000), bytes(97)))


def test_a_block_reads_back():
    assert wire.parse_block(b"??" + BLOCK, 2) == (wire.DATA, 5, 6, 7, 15, 20, 24)


def test_every_flipped_bit_of_a_block_is_noticed():
    for at in range(len(BLOCK) * 8):
        bad = bytearray(BLOCK)
        bad[at // 8] ^= 1 << at % 8
        raises(wire.WireError, wire.parse_block, bad)


def test_every_cut_of_a_block_asks_for_more():
    for length in range(len(BLOCK)):
        assert raises(wire.WireError, wire.parse_block, BLOCK[:length]).reason == wire.SHORT


def test_a_newer_block_is_told_apart_from_a_damaged_one():
    newer = bytearray(BLOCK)
    newer[2] = 9 << 4 | wire.DATA
    end = len(newer) - 4
    newer[end:] = wire.crc32(bytes(newer[:end])).to_bytes(4, "little")
    error = raises(wire.WireError, wire.parse_block, newer)
    assert error.reason == wire.NEWER
    assert "format 9" in str(error)


def test_a_payload_too_long_is_the_callers_bug():
    raises(ValueError, wire.pack_block, wire.DATA, 0, 0, 0, bytes(wire.MAX_BLOCK_PAYLOAD + 1))


def test_a_frame_is_these_bytes():
    buf = bytearray(wire.FRAME_OVERHEAD + 3)
    buf[wire.FRAME_HEAD : wire.FRAME_HEAD + 3] = b"abc"
    assert wire.seal_frame(buf, wire.BYTES, 7, 1024, 3) == len(FRAME)
    assert bytes(buf) == FRAME


def test_a_frame_reads_back():
    assert wire.parse_frame(FRAME) == (wire.BYTES, 7, 1024, 10, 13, 17)


def test_every_flipped_bit_of_a_frame_is_noticed():
    for at in range(len(FRAME) * 8):
        bad = bytearray(FRAME)
        bad[at // 8] ^= 1 << at % 8
        raises(wire.WireError, wire.parse_frame, bad)


def test_a_request_is_these_bytes():
    assert wire.pack_request(7, "get 5 0 1024") == REQUEST
    assert wire.parse_request(REQUEST[:-1]) == (7, "get 5 0 1024")


def test_a_typed_line_has_no_tag():
    assert wire.parse_request(b" info ") == (None, "info")


def test_every_flipped_bit_of_a_request_is_noticed():
    for at in range(8, (len(REQUEST) - 1) * 8):
        bad = bytearray(REQUEST[:-1])
        bad[at // 8] ^= 1 << at % 8
        try:
            answer = wire.parse_request(bad)
        except (wire.WireError, UnicodeError):
            continue
        assert answer == (7, "get 5 0 1024")  # a letter of the CRC in the other case says the same


def test_a_request_too_long_is_the_callers_bug():
    raises(ValueError, wire.pack_request, 1, "x" * wire.MAX_REQUEST)
