"""Puts exported files onto the disk: whole or not at all, and never over something else."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from dermaroller.errors import UsageError
from dermaroller.files import write_whole


@dataclass(frozen=True)
class Export:
    """A file to be: its name without a folder, and all its bytes. notice: a sentence on what a reader must know."""

    name: str
    content: bytes
    notice: str = ""


def write(exports: Iterable[Export], folder: Path, force: bool = False) -> list[Path]:
    """Write the files; return their paths. Those that are there with the same bytes stay as they are.

    UsageError, before anything is written, if another file has one of the names, unless `force`; or if the folder
    cannot be made or written to.
    """
    wanted = list(exports)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        new = [each for each in wanted if not _is_there(folder / each.name, each.content, force)]
        for each in new:
            write_whole(folder / each.name, each.content)
    except OSError as error:
        raise UsageError(f"cannot write to {folder}: {error.strerror or error}. Choose another with --to.") from error
    return [folder / each.name for each in wanted]


def _is_there(path: Path, content: bytes, force: bool) -> bool:
    if not path.exists():
        return False
    if path.read_bytes() == content:
        return True
    if not force:
        raise UsageError(f"{path} exists and is different: choose another folder with --to, or give --force.")
    return False
