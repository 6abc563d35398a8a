"""Copies the archive into a folder or a zip file, and reads every copied byte again to see that it is right."""

import hashlib
import os
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from dermaroller import receipts
from dermaroller.archive import labels, place, shelf
from dermaroller.archive.catchup import Progress
from dermaroller.archive.lock import Lock
from dermaroller.archive.store import Archive, no_progress
from dermaroller.errors import IntegrityError, UsageError
from dermaroller.files import sha256_of, sync_folder, write_whole


@dataclass(frozen=True)
class Backup:
    """What was copied.

    new: sessions that were not in the target before. removed: that were, and are forgotten now. altered: files that are
    not in the copy, because their bytes are no longer those of their names.
    """

    target: Path
    sessions: int
    new: int
    removed: int
    bytes: int
    labels: int
    altered: list[str]


def backup(archive: Archive, target: Path, progress: Progress = no_progress) -> Backup:
    """Copy everything but the index into a new zip file (a name with .zip), or into a folder, where only what is new
    is copied the next time.

    UsageError if the target cannot be written or is something else, IntegrityError if it does not keep its bytes.
    """
    if not archive.root.is_dir():
        raise UsageError(f"there is no archive in {archive.root}: nothing to copy. Name it with --archive.")
    if target.absolute() == archive.root.absolute():
        raise UsageError(f"{target} is the archive itself; name another place for the copy.")
    with _kept_still(archive), _writing(target):
        if target.suffix.lower() == ".zip":
            return _to_zip(archive.root, target, progress)
        return _to_folder(archive, target, progress)


@contextmanager
def _kept_still(archive: Archive) -> Iterator[None]:
    """Nobody changes the archive meanwhile; one that cannot be written changes nobody."""
    with ExitStack() as stack:
        with suppress(OSError, UsageError):
            stack.enter_context(Lock(archive.root / place.LOCK))
        yield


@contextmanager
def _writing(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(
            f"cannot write {target}: {error.strerror or error}. Make room, or name another place."
        ) from error


def _to_zip(root: Path, target: Path, progress: Progress) -> Backup:
    if target.exists():
        raise UsageError(f"{target} exists; name another file for the backup.")
    digests = sorted(place.digests(root))
    copied: list[str] = []
    altered: list[str] = []
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
            for done, digest in enumerate(digests, 1):
                name = place.file_of(root, digest).relative_to(root).as_posix()
                if (data := _right_bytes(root, digest)) is None:
                    altered.append(name)
                else:
                    out.writestr(name, data)
                    copied.append(digest)
                progress(done, 2 * len(digests))
            for name, data in _others(root):
                out.writestr(name, data)
        size_bytes = _verify_zip(part, root, copied, progress)
        os.replace(part, target)
        sync_folder(target.absolute().parent)
    finally:
        part.unlink(missing_ok=True)
    return Backup(target, len(copied), len(copied), 0, size_bytes, len(labels.read(root)), altered)


def _verify_zip(part: Path, root: Path, digests: list[str], progress: Progress) -> int:
    size_bytes = 0
    with part.open("rb") as file:
        os.fsync(file.fileno())
    with zipfile.ZipFile(part) as found:
        for done, digest in enumerate(digests, len(digests) + 1):
            data = found.read(place.file_of(root, digest).relative_to(root).as_posix())
            size_bytes += len(data)
            _compare(hashlib.sha256(data).hexdigest(), digest, part)
            progress(done, 2 * len(digests))
        for name, data in _others(root):
            _compare(found.read(name).hex(), data.hex(), part)
    return size_bytes


def _to_folder(archive: Archive, target: Path, progress: Progress) -> Backup:
    root = archive.root
    _refuse_another(root, target)
    target.mkdir(parents=True, exist_ok=True)
    digests, there = set(place.digests(root)), set(place.digests(target))
    gone = there & _forgotten(root) - digests
    for digest in gone:
        shelf.remove(target, digest)
    size_bytes = 0
    altered: list[str] = []
    for done, digest in enumerate(sorted(digests), 1):
        if (data := _right_bytes(root, digest)) is None:
            altered.append(place.file_of(root, digest).relative_to(root).as_posix())
        else:
            path = shelf.put(target, data, digest)
            _compare(sha256_of(path), digest, path)
            size_bytes += len(data)
        progress(done, len(digests))
    for name, data in _others(root):
        write_whole(target / name, data)
        _compare((target / name).read_bytes().hex(), data.hex(), target / name)
    kept = set(place.digests(target)) & digests
    return Backup(target, len(kept), len(kept - there), len(gone), size_bytes, len(labels.read(root)), altered)


def _refuse_another(root: Path, target: Path) -> None:
    """Only an empty folder, or an earlier copy of this archive, is written into."""
    if not target.exists() or not any(target.iterdir()):
        return
    ours, theirs = dict(_others(root)).get(receipts.NAME, b""), dict(_others(target)).get(receipts.NAME, b"")
    if not (target / receipts.SESSIONS).is_dir() or not ours.startswith(theirs):
        raise UsageError(f"{target} is not empty, and no earlier copy of {root}: name a new folder or a .zip file.")


def _forgotten(root: Path) -> set[str]:
    return {digest for receipt in receipts.read(root, receipts.FORGET) for digest in receipt.get("sha256") or ()}


def _others(root: Path) -> list[tuple[str, bytes]]:
    """(name, content) of the files that are no sessions."""
    return [(name, (root / name).read_bytes()) for name in (receipts.NAME, place.LABELS) if (root / name).is_file()]


def _right_bytes(root: Path, digest: str) -> bytes | None:
    """The bytes of a session; None if they are no longer those of its name."""
    data = place.file_of(root, digest).read_bytes()
    return data if hashlib.sha256(data).hexdigest() == digest else None


def _compare(found: str, wanted: str, path: Path) -> None:
    if found != wanted:
        raise IntegrityError(f"{path} does not hold what was written into it. Take another drive for the backup.")
