"""The power fails at every flash operation of a handle's life, before it and torn halfway: what is left, what is lost.

    python tests/soak/power_cuts.py [POINTS]

A life is that of tests/flash/life.py; each seed rolls another one. POINTS is the least number of cuts, 2,000 if it is
not given.
"""

import importlib.util
import itertools
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

POINTS = 2000
WORKERS = 2


def load():
    """The module tests/flash/life.py, as part of its package."""
    folder = Path(__file__).parents[1] / "flash"
    spec = importlib.util.spec_from_file_location(
        "flash_tests", folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    sys.modules.setdefault("flash_tests", importlib.util.module_from_spec(spec))
    return importlib.import_module("flash_tests.life")


life = load()


def cut_all(seed: int, folder: Path) -> list:
    """(operation, is_torn, life, blocks kept) of every operation of one life."""
    lives = life.Lives(seed, folder)
    points = [(op, is_torn) for op in range(1, lives.whole.operations + 1) for is_torn in (False, True)]

    def cut(point):
        with tempfile.TemporaryDirectory(dir=folder) as own:
            lived = lives.live(Path(own), *point)
        return *point, lived, lives.kept_blocks(lived)

    with ThreadPoolExecutor(WORKERS) as workers:
        done = workers.map(cut, points)
        return list(track(done, f"life {seed}", len(points), console=Console(stderr=True), transient=True))


def lost_blocks(points: list) -> int:
    """Blocks that were there after one cut and not after a later one."""
    lost = 0
    for is_torn in (False, True):
        kept = [blocks for _, torn, _, blocks in points if torn == is_torn]
        lost += sum(len(earlier - later) for earlier, later in itertools.pairwise(kept))
    return lost


def main() -> None:
    least = int(sys.argv[1]) if len(sys.argv) > 1 else POINTS
    table = Table(
        "seed",
        "operations",
        "cuts",
        "with faults",
        "flushed blocks lost",
        "longest loss",
        title="power cuts (simulated)",
    )
    total, lost, faults, seed = 0, 0, Counter(), 0
    with tempfile.TemporaryDirectory(prefix="dermaroller-") as folder:
        while total < least:
            seed += 1
            points = cut_all(seed, Path(folder))
            total += len(points)
            bad = [point for point in points if point[2].faults]
            faults.update(fault for point in bad for fault in point[2].faults)
            longest_s = max(lived.lost_s for _, _, lived, _ in points)
            lost += (lost_here := lost_blocks(points))
            row = len(points) // 2, len(points), len(bad), lost_here, f"{longest_s:.2f} s"
            table.add_row(str(seed), *map(str, row))
            for op, is_torn, lived, _ in bad[:3]:
                print(f"seed {seed}, operation {op}{', torn' if is_torn else ''}: {lived.faults}")
    Console(width=110).print(table)
    print(f"{total:,} cuts, {sum(faults.values())} faults; the contact lost is that since the last sample in flash")
    sys.exit(1 if faults or lost else 0)


if __name__ == "__main__":
    main()
