"""Counts the instructions of a MicroPython program with valgrind: the same number on every computer, however busy."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from dermaroller.sim.runtime import RuntimeMissingError, find_micropython

TOOL = "valgrind"
ARCH = "x86"  # of the runtime that is counted; chips run the same functions in machine code of their own
# Two long nops of Debian's build that valgrind's x86 does not know, and what they do with another prefix: nothing.
_NOPS = (bytes.fromhex("2e8db42600000000"), bytes.fromhex("2e8d742600"))
_PREFIX = b"\x90"
_TOTAL = re.compile(r"I\s+refs:\s+([\d,]+)")
_TIMEOUT_S = 3000  # of a busy computer: its own time is a minute


def why_not() -> str:
    """Why nothing can be counted here, as a sentence; "" if it can."""
    if not shutil.which(TOOL):
        return f"counting instructions needs {TOOL}, which is not installed: apt-get install {TOOL}."
    try:
        runtime = find_micropython()
    except RuntimeMissingError as error:
        return str(error)
    if not runtime.is_32bit or len(runtime.command) != 4:
        return (
            "instructions are counted with the 32-bit MicroPython of Debian's packages, and"
            f" {' '.join(runtime.command)} is not it: unset MICROPYTHON on a machine with x86 Linux."
        )
    return ""


@contextmanager
def counter() -> Iterator[Counter]:
    """Something to count with. Raises RuntimeMissingError with the tool that is missing."""
    why = why_not()
    if why:
        raise RuntimeMissingError(why)
    with tempfile.TemporaryDirectory(prefix="dermaroller-") as folder:
        yield Counter(readable_runtime(Path(folder)))


class Counter:
    """Runs programs under cachegrind."""

    def __init__(self, command: list[str]) -> None:
        self._command = command

    def marks(self, arguments: Sequence[str], cwd: Path | None = None) -> list[int]:
        """Instructions from the program's start to each of its marks, and to its end.

        A mark is a child that the program forks, which ends at once: it tells what was counted until then.
        """
        command = [TOOL, "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
        done = subprocess.run(
            [*command, *self._command, *arguments], capture_output=True, text=True, cwd=cwd, timeout=_TIMEOUT_S
        )
        totals = [int(total.replace(",", "")) for total in _TOTAL.findall(done.stderr)]
        if done.returncode or not totals or "Traceback" in done.stderr + done.stdout:
            last = (done.stdout + done.stderr).strip().splitlines()[-3:]
            raise RuntimeMissingError(f"{TOOL} could not count {' '.join(arguments)}: {' | '.join(last)}")
        return totals


def readable_runtime(folder: Path) -> list[str]:
    """A throw-away copy of the runtime that valgrind can run; the command that starts it."""
    loader, option, libraries, program = find_micropython().command
    for place in (Path(loader), Path(program), *Path(libraries).glob("*.so*")):
        content = place.read_bytes()
        for nop in _NOPS:
            content = content.replace(nop, _PREFIX + nop[1:])
        copy = folder / place.name
        copy.write_bytes(content)
        copy.chmod(0o755)
    return [str(folder / Path(loader).name), option, str(folder), str(folder / Path(program).name)]
