"""Makes the environment for development, and says meanwhile what it does: `python3 host_tools/environment.py .venv`.

It needs nothing but Python itself. pip's own output is a flood without its progress bars and silence with --quiet, so
it is read here: large packages get a line each, the others pass by on one line of the terminal.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

OLDEST = (3, 10)
LARGE_MB = 1.0
_FETCHED = re.compile(r"\s*(?:Downloading|Using cached) (?:\S*/)?(?P<name>[\w.]+?)-\d\S* \((?P<mb>[\d.]+) MB\)")
_COLLECTING = re.compile(r"Collecting (?P<name>[\w.-]+)")
_INSTALLING = re.compile(r"Installing collected packages: (?P<names>.*)")


def main(folder: Path) -> int:
    """Make the environment, or bring it up to date. Returns an exit code."""
    if sys.version_info < OLDEST:
        wanted, here = (".".join(map(str, version)) for version in (OLDEST, sys.version_info[:3]))
        print(
            f"Python {wanted} or later is needed, and this is {here}: name another, as PYTHON=python3.12.",
            file=sys.stderr,
        )
        return 1
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = [str(python), "-m", "pip", "--disable-pip-version-check"]
    if not python.exists() or subprocess.run([*pip, "--version"], capture_output=True).returncode:
        say(f"Making a virtual environment in {folder}, with Python {sys.version.split()[0]}.")
        if failed := subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)]).returncode:
            return failed
    say("Fetching the packages that pyproject.toml names for development; some 150 MB, the first time.")
    return watched([*pip, "install", "--progress-bar", "off", "--editable", ".[dev]"])


def watched(command: list[str]) -> int:
    """Run pip and tell what it is at; if it fails, print all that it said. Returns its exit code."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    assert process.stdout is not None
    said = list(told(process.stdout))
    if process.wait():
        print("".join(said), file=sys.stderr)
    return process.returncode


def told(lines: Iterable[str]) -> Iterable[str]:
    """The lines of pip as they come, each told in short before it is given on."""
    for line in lines:
        if (found := _FETCHED.match(line)) and float(found["mb"]) >= LARGE_MB:
            say(f"  {found['name']}, {found['mb']} MB")
        elif found := _COLLECTING.match(line):
            pass_by(f"  {found['name']}")
        elif found := _INSTALLING.match(line):
            say(f"Installing them: {len(found['names'].split(','))} in all.")
        yield line
    pass_by("")


def say(sentence: str) -> None:
    """A line that stays."""
    pass_by("")
    print(sentence, flush=True)


def pass_by(text: str) -> None:
    """A line that the next one replaces, if a terminal shows it."""
    if sys.stdout.isatty():
        print(f"\r\x1b[K{text}", end="", flush=True)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
