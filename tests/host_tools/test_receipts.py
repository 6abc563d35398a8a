"""Receipts and the clock evidence in them."""

import json

import pytest

from dermaroller import evidence, receipts
from dermaroller.errors import DeviceRefused, UsageError
from dermaroller.evidence import Evidence
from dermaroller.link.answers import Time
from dermaroller.session import Session
from dermaroller.summary import start_of, summary

from .logs import whole_log


def test_receipts_are_only_appended(tmp_path):
    receipts.add(tmp_path, receipts.PULL, "c0ffee", session=3)
    first = (tmp_path / receipts.NAME).read_bytes()
    receipts.add(tmp_path, receipts.ERASE, "c0ffee", session=3)
    assert (tmp_path / receipts.NAME).read_bytes().startswith(first)
    assert [one["kind"] for one in receipts.read(tmp_path)] == ["pull", "erase"]
    (erased,) = receipts.read(tmp_path, receipts.ERASE)
    assert erased["session"] == 3 and erased["at"].endswith("Z")


def test_a_torn_line_costs_only_itself(tmp_path):
    receipts.add(tmp_path, receipts.PULL, "c0ffee", session=1)
    with (tmp_path / receipts.NAME).open("ab") as file:
        file.write(b'{"kind": "pull", "sess')
    receipts.add(tmp_path, receipts.PULL, "c0ffee", session=2)
    assert [one["session"] for one in receipts.read(tmp_path)] == [1, 2]


def test_a_folder_without_receipts(tmp_path):
    assert list(receipts.read(tmp_path)) == []
    with pytest.raises(UsageError, match=r"cannot write .*receipts\.jsonl"):
        receipts.add(tmp_path / "none", receipts.PULL, "c0ffee")


class Clock:
    """A device whose answers take as long as the test says; both clocks run alike."""

    def __init__(self, delays_ms):
        self._delays_ms = iter(delays_ms)
        self.utc_s = 1_800_000_000.0

    def now_s(self):
        return self.utc_s

    def time(self):
        there_ms, back_ms = next(self._delays_ms)
        self.utc_s += there_ms / 1000
        uptime_ms = round((self.utc_s - 1_799_999_000) * 1000)
        answer = Time(device="c0ffee", boot=7, uptime_ms=uptime_ms, utc_s=None)
        self.utc_s += back_ms / 1000
        return answer


def test_the_shortest_round_trip_is_the_evidence():
    clock = Clock([(40, 40), (3, 9), (100, 2), (20, 20), (20, 20), (20, 20)])
    found = evidence.measure(clock, clock.now_s)
    assert found.uncertainty_ms == pytest.approx(7)
    boot_utc_ms, uncertainty_ms = found.utc_ms_at(0)
    assert abs(boot_utc_ms - 1_799_999_000_000) <= uncertainty_ms
    assert uncertainty_ms == pytest.approx(7 + 0.05 * 1000.092, rel=0.01)
    assert found.offset_ms is None


def test_a_firmware_that_cannot_tell_its_uptime():
    class Old:
        def time(self):
            raise DeviceRefused("unknown request", "unknown")

    assert evidence.measure(Old()) is None


def unset(tmp_path, **header):
    """A session file whose device did not know the time."""
    log = whole_log(utc_s=None, device="c0ffee", boot=7, uptime_ms=60_000, **header)
    (tmp_path / "a.drl").write_bytes(log.data())
    return tmp_path / "a.drl"


def test_a_session_without_a_clock_gets_its_time_from_the_receipts_and_says_so(tmp_path):
    path = unset(tmp_path)
    assert summary(Session.read(path)).started_at is None
    evidence.keep(tmp_path, Evidence("c0ffee", 7, 3_660_000, 1_800_003_600_000.0, 9.0))
    evidence.keep(tmp_path, Evidence("c0ffee", 8, 60_000, 1_900_000_000_000.0, 1.0))
    evidence.keep(tmp_path, Evidence("other", 7, 60_000, 1_900_000_000_000.0, 1.0))
    totals = summary(Session.read(path))
    assert totals.as_json()["started_at"] == "2027-01-15T08:00:00Z"
    assert totals.start_source == "pull"
    assert totals.start_uncertainty_s == pytest.approx(0.009 + 3600 * 50e-6)
    assert "worked out from the clock of the computer that pulled the session, ± 0.189 s." in totals.notes[-1]
    json.dumps(totals.as_json())


def test_of_several_receipts_the_surest_counts(tmp_path):
    path = unset(tmp_path)
    evidence.keep(tmp_path, Evidence("c0ffee", 7, 36_060_000, 1_800_036_005_000.0, 2.0))
    evidence.keep(tmp_path, Evidence("c0ffee", 7, 61_000, 1_800_000_001_000.0, 50.0))
    assert start_of(Session.read(path)).at.timestamp() == pytest.approx(1_800_000_000)


def test_a_receipt_that_lacks_something_is_stepped_over(tmp_path):
    path = unset(tmp_path)
    receipts.add(tmp_path, receipts.CLOCK, "c0ffee", boot=7)
    assert start_of(Session.read(path)) is None


def test_the_header_s_time_goes_first(tmp_path):
    (tmp_path / "a.drl").write_bytes(whole_log(utc_s=1_700_000_000, device="c0ffee", boot=7, uptime_ms=1).data())
    evidence.keep(tmp_path, Evidence("c0ffee", 7, 1, 1_800_000_000_000.0, 2.0))
    start = start_of(Session.read(tmp_path / "a.drl"))
    assert (start.at.timestamp(), start.source) == (1_700_000_000, "device")
