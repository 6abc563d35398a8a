"""Counts what the firmware's loop costs: the real one, over stand-ins whose own share is taken off again."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections import Counter as Counts
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from dermaroller.cpu import charge
from dermaroller.cpu.cachegrind import ARCH, Counter
from dermaroller.cpu.price import costs
from dermaroller.sim import mpy
from dermaroller.sim.process import BoardError
from dermaroller.sim.runtime import find_micropython

BARE = Path(__file__).with_name("bare")
TURN_MS = 5
# Name: from and to, in ms. Of the first three, turns 380 to 980, in which lie an encoding and the first flush.
SCENES = {"air": (1900, 4900), "slow": (1900, 4900), "fast": (1900, 4900), "pull": (4500, 7500)}
STUBS = (
    "ticks_us ticks_ms read_count read_force read_pin look read_byte write set_duty rest tick"
    " collect read_flash program_flash ask_flash"
).split()
_CALLS = (200, 600)


@dataclass(frozen=True)
class Program:
    """A firmware, compiled, and, if it charges by sites, what each of them is."""

    folder: Path
    sites: tuple[charge.Site, ...] = ()


@dataclass(frozen=True)
class Run:
    """What an uncounted run says, at its first mark, before each turn, and at its end.

    calls: of each stand-in, in the order of STUBS. charged: instructions. sites: how often each was passed, at the
    first mark and at the end.
    """

    calls: list[list[int]]
    charged: list[int]
    sites: list[list[int]]


def compiled(sources: dict[str, Path]) -> Program:
    """The firmware as a device gets it."""
    return Program(mpy.compiled_tree(sources, optimise=mpy.OPTIMISE, arch=ARCH, made_lean=mpy.firmware_options()))


def charging(sources: dict[str, Path], folder: Path) -> Program:
    """The firmware that tells each site it passes, compiled into a folder."""
    texts = mpy.lean_texts(sources, mpy.firmware_options())
    sites: list[charge.Site] = []
    table = costs()
    mpy.compile_texts(charge.charge(texts, table.price, table.natives["source_byte"], sites), folder, arch=ARCH)
    return Program(folder, tuple(sites))


def run(program: Program, scene: str) -> Run:
    """Let the firmware run through the scene, uncounted."""
    with _prepared(program, scene, "tell") as (arguments, scratch):
        done = subprocess.run(
            [*find_micropython().command, "-X", "heapsize=8m", *arguments], capture_output=True, text=True, cwd=scratch
        )
    try:
        told = json.loads(done.stdout)
    except ValueError:
        raise BoardError(f"the scene {scene} ended early: {(done.stdout + done.stderr).strip()[-300:]}") from None
    calls, charged = told["calls"][2:], told["charged"][2:]
    return Run(calls, [n + _collecting(each) for n, each in zip(charged, calls, strict=True)], told["sites"])


def _collecting(calls: list[int]) -> int:
    """What collecting garbage so often takes of a chip."""
    return calls[STUBS.index("collect")] * costs().natives["collect"]


def turns(counter: Counter, program: Program, scene: str, stubs: Sequence[float]) -> list[float]:
    """Instructions of each turn in the scene's window, without what the stand-ins cost.

    The first and the last are no whole turns, but belong to the sum.
    """
    with _prepared(program, scene, "turns") as (arguments, scratch):
        marks = counter.marks(["-X", "heapsize=8m", *arguments], scratch)[:-1]
    calls = run(program, scene).calls
    mark = marks[2] - marks[1]
    own = [sum(n * cost for n, cost in zip(each, stubs, strict=True)) - _collecting(each) for each in calls]
    totals = [total - before for before, total in pairwise(marks[2:])]
    return [total - mark - (own[i + 1] - own[i]) for i, total in enumerate(totals)]


def stub_costs(counter: Counter) -> list[float]:
    """Instructions by which a call of each of STUBS is dearer than one of the interpreter's own functions."""
    names = ("native", "no_tick", *STUBS)
    arguments = [str(BARE / "start.py"), "-", ",".join(map(str, _CALLS)), *names]
    counted = counter.marks(["-X", "heapsize=8m", *arguments])[:-1]
    each = [(long - short) / (_CALLS[1] - _CALLS[0]) for short, long in zip(counted[::2], counted[1::2], strict=True)]
    native, no_tick, *costs = each
    return [cost - (no_tick if name == "tick" else native) for name, cost in zip(STUBS, costs, strict=True)]


def by_function(program: Program, scene: str) -> dict[str, tuple[int, int]]:
    """(calls, instructions charged) of each function, from the boot to the end of the scene."""
    passed = run(program, scene).sites[-1]
    calls: Counts[str] = Counts()
    charged: Counts[str] = Counts()
    for site, n in zip(program.sites, passed, strict=True):
        charged[site.function] += n * site.instructions
        calls[site.function] += n * site.is_entry
    return {name: (calls[name], n) for name, n in charged.items() if n}


@contextmanager
def _prepared(program: Program, scene: str, how: str) -> Iterator[tuple[list[str], Path]]:
    """The arguments of a run, and the folder where it has to run."""
    with tempfile.TemporaryDirectory(prefix="dermaroller-") as folder:
        scratch = Path(folder)
        start, end = SCENES[scene]
        arguments = [str(BARE / "start.py"), str(program.folder), scene, str(start), str(end), how]
        if program.sites:
            (scratch / "charges").write_text(json.dumps([site.instructions for site in program.sites]))
            arguments.append(str(scratch / "charges"))
        yield arguments, scratch
