"""Values in NVS: a power cut leaves the old one or the new, and what cannot be read is told."""

from story import FakeHal, raises

from roller import sealed_slots, wire
from roller.sealed_slots import MAX_BYTES

KINDS = (wire.CALIBRATION,)
LONGEST = MAX_BYTES - wire.BLOCK_OVERHEAD


def keep(hal, sequence, payload):
    sealed_slots.keep(hal, "x", wire.CALIBRATION, sequence, payload)


def load(hal):
    hal.stored_error = None
    _, payload, sequence = sealed_slots.load(hal, "x", KINDS)
    return payload and bytes(payload), sequence


def test_nothing_kept_is_no_error():
    hal = FakeHal()
    assert sealed_slots.load(hal, "x", KINDS) == (0, None, 0)
    assert sealed_slots.read(hal, "who") is None
    assert hal.stored_error is None


def test_the_newer_one_is_found_and_the_older_is_written_over():
    hal = FakeHal()
    for n in range(1, 6):
        keep(hal, n, b"value %d" % n)
        assert load(hal) == (b"value %d" % n, n)
    assert sorted(hal.nvs.blobs) == ["x_a", "x_b"]
    assert hal.stored_error is None


def test_the_sequence_goes_on_beyond_sixteen_bits():
    hal = FakeHal()
    for n in (0xFFFE, 0xFFFF, 0x10000, 0x10001):
        keep(hal, n, b"value %d" % n)
        assert load(hal) == (b"value %d" % n, n & 0xFFFF)


def test_a_write_cut_anywhere_leaves_the_old_or_the_new_and_the_next_is_kept():
    for of_the_new in (b"new", b"much longer than what was in its slot before"):
        hal = FakeHal()
        keep(hal, 1, b"the oldest of them")
        keep(hal, 2, b"old")
        before = hal.nvs.blobs["x_b"]
        keep(hal, 3, of_the_new)
        written = hal.nvs.blobs["x_b"]
        for cut in range(len(written) + 1):
            torn = hal.nvs.blobs["x_b"] = written[:cut] + before[cut:]
            found = load(hal)
            assert found == ((of_the_new, 3) if cut == len(written) else (b"old", 2)), cut
            assert (hal.stored_error is None) == (cut == len(written) or torn == before), (cut, hal.stored_error)
            keep(hal, found[1] + 1, b"next")
            assert load(hal)[0] == b"next", cut
            keep(hal, 2, b"old")


def test_what_cannot_be_read_is_told_by_its_name_and_why():
    hal = FakeHal()
    keep(hal, 1, b"value")
    keep(hal, 2, b"value")
    hal.nvs.blobs["x_a"] = hal.nvs.blobs["x_a"][:-1] + b"?"
    hal.nvs.blobs["x_b"] = bytes(MAX_BYTES + 1)
    assert load(hal) == (None, 0)
    first, second = hal.stored_error.split("; ")
    assert first == "x_a: checksum of the block at byte 0 is wrong"
    assert second.startswith("x_b: ") and "ESP_ERR_NVS_INVALID_LENGTH" in second


def test_what_later_firmware_kept_is_told_and_the_one_before_it_is_used():
    hal = FakeHal()
    keep(hal, 1, b"value")
    sealed_slots.keep(hal, "x", 15, 2, b"of the future")
    assert load(hal) == (b"value", 1)
    assert hal.stored_error == "x_a: block of kind 15"


def test_the_longest_value_comes_back_and_a_longer_one_is_refused_before_it_is_written():
    hal = FakeHal()
    keep(hal, 1, b"l" * LONGEST)
    assert load(hal) == (b"l" * LONGEST, 1)
    kept = dict(hal.nvs.blobs)
    error = raises(ValueError, keep, hal, 2, b"l" * (LONGEST + 1))
    assert str(error) == "block payload of %d bytes; the limit is %d" % (LONGEST + 1, LONGEST)
    assert hal.nvs.blobs == kept


def test_an_nvs_without_room_leaves_what_was():
    hal = FakeHal()
    keep(hal, 1, b"value")
    hal.nvs.error = OSError(-0x1105, "ESP_ERR_NVS_NOT_ENOUGH_SPACE")
    raises(OSError, keep, hal, 2, b"another")
    assert load(hal) == (b"value", 1)
