"""The sessions that are exported in tests: logged by the firmware, damaged, cut off, empty, with names of all kinds."""

from roller import records, wire

from ..golden import FOLDER
from ..logs import LogBuilder, whole_log

NAMES = ["левая щека", "右頬", "خد أيمن", '🙂 "quoted", with comma', "two\nlines", "=1+2", "'s", "-", "+49", "@x", ""]


def _zones(names):
    return [{"name": name, "area_mm2": 1000 + i, "target_per_cm2_x10": None} for i, name in enumerate(names)]


def _named():
    plan = {"subject": "=Пациент №7", "serum": {"name": "Гиалуроновая кислота", "lot": "+1"}, "limits": {}}
    log = LogBuilder(zones=_zones(NAMES), plan=plan, name="ручка", utc_s=1767225600)
    for zone in range(len(NAMES)):
        log.record(records.ZONE, 1000 * zone, zone) if zone else None
        log.stroke(1000 * zone + 7, 40 if zone % 2 else -40, zone=zone, duration_ms=800)
    return log.footer().data()


def _touching():
    """Contacts less than a sample's period apart, which do not fit a grid of 10 ms."""
    log = LogBuilder()
    for start_ms in (3, 1012, 2015, 3099, 5000):
        log.stroke(start_ms, 30, duration_ms=1000)
    return log.footer(duration_ms=6123).data()


def _flipped(data, place):
    return data[:place] + bytes([data[place] ^ 255]) + data[place + 1 :]


def _headless():
    whole = whole_log()
    return b"".join(whole.blocks[1:])


WHOLE = {
    "golden-free": (FOLDER / "format1-free.drl").read_bytes(),
    "golden-plan": (FOLDER / "format1-plan.drl").read_bytes(),
    "golden-power_loss": (FOLDER / "format1-power_loss.drl").read_bytes(),
    "two-zones": whole_log(utc_s=1767225600).data(),
    "named": _named(),
    "touching": _touching(),
    "no-contact": LogBuilder().footer(duration_ms=300_000).data(),
    "nothing": LogBuilder().footer(duration_ms=0).data(),
    "no-plan": whole_log(plan=None, device=None, head=None).data(),
}
DAMAGED = {
    "flipped": _flipped(whole_log().data(), len(whole_log().blocks[0]) + 40),
    "cut-off": whole_log().data()[:-30],
    "not-closed": LogBuilder().stroke().data(),
    "headless": _headless(),
    "only-a-header": LogBuilder().data(),
    "wrong-sum": LogBuilder().stroke().footer(sha256="0" * 64).data(),
    "bad-record": LogBuilder().stroke().add(wire.DATA, 2000, b"\x1f\x7f").footer().data(),
}
ALL = WHOLE | DAMAGED
