"""Counts the instructions that each turn of the loop takes for an answer: valgrind on the 32-bit runtime.

850 thousand of them are 10 ms of a chip at 160 MHz.
"""

import os
import re
import subprocess
from pathlib import Path

from dermaroller.cpu.constructs import COLLECT
from dermaroller.sim import mpy

PROGRAM = Path(__file__).with_name("turns.py")
STORIES = Path(__file__).parents[1] / "roller"
_ASKED = ("roller.area", "roller.stream", "roller.store")  # for numbers by their names
_TOTALS = re.compile(r"^totals: (\d+)", re.MULTILINE)


def firmware() -> Path:
    """The firmware as a device gets it, with the names that the program uses."""
    programs = (PROGRAM, STORIES / "story.py", STORIES / "flashchip.py")
    users = [path.read_text(encoding="utf-8") for path in programs]
    return mpy.compiled_tree(
        mpy.firmware_sources("virtual"), optimise=mpy.OPTIMISE, made_lean={"users": users, "public": _ASKED}
    )


def turns(command: list[str], folder: Path) -> dict[str, list[int]]:
    """By request: the instructions of each turn. command: a runtime for valgrind, with its heap."""
    out = folder / "turn"
    # Names that are the same wherever the tests run: longer ones would lie otherwise in the heap, and count.
    for name, target in (("program.py", PROGRAM), ("firmware", firmware()), ("stories", STORIES)):
        (folder / name).symlink_to(target)
    valgrind = ["valgrind", "--tool=callgrind", "--dump-before=getenv", "--dump-line=no", "--callgrind-out-file=turn"]
    words = [*valgrind, *command, "program.py", "firmware", "stories"]
    done = subprocess.run(
        words, capture_output=True, text=True, timeout=500, cwd=folder, env={**os.environ, "TMPDIR": "."}
    )
    labels = done.stdout.split("\n")[:-1]
    if done.returncode or "start|0" not in labels:
        raise AssertionError(done.stdout[-2000:] + done.stderr[-2000:])
    counts = []
    while (part := out.with_name(f"turn.{len(counts) + 1}")).exists():
        counts.append(int(_TOTALS.search(part.read_text(errors="replace"))[1]))
    counts = counts[-1 - len(labels) : -1]  # before the program there are others, and one behind it
    found: dict[str, list[int]] = {}
    for line, count in zip(labels, counts, strict=True):
        label, _, collections = line.rpartition("|")
        if label not in ("-", "start"):
            found.setdefault(label, []).append(count + int(collections) * COLLECT)
    return found
