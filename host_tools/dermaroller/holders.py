"""Which programs hold a serial port, where the system tells: on Linux, from /proc."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
_MAX_COMMAND = 60  # characters of a command line that are shown


@dataclass(frozen=True)
class Holder:
    """A running program."""

    pid: int
    command: str

    def __str__(self) -> str:
        return f"{self.command} (process {self.pid})"


def holders(port: str, proc: Path = PROC) -> list[Holder]:
    """The programs that have the port locked, else those that have it open, without this one."""
    if not proc.is_dir() or "://" in port:
        return []
    pids = list(_lockers(port, proc)) or list(_openers(port, proc))
    return [Holder(pid, _command(pid, proc)) for pid in pids if pid != os.getpid()]


def _lockers(port: str, proc: Path) -> Iterator[int]:
    """From lines such as `1: FLOCK  ADVISORY  WRITE 4711 00:1b:5 0 EOF`."""
    try:
        status = os.stat(port)
        lines = (proc / "locks").read_text().splitlines()
    except OSError:
        return
    wanted = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}"
    for line in lines:
        words = line.split()
        if len(words) >= 6 and words[1] == "FLOCK" and words[5] == wanted and words[4].isdigit():
            yield int(words[4])


def _openers(port: str, proc: Path) -> Iterator[int]:
    target = os.path.realpath(port)
    for process in sorted(proc.glob("[0-9]*"), key=lambda path: int(path.name)):
        try:
            is_open = any(os.readlink(file) == target for file in (process / "fd").iterdir())
        except OSError:  # it belongs to someone else, or has ended
            continue
        if is_open:
            yield int(process.name)


def _command(pid: int, proc: Path) -> str:
    try:
        words = (proc / str(pid) / "cmdline").read_bytes().decode(errors="replace").rstrip("\0").split("\0")
    except OSError:
        words = [""]
    text = " ".join([os.path.basename(words[0]), *words[1:]]).strip() or "a program"
    return text if len(text) <= _MAX_COMMAND else text[: _MAX_COMMAND - 1] + "…"
