import struct
from binascii import crc32

from story import FakeHal, Folder, Handle, raises

from roller import calibrating
from roller.calibration import MAX_DRIFT_MN, Calibration, CalibrationError

RESISTOR = {"kind": "table", "tare_raw": 1000, "table": [[5000, 200], [15000, 1000], [30000, 6000]]}


def fresh():
    return Calibration(3200, 166667, 200, 65000)


def test_a_bridge_is_a_tare_and_a_slope():
    cal = fresh()
    cal.take({"tare_raw": 4000, "nn_per_count": 100000, "utc_s": 1800000000})
    assert cal.force_mn(4000) == 0
    assert cal.force_mn(14000) == 1000


def test_a_force_resistor_is_a_table_with_straight_lines_between():
    cal = fresh()
    cal.take(RESISTOR)
    readings = (1000, 3500, 6000, 11000, 16000, 31000, 34000)
    assert [cal.force_mn(raw) for raw in readings] == [0, 100, 200, 600, 1000, 6000, 7000]
    assert cal.force_mn(500) < 0


MISTAKES = {
    "unknown kind": {"kind": "cubic"},
    "no slope": {"nn_per_count": 0},
    "a slope in fractions": {"nn_per_count": 1.5},
    "a tare outside the sensor": {"tare_raw": 100},
    "no table": {"kind": "table"},
    "a table that falls": {"kind": "table", "table": [[5000, 200], [4000, 300]]},
    "a table whose force stands still": {"kind": "table", "table": [[5000, 200], [6000, 200]]},
    "a table too long": {"kind": "table", "table": [[i, i] for i in range(1, 12)]},
    "a table that falls, kept for later": {"table": [[5000, 200], [4000, 300]]},
    "a table of one point": {"table": [[5000, 200]]},
    "a table in words": {"table": "none"},
    "points that are none": {"kind": "table", "table": [1, 2]},
    "a date in words": {"utc_s": "today"},
    "travel below nothing": {"nm_per_count": -1},
}


def test_every_mistake_is_refused_and_changes_nothing():
    cal = fresh()
    for name in MISTAKES:
        raises(CalibrationError, cal.take, MISTAKES[name])
        assert cal.as_dict() == fresh().as_dict(), name


def test_the_newer_of_two_is_loaded():
    hal = FakeHal()
    cal = fresh()
    for tare in (3300, 3400, 3500):
        cal.take({"tare_raw": tare})
        calibrating.keep(cal, hal)
    assert len(hal.nvs.blobs) == 2
    again = fresh()
    calibrating.load(again, hal)
    assert (again.tare_raw, again.sequence, hal.stored_error) == (3500, 3, None)


# What firmware of all ages has kept: a block of kind 5, sequence 3, as it stood in NVS.
OLD_KEY = "cal_b"
OLD_TEXT = b'{"kind": "linear", "tare_raw": 3301, "nn_per_count": 150001, "raw_min": 200, "raw_max": 65000, "utc_s": 1800000001, "sequence": 3}'  # fmt: skip  # noqa: E501


def test_one_that_older_firmware_kept_is_read():
    hal = FakeHal()
    head = b"\xd7\x52\x15" + bytes((len(OLD_TEXT), 0)) + b"\0\0" + b"\x03\0" + b"\0\0\0\0"
    hal.nvs.blobs[OLD_KEY] = head + OLD_TEXT + struct.pack("<I", crc32(head + OLD_TEXT))
    cal = fresh()
    calibrating.load(cal, hal)
    assert (cal.tare_raw, cal.nn_per_count, cal.utc_s, cal.sequence) == (3301, 150001, 1800000001, 3)
    assert hal.stored_error is None


def test_the_longest_calibration_has_room():
    hal = FakeHal()
    cal = fresh()
    table = [[57000 + 1000 * i, 12000 + 1000 * i] for i in range(calibrating.MAX_POINTS)]
    longest = {"kind": "table", "table": table, "nm_per_count": calibrating.MAX_NM_PER_COUNT, "utc_s": 1 << 33}
    cal.take(longest)
    calibrating.keep(cal, hal)
    again = fresh()
    calibrating.load(again, hal)
    assert again.as_dict() == cal.as_dict()


def test_without_any_the_boards_own_stays():
    hal = FakeHal()
    cal = fresh()
    calibrating.load(cal, hal)
    assert cal.as_dict() == fresh().as_dict()
    assert hal.stored_error is None


def test_one_that_makes_no_sense_any_more_is_told_not_used_and_never_comes_back():
    hal = FakeHal()
    cal = fresh()
    cal.take({"tare_raw": 60000})
    calibrating.keep(cal, hal)
    other = Calibration(3200, 166667, 200, 50000)  # this board's sensor never reads as much
    calibrating.load(other, hal)
    assert other.as_dict() == Calibration(3200, 166667, 200, 50000).as_dict()
    assert hal.stored_error == "cal: tare is outside the sensor's range"
    other.take({"tare_raw": 3300})
    calibrating.keep(other, hal)
    assert (other.tare_raw, other.as_dict()["sequence"]) == (3300, 2)
    again = Calibration(3200, 166667, 200, 50000)
    calibrating.load(again, hal)
    assert (again.tare_raw, again.as_dict()["sequence"]) == (3300, 2)


def test_the_tare_follows_a_slow_drift_in_the_air_but_not_beyond_its_bound():
    with Folder() as folder:
        handle = Handle(folder)
        handle.hal.force_mn = 50
        handle.wait(60000)
        assert abs(handle.app.meter.force.mn) <= 2
        handle.hal.force_mn = 140
        handle.wait(120000)
        assert handle.app.meter.force.mn >= 140 - MAX_DRIFT_MN - 2


def test_the_tare_stands_still_in_contact_and_while_the_drum_turns():
    with Folder() as folder:
        handle = Handle(folder)
        handle.hal.force_mn = 100
        for _ in range(20):
            handle.spin(50, 1000)
        assert handle.app.calibration.drift_raw == 0
        handle.hal.force_mn = 1000
        handle.wait(5000)
        assert handle.app.calibration.drift_raw == 0
        handle.lift()


def test_a_calibration_sent_over_the_link_is_used_and_kept():
    with Folder() as folder:
        handle = Handle(folder)
        handle.hal.console.incoming = b'cal {"nn_per_count":100000,"utc_s":1800000000}\n'
        handle.wait(300)
        assert handle.app.calibration.nn_per_count == 100000
        assert len(handle.hal.nvs.blobs) == 1
        handle.hal.console.sent = b""
        for bad in (b'cal {"nn_per_count":0}\n', b"cal nonsense\n", b"cal [1]\n"):
            handle.hal.console.incoming = bad
            handle.wait(300)
        assert handle.hal.console.sent.count(b"error: calibration") == 3
        assert len(handle.hal.nvs.blobs) == 1


def test_one_that_cannot_be_kept_is_not_used_either():
    with Folder() as folder:
        handle = Handle(folder)
        before = handle.app.calibration.as_dict()
        handle.hal.nvs.error = OSError(-0x1105, "ESP_ERR_NVS_NOT_ENOUGH_SPACE")
        handle.hal.console.incoming = b'cal {"nn_per_count":100000,"nm_per_count":1900000}\n'
        handle.wait(300)
        assert b"error: failed" in handle.hal.console.sent
        assert handle.app.calibration.as_dict() == before


def test_travel_from_the_ruler_counts_from_now_on():
    with Folder() as folder:
        handle = Handle(folder)
        handle.roll(5, 500)  # 9.8 mm by the drum's diameter: no pass
        handle.lift()
        assert list(handle.app.meter.dose.passes) == [0]
        handle.press(2500)
        handle.hal.console.incoming = b'cal {"nm_per_count":2200000}\n'
        handle.wait(300)
        handle.roll(5, 500)  # 11 mm by the ruler
        handle.lift()
        assert list(handle.app.meter.dose.passes) == [1]
