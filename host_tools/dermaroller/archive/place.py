"""Where the archive is, and where in it each thing lies.

    ARCHIVE/
      sessions/ab/<sha256>.drl   session files by the hash of their bytes, read-only, never changed
      receipts.jsonl             pulls, imports, erasures, forgettings and clocks; only ever appended to
      labels.json                subject codes to the names that are used for them here
      index.sqlite3              made of the above, and made again whenever it is missing or does not fit
      incoming/                  sessions that are only half here

Nothing in it names the archive's own place, so it may be moved or copied as a whole.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from dermaroller import receipts, settings
from dermaroller.errors import UsageError
from dermaroller.receipts import SESSIONS

ENVIRONMENT = "DERMAROLLER_ARCHIVE"
INCOMING = "incoming"
INDEX, LABELS, LOCK = "index.sqlite3", "labels.json", "archive.lock"
SUFFIX = ".drl"
_NAME = re.compile(r"[0-9a-f]{64}\.drl")


def default_folder() -> Path:
    """What --archive says, else $DERMAROLLER_ARCHIVE, else a folder of the user's own data."""
    if given := settings.archive or os.environ.get(ENVIRONMENT):
        return Path(given)
    import platformdirs

    return platformdirs.user_data_path("dermaroller") / "archive"


def make_folder(folder: Path, option: str = "--archive") -> None:
    """Create the folder. UsageError if that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot make the folder {folder}: {error.strerror}. Choose another with {option}.") from error


def file_of(root: Path, digest: str) -> Path:
    """Where the session with this SHA-256 lies."""
    return root / SESSIONS / digest[:2] / (digest + SUFFIX)


def root_of(path: Path) -> Path | None:
    """The archive in which a session file lies; None if it lies elsewhere."""
    root = receipts.folder_of(path)
    return root if _NAME.fullmatch(path.name) and path.absolute() == file_of(root, path.stem).absolute() else None


def digests(root: Path) -> Iterator[str]:
    """The SHA-256 of every session that has a file, by the files' names alone."""
    for shelf in _entries(root / SESSIONS):
        if len(shelf.name) == 2:
            for entry in _entries(shelf.path):
                if _NAME.fullmatch(entry.name) and entry.name.startswith(shelf.name):
                    yield entry.name.removesuffix(SUFFIX)


def _entries(folder: Path | str) -> list[os.DirEntry[str]]:
    """What is in a folder; nothing if it is none, or has just gone."""
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []
