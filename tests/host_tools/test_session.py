"""Session files: read whole, cut off, damaged, of later versions."""

import zlib

import pytest

from dermaroller.errors import IntegrityError, NewerFormat, UsageError
from dermaroller.session import Session
from dermaroller.summary import summary
from roller import records, wire

from .logs import LogBuilder, whole_log


def test_a_whole_log_is_read_whole():
    session = Session.parse(whole_log().data())
    assert session.is_as_closed
    assert not session.damage
    assert session.notes == []
    assert [stroke.zone for stroke in session.entries.strokes] == [0, 0, 1, 1]
    assert session.entries.alerts[0].kind == "too_hard"
    assert session.gaps[0].reason == "flash"
    assert len(session.samples.t_s) == len(session.samples.force_n) == 400
    assert session.samples.t_s[0] == 1.0
    assert session.samples.force_n[0] == 2.0
    assert session.samples.counts.sum() == 51 - 51 + 32 - 4


def test_literal_bytes_of_a_stroke_record():
    # One DATA block written out by hand: session 5, sequence 1, 1000 ms; one STROKE record.
    body = bytes.fromhex("3c 00 d00f 65 00 15 d00f e807 00 01")
    head = bytes.fromhex("d752 12 0d00 0500 0100 e8030000")
    block = head + body
    session = Session.parse(block + zlib.crc32(block).to_bytes(4, "little"))
    stroke = session.entries.strokes[0]
    assert session.id == 5
    assert (stroke.start_s, stroke.end_s) == (1.0, 3.0)
    assert (stroke.counts, stroke.path_counts, stroke.effective_counts) == (-51, 51, 40)
    assert (stroke.force_mean_n, stroke.force_peak_n) == (2.0, 2.5)
    assert (stroke.zone, stroke.counted) == (0, True)


def test_without_a_footer_the_strokes_give_the_totals():
    log = whole_log()
    with_footer = summary(Session.parse(log.data()))
    del log.blocks[-1]
    session = Session.parse(log.data())
    without = summary(session)
    assert not session.is_as_closed
    assert "no footer" in session.notes[0]
    for key in ("passes", "path_mm", "punctures", "effective_punctures", "contact_s", "zones", "strokes"):
        assert getattr(without, key) == getattr(with_footer, key)
    assert without.end is None


def test_a_footer_that_disagrees_with_the_strokes_is_noted():
    log = LogBuilder().stroke()
    session = Session.parse(log.footer(passes=9).data())
    assert session.notes == ["The footer says 9 passes, the strokes add up to 1."]


def test_a_lost_block_is_counted_and_its_time_is_a_gap():
    log = whole_log()
    del log.blocks[2]  # the second stroke, 3 to 4 s
    session = Session.parse(log.data())
    assert (session.damage.blocks, session.damage.bytes) == (1, 0)
    lost = [gap for gap in session.gaps if gap.reason == "damaged"]
    assert [(gap.start_s, gap.end_s) for gap in lost] == [(2.0, 4.5)]
    assert summary(session).captured_fraction == pytest.approx(1 - (2.5 + 0.045) / 8.5, abs=1e-6)
    assert summary(session).passes == 3  # the footer still knows
    assert len(session.entries.strokes) == 3


def test_a_flipped_byte_costs_one_block():
    data = bytearray(whole_log().data())
    second = len(whole_log().blocks[0]) + len(whole_log().blocks[1])
    data[second + 40] ^= 0x10
    session = Session.parse(bytes(data))
    assert session.damage.blocks == 1
    assert session.damage.bytes == len(whole_log().blocks[2])
    assert session.damage.place == f"at byte {second}"
    assert not session.is_as_closed


@pytest.mark.slow
def test_every_truncation_is_read_as_far_as_it_goes():
    data = whole_log().data()
    whole = Session.parse(data)
    first_block = len(whole_log().blocks[0])
    for length in range(first_block, len(data)):
        session = Session.parse(data[:length])
        assert session.footer is None
        assert session.entries.strokes == whole.entries.strokes[: len(session.entries.strokes)]
        if length % 7 == 0:
            summary(session)
    for length in range(first_block):
        with pytest.raises(IntegrityError, match="Pull it again"):
            Session.parse(data[:length])


@pytest.mark.slow
def test_every_flipped_byte_is_noticed():
    data = whole_log().data()
    for at in range(0, len(data), 7):
        damaged = bytearray(data)
        damaged[at] ^= 0x41
        session = Session.parse(bytes(damaged))
        assert session.damage.blocks == 1
        assert not session.is_as_closed
        summary(session)


def test_a_lost_header_means_the_reference_head():
    log = whole_log()
    del log.blocks[0]
    session = Session.parse(log.data())
    assert session.header.is_lost
    assert "header is lost" in session.notes[0]
    totals = summary(session)
    assert [zone.name for zone in totals.zones] == ["zone 1", "zone 2"]
    assert totals.punctures == 828.0


def test_a_session_that_lost_power_is_as_the_device_closed_it():
    log = LogBuilder().stroke()
    log.blocks.append(b"\xd7\x52half of a block")
    session = Session.parse(log.footer("power_loss").data())
    assert session.damage.bytes == 17
    assert session.is_as_closed


def test_doubled_and_foreign_blocks_are_left_out():
    log = whole_log()
    log.blocks.insert(2, log.blocks[1])
    log.blocks.insert(3, bytes(wire.pack_block(wire.DATA, 99, 50, 0, b"")))
    session = Session.parse(log.data())
    assert len(session.entries.strokes) == 4
    assert "2 blocks" in session.notes[0]


def test_unknown_records_and_numbers_are_stepped_over():
    log = LogBuilder()
    log.add(wire.DATA, 0, bytes([0xF3, 77, 1, 2, 3, 0xC1, 0]))
    log.record(records.ALERT, 10, 99, 0).record(records.GAP, 10, 5, 77)
    session = Session.parse(log.footer().data())
    assert session.entries.unknown == 2
    assert session.entries.alerts[0].kind == "unknown_99"
    assert session.gaps[0].reason == "unknown_77"
    assert session.is_as_closed


BAD_DATA_BLOCKS = {
    "record past its block": bytes([records.STROKE << 4 | 14, 1, 2]),
    "endless varint": bytes([records.ALERT << 4 | 6, 255, 255, 255, 255, 255, 255]),
    "samples that cannot fit": bytes([records.SAMPLES << 4 | 5, 0, 0xF8, 7, 0, 0]),
    "samples without bits": bytes([records.SAMPLES << 4 | 3, 0, 8, 0]),
    "samples that end too soon": bytes([records.SAMPLES << 4 | 5, 0, 40, 0, 0xFF, 0xFF]),
}


@pytest.mark.parametrize("payload", BAD_DATA_BLOCKS.values(), ids=BAD_DATA_BLOCKS.keys())
def test_an_intact_block_with_a_bad_record_is_counted(payload):
    session = Session.parse(LogBuilder().add(wire.DATA, 0, payload).stroke().footer().data())
    assert session.damage.records == 1
    assert len(session.entries.strokes) == 1


@pytest.mark.parametrize("payload", [b"not json", b"[1]", b"\xff"])
def test_a_header_that_is_no_json_object_is_counted(payload):
    log = LogBuilder()
    log.blocks[0] = bytes(wire.pack_block(wire.HEADER, 7, 0, 0, payload))
    session = Session.parse(log.stroke().footer().data())
    assert session.damage.records == 1
    assert session.header.is_lost


def test_a_later_format_is_named_not_guessed():
    block = bytearray(LogBuilder().blocks[0])
    block[2] = 3 << 4 | wire.HEADER
    block[-4:] = zlib.crc32(block[:-4]).to_bytes(4, "little")
    with pytest.raises(NewerFormat, match=r"x\.drl: log is format 3; this code reads 1 to 1\. Update dermaroller\."):
        Session.parse(bytes(block), "x.drl")


def test_what_is_no_log_at_all_is_refused(tmp_path):
    path = tmp_path / "photo.drl"
    path.write_bytes(b"\x89PNG" * 100)
    with pytest.raises(IntegrityError, match=r"photo\.drl: not one intact block in 400 bytes"):
        Session.read(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"none\.drl: No such file"):
        Session.read(tmp_path / "none.drl")


@pytest.mark.parametrize("row", [(-5, 1000, 51, 51, 51, 2000, 2500, 0, 1), (5, 1000, 51, -51, 51, 2000, 2500, 0, 1)])
def test_a_stroke_that_no_firmware_writes_is_a_bad_record(row):
    log = LogBuilder()
    buf = bytearray(100)
    end = records.put_record(buf, 0, records.STROKE, row, records.Times(0))
    session = Session.parse(log.add(wire.DATA, 0, buf[:end]).stroke().footer().data())
    assert session.damage.records == 1
    assert len(session.entries.strokes) == 1
