"""Finds the session file that an argument of a command means: a path, `last`, or the beginning of a hash."""

import difflib
import re
from pathlib import Path
from typing import TYPE_CHECKING

from dermaroller.archive import labels, place
from dermaroller.archive.query import MISSING, Filter, Index
from dermaroller.archive.rows import plain
from dermaroller.archive.store import Archive
from dermaroller.errors import UsageError

if TYPE_CHECKING:
    from dermaroller.session import Session

LAST = "last"
MIN_DIGITS = 4
_HEX = re.compile("[0-9a-f]{1,64}")
_NEAR = 5


def resolve(argument: str | Path, folder: Path | None = None) -> Path:
    """The session file that is meant: one that exists, the `last` session of the archive, or a hash's beginning.

    folder: the archive, if not the default one. UsageError if nothing or more than one thing fits.
    """
    path, word = Path(argument), str(argument).lower()
    if path.is_dir():
        raise UsageError(f"{argument} is a folder: name session files in it, or put it into the archive by import.")
    if path.exists():
        return path
    root = folder or place.default_folder()
    with Archive(root).reading() as index:
        if word == LAST:
            if digest := index.latest():
                return place.file_of(root, digest)
            raise UsageError(f"there is no session in {root} yet. Pull or import some, or name a file.")
        if _HEX.fullmatch(word):
            return _by_hash(index, word, root)
        near = _near(path, index)
    raise UsageError(f"there is no file {argument}, and no session {argument} in {root}. {near}")


def sessions_of(subject: str, folder: Path | None = None) -> list[Path]:
    """The files of all sessions of a subject, named by code or label, by the time of their start."""
    root = folder or place.default_folder()
    with Archive(root).reading() as index:
        found = index.sessions(Filter(subjects=codes(root, subject)))
    return [Path(one.file) for one in found if one.row.state != MISSING]


def codes(root: Path, name: str) -> tuple[str, ...]:
    """The subject codes that a name means: itself, and those with that label."""
    return (plain(name), *(code for code, label in labels.read(root).items() if label == plain(name)))


def beside(session: "Session", suffix: str) -> Path:
    """Where what is made of a session goes if nobody says: beside its file; for one in an archive, where one is now."""
    path = Path(session.name)
    if place.root_of(path) is None:
        return path.with_suffix(suffix)
    return Path(f"{session.stem}{suffix}")


def _by_hash(index: Index, digits: str, root: Path) -> Path:
    found = index.beginning_with(digits) if len(digits) >= MIN_DIGITS else []
    if len(found) == 1:
        return place.file_of(root, found[0])
    if found:
        raise UsageError(f"{digits} begins {len(found)} sessions in {root}: {_shortened(found)}. Give more digits.")
    if len(digits) < MIN_DIGITS:
        raise UsageError(f"there is no file {digits}; of a session's hash give at least {MIN_DIGITS} digits.")
    nearest = (index.beginning_with(digits[:n]) for n in range(len(digits) - 1, 1, -1))
    near = next((digests for digests in nearest if digests), [])
    hint = f"Near it: {_shortened(near)}." if near else "See `dermaroller archive list`."
    raise UsageError(f"there is no file {digits}, and no session in {root} begins so. {hint}")


def _shortened(digests: list[str]) -> str:
    return ", ".join(digest[:12] for digest in digests[:_NEAR]) + (", …" if len(digests) > _NEAR else "")


def _near(path: Path, index: Index) -> str:
    """What was perhaps meant."""
    names = {LAST: LAST}
    if path.parent.is_dir():
        names |= {each.name: str(each) for each in path.parent.glob("*.drl")}
    near = difflib.get_close_matches(path.name, names, _NEAR, 0.6)
    if near:
        return f"Did you mean {' or '.join(names[name] for name in near)}?"
    return "Check the file name, or see `dermaroller archive list`."
