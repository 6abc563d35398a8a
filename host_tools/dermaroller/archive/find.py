"""Finds the session file that an argument of a command means: a path, `last`, or the beginning of a hash."""

import re
from pathlib import Path

from dermaroller.archive import place
from dermaroller.errors import IntegrityError, NewerFormat, UsageError
from dermaroller.session import Session
from dermaroller.summary import started_at

LAST = "last"
MIN_DIGITS = 4
_HEX = re.compile(f"[0-9a-f]{{{MIN_DIGITS},64}}")


def resolve(argument: str | Path, folder: Path | None = None) -> Path:
    """The session file that is meant: one that exists, the `last` session of the archive, or a hash's beginning.

    folder: the archive, if not the default one. UsageError if nothing or more than one thing fits.
    """
    root = folder or place.default_folder()
    path, word = Path(argument), str(argument).lower()
    if path.exists():
        return path
    if word == LAST:
        if files := _in_time_order(root):
            return files[-1]
        raise UsageError(f"there is no session in {root} yet. Pull or import some, or name a file.")
    if _HEX.fullmatch(word):
        found = [digest for digest in place.digests(root) if digest.startswith(word)]
        if len(found) == 1:
            return place.file_of(root, found[0])
        if found:
            near = ", ".join(digest[:12] for digest in sorted(found)[:5])
            raise UsageError(f"{argument} fits {len(found)} sessions in {root}: {near}. Give more digits.")
    raise UsageError(f"there is no file {argument}, and no session that it means in {root}. See what is there.")


def sessions_of(subject: str, folder: Path | None = None) -> list[Path]:
    """The files of all sessions with this subject code, by the time of their start."""
    return [path for path in _in_time_order(folder or place.default_folder()) if _subject(path) == subject]


def beside(session: Session, suffix: str) -> Path:
    """Where what is made of a session goes if nobody says: beside its file; for one in an archive, where one is now."""
    path = Path(session.name)
    if place.root_of(path) is None:
        return path.with_suffix(suffix)
    device = "".join(c for c in str(session.header.get("device") or "") if c.isalnum()) or "device"
    return Path(f"{device}-{session.id:05d}{suffix}")


def _subject(path: Path) -> str | None:
    plan = Session.read(path).header.get("plan") or {}
    return plan.get("subject")


def _in_time_order(root: Path) -> list[Path]:
    timed = []
    for digest in place.digests(root):
        path = place.file_of(root, digest)
        try:
            start = started_at(Session.read(path))
        except (IntegrityError, NewerFormat):
            continue
        timed.append((start.timestamp() if start else 0.0, path))
    return [path for _, path in sorted(timed)]
