"""Puts session files on their shelves, whole or not at all, and takes them away again."""

import contextlib
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from dermaroller.archive import place
from dermaroller.errors import UsageError
from dermaroller.files import sha256_of, sync_folder

_STALE_S = 7 * 86_400
_READ_ONLY = stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH


def holds(root: Path, digest: str) -> bool:
    """Whether the session is here, and its bytes are still those of its name."""
    path = place.file_of(root, digest)
    return path.is_file() and sha256_of(path) == digest


def put(root: Path, data: bytes, digest: str) -> Path:
    """Put a session on its shelf; what is there already stays, unless its bytes have changed."""
    if holds(root, digest):
        return place.file_of(root, digest)
    (root / place.INCOMING).mkdir(exist_ok=True)
    handle, name = tempfile.mkstemp(suffix=".part", dir=root / place.INCOMING)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        return put_part(root, part, digest)
    finally:
        part.unlink(missing_ok=True)


def put_part(root: Path, part: Path, digest: str) -> Path:
    """The same with a file of the archive's own file system that is durable already; it is gone from its place."""
    path = place.file_of(root, digest)
    for folder in (path.parent.parent, path.parent):
        if not folder.exists():
            folder.mkdir(exist_ok=True)
            sync_folder(folder.parent)
    with contextlib.suppress(FileNotFoundError):
        path.chmod(stat.S_IWRITE | stat.S_IREAD)  # Windows replaces no read-only file
    os.replace(part, path)
    with contextlib.suppress(OSError):  # some drives know no such thing
        path.chmod(_READ_ONLY)
    sync_folder(path.parent)
    return path


def remove(root: Path, digest: str) -> None:
    """Take a session away; it may be gone already."""
    path = place.file_of(root, digest)
    with contextlib.suppress(FileNotFoundError):
        path.chmod(stat.S_IWRITE | stat.S_IREAD)  # Windows deletes no read-only file
        path.unlink()
        sync_folder(path.parent)


def tidy(root: Path, now_s: float) -> None:
    """Take away what has been half here for longer than anybody would wait for its other half."""
    for path in (root / place.INCOMING).glob("*.part"):
        with contextlib.suppress(OSError):
            if now_s - path.stat().st_mtime > _STALE_S:
                path.unlink()


@contextlib.contextmanager
def writing(root: Path) -> Iterator[None]:
    """Turns what the system says of a full or forbidden drive into a sentence."""
    try:
        yield
    except OSError as error:
        raise UsageError(
            f"cannot write into the archive {root}: {error.strerror or error}. Nothing is half there; make room or "
            "allow it, and call again."
        ) from error
