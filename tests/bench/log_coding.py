"""What a session's log costs: bytes a sample, seconds of line, wear of the flash, time to decode. Simulated.

The same samples in four codings. "CSV", "struct" and "varint" are the bare samples; "ours" is the whole file with its
blocks, checksums, header, footer and all that it records besides samples.

    python tests/bench/log_coding.py
"""

import struct
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from dermaroller.blocks import scan
from dermaroller.chips import CPU_MHZ
from dermaroller.session import Session
from dermaroller.sim.example import FACE, SCALP, Example, Hand, TraceMaker
from dermaroller.sim.run import run
from dermaroller.sim.trace import Trace
from roller import decoding, records, wire
from roller.bits import put_varint, zigzag

LINE_BYTES_PER_S = 11_520  # 115,200 baud
FRAME_SHARE = (1024 + wire.FRAME_OVERHEAD) / 1024
WORKERS = 2
# Stroke in mm, mean speed in mm/s, strokes before a lift; each with noise in mN. The last is faster than anyone treats:
# its short session has so few samples that header and strokes weigh as much as a third of them.
HANDS = [
    (Hand(40, 20, 8, 2.0, 10.0), 10),
    (Hand(60, 30, 6, 3.0, 10.0), 40),
    (Hand(50, 40, 10, 2.0, 10.0), 80),
    (Hand(60, 40, 6, 3.0, 10.0), 120),
    (Hand(100, 100, 12, 3.0, 10.0), 120),
]
EXAMPLES = [("30 min", SCALP, noise_mn) for noise_mn in (10, 40, 80, 120)] + [("10 min", FACE, 40)]


def main() -> None:
    jobs = list(EXAMPLES)
    for i, (hand, noise_mn) in enumerate(HANDS):
        name = f"hand {i + 1}: {hand.stroke_mm:g} mm, {hand.speed_mm_s:g} mm/s"
        jobs.append((name, Example(FACE.plan_toml, hand, 100 + i), noise_mn))
    with ThreadPoolExecutor(WORKERS) as workers:
        rows = list(workers.map(lambda job: measured(*job), jobs))
    console = Console(width=130)
    console.print(table_of_codings(rows))
    console.print(table_of_wear(rows))
    print_decoding(rows[1][2])


def measured(name, example, noise_mn):
    """(name, noise, log, RunResult)"""
    rows = np.array([row[:3] for row in TraceMaker(example).make()])
    events = tuple((row[0], row[3]) for row in TraceMaker(example).make() if row[3])
    trace = Trace(name, rows[:, 0], rows[:, 1], rows[:, 2], events)
    with tempfile.TemporaryDirectory() as folder:
        result = run(trace, plan_bytes=example.plan.device_bytes(), noise_mn=noise_mn, flash=Path(folder) / "flash.bin",
                     cpu_mhz=CPU_MHZ)  # fmt: skip
    (log,) = result.files.values()
    assert Session.parse(log).is_as_closed
    return name, noise_mn, log, result


def table_of_codings(rows):
    table = Table(title="bytes a sample (force and counts, 100 a second in contact)")
    for head in ("session", "noise", "samples", "CSV", "struct", "varint", "ours", "log", "line at 115,200"):
        table.add_column(head, justify="left" if head == "session" else "right")
    for name, noise_mn, log, _ in rows:
        samples = Session.parse(log).samples
        n = len(samples.t_s)
        each = [f"{len(coded(samples)) / n:.2f}" for coded in (as_csv, as_struct, as_varint)]
        ours = [f"[bold]{len(log) / n:.2f}[/]", f"{len(log):,}", f"{len(log) * FRAME_SHARE / LINE_BYTES_PER_S:.1f} s"]
        table.add_row(name, f"{noise_mn} mN", f"{n:,}", *each, *ours)
    return table


def as_csv(samples):
    rows = zip(samples.t_s, samples.force_n, samples.counts, strict=True)
    return "".join(f"{t_s * 1000:.0f},{force_n * 1000:.0f},{counts}\n" for t_s, force_n, counts in rows).encode()


def as_struct(samples):
    rows = zip(samples.t_s, samples.force_n, samples.counts, strict=True)
    return b"".join(struct.pack("<Ihh", round(t * 1000), round(force * 1000), counts) for t, force, counts in rows)


def as_varint(samples):
    """Differences of force in the log's steps, and counts; the times of a contact follow from its first."""
    steps = np.rint(samples.force_n * 1000 / records.FORCE_STEP_MN).astype(int)
    buf, end = bytearray(10 * len(steps)), 0
    for step, counts in zip(np.diff(steps, prepend=0).tolist(), samples.counts.tolist(), strict=True):
        end = put_varint(buf, put_varint(buf, end, zigzag(step)), zigzag(counts))
    return buf[:end]


def table_of_wear(rows):
    table = Table(title="flash, in an hour of such a session")
    for head in ("session", "erases", "programmed", "of it log", "gaps", "in gaps"):
        table.add_column(head, justify="left" if head == "session" else "right")
    for name, _, log, result in rows:
        session = Session.parse(log)
        hours = session.duration_s / 3600
        share = sum(gap.end_s - gap.start_s for gap in session.gaps) / session.duration_s
        erases, programmed = result.board["flash_erases"] / hours, result.board["flash_programmed_bytes"] / hours
        kilobytes = f"{programmed / 1000:,.0f} kB", f"{len(log) / hours / 1000:,.0f} kB"
        table.add_row(name, f"{erases:,.0f}", *kilobytes, f"{len(session.gaps) / hours:,.0f}", f"{share:.2%}")
    return table


def print_decoding(log):
    fast_s = best_s(lambda: Session.parse(log).samples)
    reference_s = best_s(lambda: by_the_reference(log))
    print(f"decoding the 30 minutes: {fast_s:.3f} s, {reference_s / fast_s:.1f} times as fast as the reference")


def by_the_reference(log):
    for block in scan(log)[0]:
        times = records.Times(block.t_ms)
        for tag, start, end in decoding.rows(log, block.start, block.end) if block.kind == wire.DATA else ():
            if tag == records.SAMPLES:
                decoding.get_samples(log, start, end, times)
            else:
                decoding.get_record(log, tag, start, end, times)


def best_s(function, tries=5):
    found = []
    for _ in range(tries):
        started_s = time.perf_counter()
        function()
        found.append(time.perf_counter() - started_s)
    return min(found)


if __name__ == "__main__":
    main()
