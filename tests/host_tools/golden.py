"""Makes golden files: sessions as the firmware on the virtual board logs them, and what a reader must find in them.

They pin format 1. Files that are there are never made anew; a change of the format gets a new number and new files. To
add one, describe it in CASES and run this: python -m tests.host_tools.golden
"""

import json
from functools import cache
from pathlib import Path

import numpy as np

from dermaroller.blocks import scan
from dermaroller.plan import Plan
from dermaroller.session import Session
from dermaroller.sim.run import run
from dermaroller.sim.trace import Trace
from dermaroller.summary import summary
from roller import decoding, formats, records, wire

FOLDER = Path(__file__).parent.parent / "data" / "golden"
KEYS = (
    "id started_at duration_s contact_s passes path_mm punctures effective_punctures captured_fraction gaps zones"
    " strokes alerts log_bytes"
).split()  # of the summary, those that the outside relies on
PLAN = """subject = "P-0042"
[head]
id = "A1"
needles = 192
drum_diameter_mm = 20.0
drum_width_mm = 20.0
needle_length_mm = 1.5
counts_per_rev = 32
max_sessions = 1
[force]
low_n = 0.6
high_n = 3.0
[limits]
max_density_per_cm2 = 300
min_interval_days = 28
[[zone]]
name = "left"
area_cm2 = 10.0
target_density_per_cm2 = 15
[[zone]]
name = "right"
area_cm2 = 10.0
target_density_per_cm2 = 15
"""


def rolling(seconds, *events):
    """To and fro, lifted every fourth second, too hard towards the end."""
    t_s = np.arange(0, seconds, 0.02)
    force_n = np.where(t_s % 4 < 3.2, 1.5 + 0.3 * np.sin(7 * t_s) + 2.5 * (t_s > seconds - 5), 0.0)
    return Trace("golden", t_s, 25 * np.sin(2.2 * t_s), force_n, tuple(events))


def _plan():
    return run(
        rolling(16, (7.5, "button"), (12.0, "sensor_open"), (13.0, "sensor_ok")),
        plan_bytes=Plan.parse(PLAN).device_bytes(),
        requests=[(5.0, wire.pack_request(1, "time set 1767225600 250"))],
    )


# Each is rolled once, by whoever asks first.
CASES = {
    "free": cache(lambda: run(rolling(12), noise_mn=10)),
    "plan": cache(_plan),
    "power_loss": cache(lambda: run(rolling(12, (9.0, "power_cut")), noise_mn=120)),
}


def found_in(data):
    """What a file holds, in plain numbers, by the reference decoder; and its summary."""
    blocks, holes = scan(data)
    assert not holes
    found = {"blocks": [], "records": [], "samples": []}
    for block in blocks:
        found["blocks"].append([block.kind, block.session, block.seq, block.t_ms, block.end - block.start])
        times = records.Times(block.t_ms)
        rows = decoding.rows(data, block.start, block.end) if block.kind == wire.DATA else ()
        for tag, start, end in rows:
            if tag == records.SAMPLES:
                found["samples"].append(list(decoding.get_samples(data, start, end, times)))
            else:
                assert tag in formats.FORMATS
                found["records"].append([tag, decoding.get_record(data, tag, start, end, times)])
    session = Session.parse(data)
    told = summary(session).as_json()
    found |= {"header": session.header.raw, "footer": session.footer.raw, "summary": {key: told[key] for key in KEYS}}
    return found


def main():
    FOLDER.mkdir(exist_ok=True)
    for name, make in CASES.items():
        path = FOLDER / f"format{wire.FORMAT}-{name}.drl"
        if path.exists():
            continue
        data = make().files["00001.drl"]
        path.write_bytes(data)
        path.with_suffix(".json").write_text(json.dumps(found_in(data)) + "\n")
        print(path, len(data))


if __name__ == "__main__":
    main()
