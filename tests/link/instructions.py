"""Counts the instructions that each turn of the loop takes for an answer: valgrind on the 32-bit runtime.

850 thousand of them are 10 ms of a chip at 160 MHz.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from dermaroller.cpu.constructs import COLLECT
from dermaroller.sim import mpy

PROGRAM = Path(__file__).with_name("turns.py")
STORIES = Path(__file__).parents[1] / "roller"
# Two ways of doing nothing that valgrind's x86 does not know; without its first byte, each is one that it does know.
_NOPS = (bytes.fromhex("2e8db42600000000"), bytes.fromhex("2e8d742600"))
_ASKED = ("roller.area", "roller.stream", "roller.store")  # for numbers by their names
_TOTALS = re.compile(r"^totals: (\d+)", re.MULTILINE)


def firmware() -> Path:
    """The firmware as a device gets it, with the names that the program uses."""
    programs = (PROGRAM, STORIES / "story.py", STORIES / "flashchip.py")
    users = [path.read_text(encoding="utf-8") for path in programs]
    return mpy.compiled_tree(
        mpy.firmware_sources("virtual"), optimise=mpy.OPTIMISE, made_lean={"users": users, "public": _ASKED}
    )


def patched(command: list[str], folder: Path) -> list[str]:
    """The runtime's command, with a copy of its programs and libraries that valgrind can read."""
    return [_copied(part, folder) if part.startswith("/") else part for part in command]


def _copied(part: str, folder: Path) -> str:
    source, target = Path(part), folder / part.replace("/", "_")
    if source.is_dir():
        target.mkdir()
        for each in source.glob("*.so*"):
            _patch(each, target / each.name)
    else:
        _patch(source, target)
    return str(target)


def _patch(source: Path, target: Path) -> None:
    content = source.read_bytes()
    for nop in _NOPS:
        content = content.replace(nop, b"\x90" + nop[1:])
    target.write_bytes(content)
    shutil.copymode(source, target)


def turns(command: list[str], folder: Path) -> dict[str, list[int]]:
    """By request: the instructions of each turn. command: the patched runtime, with the size of its heap."""
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
