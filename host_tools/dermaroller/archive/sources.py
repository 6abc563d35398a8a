"""What can be imported: session files, folders of them, other archives, and backups as a zip file."""

import json
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from dermaroller import receipts
from dermaroller.archive import place
from dermaroller.errors import IntegrityError, UsageError


@dataclass(frozen=True)
class Source:
    """One place to import from. sessions: (name, what reads its bytes). The texts are those of such files in it."""

    sessions: list[tuple[str, Callable[[], bytes]]] = field(default_factory=list)
    receipt_texts: list[bytes] = field(default_factory=list)
    label_texts: list[bytes] = field(default_factory=list)

    def receipt_lines(self) -> Iterator[receipts.Receipt]:
        """All receipts, in their order."""
        for text in self.receipt_texts:
            for line in text.splitlines():
                if receipt := receipts.parse(line):
                    yield receipt

    def all_labels(self) -> dict[str, str]:
        """{subject code: label}; a file that cannot be read gives none."""
        found: dict[str, str] = {}
        for text in self.label_texts:
            try:
                labels: Any = json.loads(text)
            except ValueError:
                continue
            if isinstance(labels, dict):
                found |= {str(subject): str(label) for subject, label in labels.items()}
        return found


def sources(paths: Iterable[Path]) -> list[Source]:
    """Look into each. UsageError if one is not there, or holds no session; IntegrityError for a broken zip file."""
    return [_source(path) for path in paths]


def _source(path: Path) -> Source:
    if path.is_dir():
        found = _of_files(path, sorted(each for each in path.rglob("*") if each.is_file()))
    elif path.suffix.lower() == ".zip" and path.exists():
        found = _of_zip(path)
    elif path.exists():
        beside = receipts.folder_of(path) / receipts.NAME
        return Source([(str(path), path.read_bytes)], [beside.read_bytes()] if beside.is_file() else [])
    else:
        raise UsageError(f"there is no {path} to import. Name session files, folders of them, or a backup.")
    if not found.sessions and not found.receipt_texts:
        raise UsageError(f"no session file (*.drl) is in {path}. Name another folder.")
    return found


def _of_files(root: Path, files: list[Path]) -> Source:
    return Source(
        [(str(path), path.read_bytes) for path in files if path.suffix.lower() == place.SUFFIX],
        [path.read_bytes() for path in files if path.name == receipts.NAME],
        [
            path.read_bytes()
            for path in files
            if path.name == place.LABELS and (path.parent / receipts.SESSIONS).is_dir()
        ],
    )


def _of_zip(path: Path) -> Source:
    try:
        found = zipfile.ZipFile(path)  # open as long as someone may read from it
        names = sorted(found.namelist())
        return Source(
            [(f"{path}:{name}", partial(found.read, name)) for name in names if name.lower().endswith(place.SUFFIX)],
            [found.read(name) for name in names if name.endswith(receipts.NAME)],
            [found.read(name) for name in names if name.endswith(place.LABELS)],
        )
    except (zipfile.BadZipFile, zlib.error, OSError) as error:
        raise IntegrityError(f"{path} cannot be read as a zip file: {error}. Take another backup.") from error
