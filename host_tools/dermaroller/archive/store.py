"""The archive as a whole: who may change it when, and what every change begins and ends with.

A change is made under the archive's lock, first in files and receipts, then in the index, which only follows them. So a
process that dies at any moment leaves whole files and true receipts, and the next one brings the index up to them.
"""

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dermaroller import receipts
from dermaroller.archive import labels, place, schema, shelf
from dermaroller.archive.catchup import Progress, catch_up, is_behind
from dermaroller.archive.lock import TIMEOUT_S, Lock
from dermaroller.archive.query import Index
from dermaroller.errors import DermarollerError, UsageError


def no_progress(done: int, of: int) -> None:
    """Tells nobody."""


class Archive:
    """The archive in a folder, which is made when something is first put into it.

    timeout_s: how long to wait for another program that changes it.
    """

    def __init__(self, root: Path | None = None, timeout_s: float = TIMEOUT_S) -> None:
        self.root = root or place.default_folder()
        self._timeout_s = timeout_s

    @contextlib.contextmanager
    def changing(self, progress: Progress = no_progress) -> Iterator[Index]:
        """The index while this process alone may change files and receipts; behind them it is brought up to them.

        UsageError if the folder cannot be written, PortBusy if another program has been changing it for too long.
        """
        place.make_folder(self.root)
        with shelf.writing(self.root), Lock(self.root / place.LOCK, self._timeout_s), self._index(progress) as index:
            self._finish(index)
            yield index
            catch_up(index.sql, self.root, progress)

    @contextlib.contextmanager
    def reading(self, progress: Progress = no_progress) -> Iterator[Index]:
        """The index, up to date; where nothing can be written now, a copy in memory. The archive may be missing."""
        connection = self._up_to_date(progress)
        try:
            yield Index(connection, self.root)
        finally:
            connection.close()

    def rebuild(self, progress: Progress = no_progress) -> int:
        """Make the index anew from files and receipts; return how many sessions it holds."""
        place.make_folder(self.root)
        with shelf.writing(self.root), Lock(self.root / place.LOCK, self._timeout_s):
            with contextlib.suppress(OSError):  # Windows takes nothing away that another program reads
                schema.remove(self.root / place.INDEX)
            shelf.tidy(self.root, time.time())
            with self._index(progress, must_clear=True) as index:
                self._finish(index)
                return int(index.sql.execute("SELECT count(*) FROM sessions").fetchone()[0])

    def add_receipt(self, kind: str, device: str, **details: Any) -> None:
        """Append a receipt; only while changing()."""
        receipts.add(self.root, kind, device, **details)

    def forget(self, index: Index, digests: list[str]) -> None:
        """Take sessions away, with a receipt before and after; only while changing()."""
        if not digests:
            return
        size_bytes = sum(place.file_of(self.root, digest).stat().st_size for digest in digests)
        details = {"sessions": len(digests), "bytes": size_bytes, "sha256": digests}
        self.add_receipt(receipts.FORGETTING, "", **details)
        catch_up(index.sql, self.root)
        self._finish(index)

    def _finish(self, index: Index) -> None:
        """Complete a forgetting that a killed process began."""
        digests = index.unfinished()
        if not digests:
            return
        marks = ", ".join("?" * len(digests))
        stay = f"SELECT subject FROM sessions WHERE sha256 NOT IN ({marks}) AND subject IS NOT NULL"
        gone = f"SELECT DISTINCT subject FROM sessions WHERE sha256 IN ({marks}) AND subject NOT IN ({stay})"
        labels.remove(self.root, {row[0] for row in index.sql.execute(gone, digests * 2)})
        for digest in digests:
            shelf.remove(self.root, digest)
        self.add_receipt(receipts.FORGET, "", sessions=len(digests), sha256=digests)
        catch_up(index.sql, self.root)

    @contextlib.contextmanager
    def _index(self, progress: Progress, must_clear: bool = False) -> Iterator[Index]:
        """The index, up to files and receipts; one that turns out to be damaged is made anew."""
        connection = None
        try:
            try:
                connection = self._caught_up(progress, must_clear)
            except sqlite3.DatabaseError as error:
                if schema.is_transient(error):
                    raise
                schema.remove(self.root / place.INDEX)
                connection = self._caught_up(progress)
            yield Index(connection, self.root)
        except sqlite3.Error as error:
            raise self._failure(error) from error
        finally:
            if connection:
                connection.close()

    def _caught_up(self, progress: Progress, must_clear: bool = False) -> sqlite3.Connection:
        connection = schema.connect(self.root / place.INDEX)
        try:
            if must_clear:
                schema.clear(connection)
            catch_up(connection, self.root, progress)
        except BaseException:
            connection.close()
            raise
        return connection

    def _failure(self, error: sqlite3.Error) -> DermarollerError:
        name = self.root / place.INDEX
        return UsageError(
            f"cannot change the index {name}: {error}. Make room or allow it; files and receipts are safe."
        )

    def _up_to_date(self, progress: Progress) -> sqlite3.Connection:
        if not self.root.is_dir():
            return schema.in_memory()
        with contextlib.suppress(sqlite3.Error):
            connection = schema.connect_to_read(self.root / place.INDEX)
            if not is_behind(connection, self.root):
                return connection
            connection.close()
        try:
            with Archive(self.root, timeout_s=0).changing(progress):
                pass
            return schema.connect_to_read(self.root / place.INDEX)
        except (DermarollerError, sqlite3.Error):
            return self._copy(progress)

    def _copy(self, progress: Progress) -> sqlite3.Connection:
        try:
            connection = schema.connect_to_read(self.root / place.INDEX)
            with contextlib.closing(connection):
                copy = schema.in_memory(connection)
        except sqlite3.Error:
            copy = schema.in_memory()
        catch_up(copy, self.root, progress)
        return copy
