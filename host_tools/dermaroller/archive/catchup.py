"""Brings the index to what receipts and files say; nothing else ever changes it, so it cannot know better than they.

What a process that was killed left undone in the index is made up for here, and a new index is made in the same way.
"""

import contextlib
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import astuple
from datetime import datetime
from pathlib import Path

from dermaroller import evidence, receipts
from dermaroller.archive import place, schema
from dermaroller.archive.index_row import COLUMNS, ZONE_COLUMNS
from dermaroller.archive.rows import plain, row_of
from dermaroller.evidence import Evidence

Progress = Callable[[int, int], None]  # sessions read so far, and of how many
_ROW = f"INSERT INTO sessions ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
_ZONE = f"INSERT OR REPLACE INTO zones VALUES ({', '.join('?' * (len(ZONE_COLUMNS) + 2))})"
_MANY = 200  # sessions that are read before they are written


def is_behind(connection: sqlite3.Connection, root: Path) -> bool:
    """Whether there is anything to catch up with."""
    if _has_shrunk(connection, root) or _new_lines(connection, root)[0]:
        return True
    listed = connection.execute("SELECT sha256 FROM sessions WHERE NOT is_missing")
    return {digest for (digest,) in listed} != set(place.digests(root))


def catch_up(connection: sqlite3.Connection, root: Path, progress: Progress = lambda done, of: None) -> None:
    """Take in what is new, in one transaction."""
    if _has_shrunk(connection, root):
        schema.clear(connection)
    connection.execute("BEGIN IMMEDIATE")
    try:
        _CatchUp(connection, root).run(progress)
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _has_shrunk(connection: sqlite3.Connection, root: Path) -> bool:
    """Whether the receipts are others than those that were read, as after something older was put in their place."""
    path = root / receipts.NAME
    return _so_far(connection) > (path.stat().st_size if path.exists() else 0)


def _so_far(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT receipts_bytes FROM read_so_far").fetchone()[0])


def _new_lines(connection: sqlite3.Connection, root: Path) -> tuple[list[bytes], int]:
    """(the receipts that were written since, how many bytes of them there are now); a torn last line waits."""
    so_far = _so_far(connection)
    try:
        with (root / receipts.NAME).open("rb") as file:
            file.seek(so_far)
            data = file.read()
    except FileNotFoundError:
        return [], so_far
    data = data[: data.rfind(b"\n") + 1]
    return data.splitlines(), so_far + len(data)


class _CatchUp:
    """One transaction's work."""

    def __init__(self, connection: sqlite3.Connection, root: Path) -> None:
        self._sql = connection
        self._root = root
        self._boots: set[tuple[str, int]] = set()  # of which the time is to be worked out

    def run(self, progress: Progress) -> None:
        self._read_receipts()
        files = set(place.digests(self._root))
        listed = {digest for (digest,) in self._sql.execute("SELECT sha256 FROM sessions")}
        self._add(sorted(files - listed), progress)
        self._mark(listed, files)
        for boot in self._boots:
            self._date(*boot)

    def _read_receipts(self) -> None:
        lines, so_far = _new_lines(self._sql, self._root)
        for line in lines:
            if receipt := receipts.parse(line):
                self._take(receipt)
        self._sql.execute("UPDATE read_so_far SET receipts_bytes = ?", (so_far,))

    def _take(self, receipt: receipts.Receipt) -> None:
        kind = receipt.get("kind")
        if kind == receipts.CLOCK:
            self._take_clock(receipt)
        elif kind in (receipts.PULL, receipts.IMPORT):
            keys = ("sha256", "device", "session", "bytes")
            values = [plain(receipt.get(key)) for key in keys]
            self._sql.execute("INSERT INTO arrivals VALUES (?, ?, ?, ?, ?)", (*values, _moment_s(receipt)))
            self._sql.execute("DELETE FROM forgettings WHERE sha256 = ?", values[:1])
        elif kind in (receipts.FORGETTING, receipts.FORGET):
            at, is_done = plain(receipt.get("at")), kind == receipts.FORGET
            digests = [digest for digest in _list(receipt.get("sha256")) if isinstance(digest, str)]
            rows = ((digest, at, is_done) for digest in digests)
            self._sql.executemany("INSERT OR REPLACE INTO forgettings VALUES (?, ?, ?)", rows)

    def _take_clock(self, receipt: receipts.Receipt) -> None:
        found = evidence.of_receipt(receipt)
        numbers = (found.boot, found.uptime_ms, found.utc_ms, found.uncertainty_ms) if found else ()
        if found and isinstance(found.device, str) and all(isinstance(n, (int, float)) for n in numbers):
            self._sql.execute("INSERT INTO clocks VALUES (?, ?, ?, ?, ?)", (plain(found.device), *numbers))
            self._boots.add((plain(found.device), found.boot))

    def _add(self, digests: list[str], progress: Progress) -> None:
        for at in range(0, len(digests), _MANY):
            rows = [
                row_of(digest, data) for digest in digests[at : at + _MANY] if (data := self._bytes(digest)) is not None
            ]
            self._sql.executemany(_ROW, (row.values for row in rows))
            self._sql.executemany(_ZONE, (
                (row.values.sha256, i, *astuple(zone))
                for row in rows for i, zone in enumerate(row.zones)
            ))  # fmt: skip
            self._order(row.values.sha256 for row in rows)
            self._boots |= {(row.values.device or "", row.values.boot) for row in rows if row.values.boot is not None}
            progress(min(at + _MANY, len(digests)), len(digests))

    def _bytes(self, digest: str) -> bytes | None:
        try:
            return place.file_of(self._root, digest).read_bytes()
        except FileNotFoundError:
            return None  # has just been forgotten

    def _order(self, digests: Iterable[str]) -> None:
        """By the start; where nobody knows it, by when the session came here."""
        for digest in digests:
            came = self._sql.execute("SELECT min(at_s) FROM arrivals WHERE sha256 = ?", (digest,)).fetchone()[0]
            if came is None:
                with contextlib.suppress(OSError):
                    came = place.file_of(self._root, digest).stat().st_mtime
            self._sql.execute("UPDATE sessions SET order_s = coalesce(start_s, ?, 0) WHERE sha256 = ?", (came, digest))

    def _mark(self, listed: set[str], files: set[str]) -> None:
        """Rows without a file stay, marked, unless they were to be forgotten."""
        marked = {digest for (digest,) in self._sql.execute("SELECT sha256 FROM sessions WHERE is_missing")}
        gone = listed - files
        for digests, is_missing in ((marked & files, 0), (gone, 1)):
            rows = [(is_missing, digest) for digest in digests]
            self._sql.executemany("UPDATE sessions SET is_missing = ? WHERE sha256 = ?", rows)
        if gone:
            forgotten = "SELECT sha256 FROM forgettings"
            self._sql.execute(f"DELETE FROM sessions WHERE is_missing AND sha256 IN ({forgotten})")
            self._sql.execute("DELETE FROM zones WHERE sha256 NOT IN (SELECT sha256 FROM sessions)")

    def _date(self, device: str, boot: int) -> None:
        """Work out when the sessions of one boot began that do not know it themselves."""
        rows = self._sql.execute(
            "SELECT sha256, uptime_ms FROM sessions WHERE device = ? AND boot = ? AND uptime_ms IS NOT NULL "
            "AND (start_source IS NULL OR start_source = 'pull')", (device, boot)
        ).fetchall()  # fmt: skip
        if not rows:
            return
        clocks = self._sql.execute("SELECT * FROM clocks WHERE device = ? AND boot = ?", (device, boot))
        kept = [Evidence(*row) for row in clocks]
        for digest, uptime_ms in rows:
            if found := evidence.surest(uptime_ms, kept):
                self._sql.execute(
                    "UPDATE sessions SET start_s = ?, start_uncertainty_s = ?, start_source = 'pull', order_s = ? "
                    "WHERE sha256 = ?", (found[0], found[1], found[0], digest)
                )  # fmt: skip


def _moment_s(receipt: receipts.Receipt) -> float | None:
    try:
        return datetime.fromisoformat(str(receipt.get("at")).replace("Z", "+00:00")).timestamp()
    except ValueError:
        return None


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
