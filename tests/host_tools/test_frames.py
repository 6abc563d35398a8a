"""Frames in the bytes of a line."""

import zlib

from dermaroller.frames import Frame, FrameReader
from roller import wire

# JSON frame of tag 7 holding {"a":1}, written out by hand.
BODY = bytes.fromhex("01 07 0700 00000000") + b'{"a":1}'
FRAME = bytes.fromhex("a95d") + BODY + zlib.crc32(BODY).to_bytes(4, "little")
WANTED = Frame(wire.JSON, 7, 0, b'{"a":1}')


def fed(data, size):
    reader = FrameReader()
    frames = []
    for at in range(0, len(data), size):
        frames += reader.feed(data[at : at + size])
    return frames, reader


def test_literal_bytes():
    assert fed(FRAME, 100)[0] == [WANTED]


def test_one_byte_at_a_time():
    frames, reader = fed(b"text\r\n" + FRAME + b"more" + FRAME, 1)
    assert frames == [WANTED, WANTED]
    assert reader.skipped == 10


def test_a_damaged_frame_is_stepped_over_and_the_next_one_found():
    for at in range(len(FRAME)):
        damaged = bytearray(FRAME)
        damaged[at] ^= 0x20
        frames, reader = fed(bytes(damaged) + FRAME, 5)
        assert (frames + reader.give_up())[-1] == WANTED


def test_a_frame_that_never_ends_is_given_up():
    reader = FrameReader()
    assert reader.feed(FRAME[:-3]) == []
    assert reader.give_up() == []
    assert reader.feed(FRAME) == [WANTED]


def test_a_false_start_hides_a_frame_only_until_silence():
    reader = FrameReader()
    assert reader.feed(bytes.fromhex("a95d 02 00 0010 00000000") + FRAME) == []
    assert reader.give_up() == [WANTED]


def test_a_sync_word_split_between_two_reads():
    reader = FrameReader()
    assert reader.feed(b"noise" + FRAME[:1]) == []
    assert reader.feed(FRAME[1:]) == [WANTED]


def test_the_text_around_frames_is_kept_for_a_while():
    reader = FrameReader()
    reader.feed(b"x" * 500 + b"\r\n>>> ")
    assert reader.text_tail.endswith(b">>> ")
    assert len(reader.text_tail) <= 64
