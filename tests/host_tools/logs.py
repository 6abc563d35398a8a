"""Builds session files for tests, block by block, with the format's own definition."""

import hashlib
import json

from roller import records, wire
from roller.bits import BitWriter
from roller.settings import Head

HEAD = vars(Head("A1"))
ZONES = [
    {"name": "left cheek", "area_mm2": 2000, "target_per_cm2_x10": 2000},
    {"name": "right cheek", "area_mm2": 3500, "target_per_cm2_x10": 1500},
]


class LogBuilder:
    """Collects blocks; `data()` is the file. Times are ms since the session's start."""

    def __init__(self, session=7, zones=ZONES, **header):
        self.session = session
        self.blocks = []
        self.strokes = []
        self._contact_ms = 0
        self._end_ms = 0
        self._zones = len(zones)
        fields = {"format": 1, "fw": "0.1.0", "device": "c0ffee", "name": None, "board": "virtual", "session": session}
        fields |= {"utc_s": None, "plan": {"subject": "P-0042"}, "head": HEAD, "zones": zones}
        fields |= {"force": {"low_mn": 600, "high_mn": 6000}}
        self.add(wire.HEADER, 0, json.dumps(fields | header).encode())

    def add(self, kind, t_ms, payload):
        self.blocks.append(bytes(wire.pack_block(kind, self.session, len(self.blocks), t_ms, payload)))
        return self

    def stroke(self, start_ms=1000, counts=51, zone=0, force_mn=2000, effective=None, duration_ms=1000):
        """One DATA block: a contact with its samples and its one stroke."""
        path = abs(counts)
        effective = path if effective is None else effective
        is_counted = int(path >= 6)
        row = (start_ms, duration_ms, counts, path, effective, force_mn, force_mn + 500, zone, is_counted)
        self.strokes.append(row)
        self._contact_ms += duration_ms
        self._end_ms = max(self._end_ms, start_ms + duration_ms)
        n = duration_ms // 10
        moved = [counts * (i + 1) // n - counts * i // n for i in range(n)]
        buf = bytearray(4000)
        times = records.Times(start_ms)
        end = records.put_samples(buf, 0, BitWriter(), start_ms, n, [force_mn // 10] * n, moved, times)
        end = records.put_record(buf, end, records.STROKE, row, times)
        end = records.put_record(buf, end, records.CONTACT, (start_ms, duration_ms), times)
        return self.add(wire.DATA, start_ms, buf[:end])

    def record(self, tag, *values):
        buf = bytearray(100)
        return self.add(wire.DATA, values[0], buf[: records.put_record(buf, 0, tag, values, records.Times(values[0]))])

    def totals(self):
        zones = [[row for row in self.strokes if row[7] == i] for i in range(self._zones)]
        return {"contact_ms": self._contact_ms, **_sums(self.strokes), "zones": [_sums(rows) for rows in zones]}

    def footer(self, end="button", duration_ms=None, **fields):
        sha = hashlib.sha256(b"".join(self.blocks)).hexdigest()
        duration_ms = self._end_ms + 500 if duration_ms is None else duration_ms
        footer = {"end": end, "duration_ms": duration_ms, "gap_ms": 0, "counters": {}, "sha256": sha, **self.totals()}
        return self.add(wire.FOOTER, duration_ms, json.dumps(footer | fields).encode())

    def data(self):
        return b"".join(self.blocks)


def _sums(rows):
    return {
        "passes": sum(row[8] for row in rows),
        "path_counts": sum(row[3] for row in rows),
        "effective_counts": sum(row[4] for row in rows),
    }


def whole_log(**header):
    """Four strokes in two zones, closed by the button."""
    log = LogBuilder(**header)
    log.stroke(1000, 51).stroke(3000, -51, effective=40)
    log.record(records.ZONE, 4500, 1)
    log.stroke(5000, 32, zone=1).stroke(7000, -4, zone=1)
    log.record(records.ALERT, 7200, records.number_of(records.ALERT_KINDS, "too_hard"), 6500)
    log.record(records.GAP, 8100, 45, records.number_of(records.GAP_REASONS, "flash"))
    return log.footer()
