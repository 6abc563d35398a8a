"""An archive of 10,000 sessions: list, filter, find, verify and rebuild, against decoding every file for each list.

    python tests/bench/archive.py [SESSIONS]

The sessions are copies of one treatment that the virtual board recorded under a simulated hand, each with a number,
device, subject and day of its own and closed anew, so that all their hashes differ. The peer without an index is timed
on a part of them.
"""

import contextlib
import io
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from dermaroller import archive as facade
from dermaroller import cli
from dermaroller.archive import place
from dermaroller.archive.importing import Importer
from dermaroller.archive.query import Filter
from dermaroller.archive.sources import Source
from dermaroller.archive.store import Archive
from dermaroller.archive.verify import verify
from dermaroller.session import Session
from dermaroller.sim.example import FACE, write_trace
from dermaroller.sim.run import run
from dermaroller.summary import summary

ROOT = Path(__file__).resolve().parents[2]
SESSIONS = 10_000
PEER = 40  # files that the peer decodes
LIST_S, REBUILD_PER_S = 0.5, 1000


def treatment(folder):
    """A session of ten minutes, as the firmware logs it."""
    write_trace(FACE, folder / "face.csv")
    (data,) = run(folder / "face.csv", plan_bytes=FACE.plan.device_bytes()).files.values()
    return data


def made(n, data):
    """A source of n sessions, each made when it is read."""
    sys.path.insert(0, str(ROOT))
    from tests.host_tools.archive.sessions import many

    return Source([(str(i), lambda i=i: many(1, i, devices=7, subjects=400, data=data)[0]) for i in range(1, n + 1)])


def timed(function):
    start_s = time.perf_counter()
    result = function()
    return time.perf_counter() - start_s, result


def best(function, times=3):
    """The least of several times, and the last result."""
    pairs = [timed(function) for _ in range(times)]
    return min(seconds for seconds, _ in pairs), pairs[-1][1]


def listed(archive, **wanted):
    with archive.reading() as index:
        return index.sessions(Filter(**wanted))


def command(archive, *words):
    """The command in this process, as it prints: what it takes beyond Python's start."""
    with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
        cli.main(["--archive", str(archive.root), "archive", *words])


def peer_s(archive):
    """Seconds that decoding every file takes, from a part of them."""
    files = [place.file_of(archive.root, digest) for digest in sorted(place.digests(archive.root))]
    part = files[:: max(1, len(files) // PEER)]
    seconds, _ = timed(lambda: [summary(Session.read(path)) for path in part])
    return seconds / len(part) * len(files)


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else SESSIONS
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive(Path(folder) / "archive")
        data = treatment(Path(folder))
        with Console(stderr=True).status(f"making {n:,} sessions of {len(data):,} bytes"):
            import_s, _ = timed(Importer(archive, [made(n, data)]).run)
        rows = measured(archive, n)
        rows.append(("import, with their making", import_s, f"{n / import_s:,.0f} a second", ""))
        peer = peer_s(archive)
    table = Table("what", "s", "", "wanted", "times the peer", title=f"An archive of {n:,} sessions")
    for what, seconds, note, wanted in rows:
        table.add_row(what, f"{seconds:.3f}", note, wanted, f"{peer / seconds:,.0f}")
    table.add_row("decoding every file (peer)", f"{peer:,.0f}", f"worked out from {PEER} files", "", "1")
    console.print(table)
    slow = [what for what, seconds, _, wanted in rows if wanted and seconds > limit_s(wanted, n)]
    console.print(
        f"{len(data):,} bytes a session. " + (f"Too slow: {', '.join(slow)}." if slow else "All as wanted."),
        style="dim",
    )
    return 1 if slow else 0


def measured(archive, n):
    """(what, seconds, note, what is wanted) of each thing."""
    wanted = f"{LIST_S} s"
    everything, found = best(lambda: listed(archive))
    assert len(found) == n
    rows = [("list all", everything, "", wanted)]
    for what, filter_ in (
        ("filter by subject", {"subjects": ("P-7",)}),
        ("filter by zone", {"zone": "forehead"}),
        ("filter by date", {"since_s": 1_700_000_000.0 + n // 2 * 86_400}),
    ):
        seconds, some = best(lambda filter_=filter_: listed(archive, **filter_))
        rows.append((what, seconds, f"{len(some):,} found", wanted))
    rows.append(("`archive list`, printed", best(lambda: command(archive, "list"))[0], "", wanted))
    rows.append(("`archive list --json`", best(lambda: command(archive, "list", "--json"))[0], "", ""))
    rows.append(("`last`", best(lambda: facade.resolve("last", archive.root))[0], "", wanted))
    rows.append(("a subject's sessions", best(lambda: facade.sessions_of("P-7", archive.root))[0], "", wanted))
    words = [sys.executable, "-m", "dermaroller.cli", "--archive", str(archive.root), "archive", "list"]
    whole_s, _ = best(lambda: subprocess.run(words, stdout=subprocess.DEVNULL, check=True))
    rows.append(("`archive list`, its whole process", whole_s, "", ""))
    for what, function, goal in (
        ("rebuild the index", archive.rebuild, f"{REBUILD_PER_S:,} a second"),
        ("verify", lambda: verify(archive), ""),
    ):
        seconds, _ = timed(function)
        rows.append((what, seconds, f"{n / seconds:,.0f} a second", goal))
    return rows


def limit_s(wanted, n):
    """The most seconds that a wish allows."""
    return n / REBUILD_PER_S if "a second" in wanted else LIST_S


if __name__ == "__main__":
    sys.exit(main())
