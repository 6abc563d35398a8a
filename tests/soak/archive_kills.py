"""Kills the archive's writers (kill -9) at 100 random moments of their work, and looks at what each leaves.

    python tests/soak/archive_kills.py [KILLS]

After each kill `verify` must pass and no session be lost; the same call again must then complete what was begun.
"""

import importlib
import importlib.util
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

KILLS = 100


def load():
    """The module tests/host_tools/archive/kills.py, as part of its package."""
    folder = Path(__file__).parents[1] / "host_tools"
    spec = importlib.util.spec_from_file_location(
        "host_tests", folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    sys.modules["host_tests"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules["host_tests"])
    return importlib.import_module("host_tests.archive.kills")


def main():
    kills = load()
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else KILLS
    tallies = {kind: kills.Tally() for kind in kills.KINDS}
    with tempfile.TemporaryDirectory() as folder:
        life = kills.Life(Path(folder), is_by_time=True)
        for kind, tally in tallies.items():
            life.one(kind, tally)  # only measures how long it takes
        console = Console(stderr=True)
        for i in track(range(wanted), "killing", console=console, transient=True):
            kind = kills.KINDS[i % len(kills.KINDS)]
            life.one(kind, tallies[kind])
    table = Table(
        "writer", "kills", "in its work", "problems", title="Writers of the archive, killed at random moments"
    )
    for kind, tally in tallies.items():
        table.add_row(kind, str(tally.kills), str(tally.in_work), str(len(tally.problems)))
    Console().print(table)
    problems = [text for tally in tallies.values() for text in tally.problems]
    note = "Wanted: no problem. A problem is: verify does not pass, a session is lost, the next call does not complete."
    Console().print("\n".join([*problems, note]), style="dim", highlight=False)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
