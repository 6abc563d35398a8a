"""Finds the MicroPython that the virtual board runs on, fetching one if the machine has none.

`python -m dermaroller.sim.runtime` prints what it found.
"""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from dermaroller.errors import DermarollerError
from dermaroller.sim import debian

OLDEST = (1, 25)
PROBE = "import sys; print(sys.implementation[0], *sys.implementation[1][:3], sys.maxsize)"
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


def find_micropython() -> Runtime:
    """The runtime, from the first of: $MICROPYTHON, the cache, the PATH, Debian. Raises RuntimeMissingError."""
    return _from_environment() or _from_cache() or _from_path() or _fetched()


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
    named = os.environ.get("MICROPYTHON")
    if not named:
        return None
    try:
        return probe([os.path.abspath(shutil.which(named) or named)], "$MICROPYTHON")
    except ValueError as error:
        raise RuntimeMissingError(f"MICROPYTHON={named}: {error}; correct or unset it.") from None


def _from_cache() -> Runtime | None:
    root = cache_folder() / "micropython"
    with contextlib.suppress(ValueError):
        return probe(debian.command_in(root), "the cache")
    return None


def _from_path() -> Runtime | None:
    found = shutil.which("micropython")
    if found:
        try:
            return probe([found], "the PATH")
        except ValueError as error:
            print(f"{found} is not used: {error}.", file=sys.stderr)
    return None


def _fetched() -> Runtime:
    if not debian.can_fetch():
        raise RuntimeMissingError(f"MicroPython is missing: {_how_to_install()}")
    root = cache_folder() / "micropython"
    with _locked(root.with_suffix(".lock")):
        # Whoever held the lock before may have fetched it meanwhile.
        return _from_cache() or _fetch(root)


def _fetch(root: Path) -> Runtime:
    print(f"Fetching MicroPython from Debian into {root} ...", file=sys.stderr, flush=True)
    part = root.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        debian.fetch_into(part)
        runtime = probe(debian.command_in(part), "the cache")
        shutil.rmtree(root, ignore_errors=True)
        part.rename(root)
    except (debian.FetchError, ValueError, OSError) as error:
        raise RuntimeMissingError(
            f"MicroPython is missing and could not be fetched ({error}): {_how_to_install()}"
        ) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return Runtime(debian.command_in(root), runtime.is_32bit, runtime.version, runtime.origin)


def _how_to_install() -> str:
    wanted = "MicroPython {}.{} or later".format(*OLDEST)
    install = {
        "Darwin": f"install {wanted} with `brew install micropython`",
        "Windows": f"use the Windows Subsystem for Linux, with {wanted} in it",
    }.get(platform.system(), f"install {wanted} (unix port, best its 32-bit build)")
    return f"{install}, or name its program in MICROPYTHON."


def probe(command: list[str], origin: str) -> Runtime:
    """Start the runtime once and ask what it is. Raises ValueError if it cannot be used, saying why."""
    try:
        done = subprocess.run(
            [*command, "-c", PROBE], capture_output=True, text=True, errors="replace", timeout=PROBE_TIMEOUT_S
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ValueError(f"it cannot be started ({error})") from None
    words = done.stdout.split()
    if done.returncode != 0 or len(words) != 5 or words[0] != "micropython":
        raise ValueError("it does not answer as MicroPython does")
    version = tuple(int(word) for word in words[1:4])
    if version < OLDEST:
        raise ValueError("it is version {}.{}; {}.{} or later is needed".format(*version[:2], *OLDEST))
    return Runtime(command, int(words[4]) == 2**31 - 1, version, origin)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock file; other processes that want it wait. Only reached where fetching works, so on Linux."""
    import fcntl

    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def main() -> int:
    """Print what was found; the exit code is that of the error otherwise."""
    try:
        runtime = find_micropython()
    except RuntimeMissingError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    width = "32-bit" if runtime.is_32bit else "64-bit, so tests that need the chip's integers are skipped"
    print("MicroPython {} ({}) from {}:".format(".".join(map(str, runtime.version)), width, runtime.origin))
    print(" ".join(runtime.command))
    return 0


if __name__ == "__main__":
    sys.exit(main())
