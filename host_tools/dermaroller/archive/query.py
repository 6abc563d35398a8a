"""Asks the index: sessions by what people look for, hashes by their beginnings, a device's session by its number."""

import os
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from dermaroller import receipts
from dermaroller.analysis.summary_parts import ZoneSummary
from dermaroller.archive import place
from dermaroller.archive.index_row import COLUMNS, Entry, IndexRow
from dermaroller.archive.rows import plain

# Names are few, zones many: the function that SQLite has to call back is called for names alone.
_OF_ZONE = (
    "sha256 IN (SELECT sha256 FROM zones WHERE name IN "
    "(SELECT name FROM (SELECT DISTINCT name FROM zones) WHERE contains(name, ?1)))"
)


@dataclass(frozen=True)
class Filter:
    """What is looked for; None: any. subjects: codes. zone: a part of a zone's name. Times are Unix time, in s."""

    subjects: tuple[str, ...] | None = None
    device: str | None = None
    head: str | None = None
    zone: str | None = None
    since_s: float | None = None
    until_s: float | None = None  # not included
    digests: tuple[str, ...] | None = None

    def where(self) -> tuple[str, list[Any]]:
        """The condition, and its values."""
        parts: list[str] = []
        values: list[Any] = []
        if self.subjects is not None:
            parts.append(f"subject IN ({', '.join('?' * len(self.subjects))})")
            values += map(plain, self.subjects)
        if self.digests is not None:
            parts.append(f"sha256 IN ({', '.join('?' * len(self.digests))})")
            values += self.digests
        for condition, value in (
            ("(device = ?1 OR device_name = ?1)", self.device),
            ("head = ?1", self.head),
            (_OF_ZONE, self.zone),
            ("start_s >= ?1", self.since_s),
            ("start_s < ?1", self.until_s),
        ):
            if value is not None:
                parts.append(condition.replace("?1", "?"))
                values += [plain(value)] * condition.count("?1")
        return " AND ".join(parts) or "1", values


EVERYTHING = Filter()
MISSING = "missing"  # the state of a session whose file has gone


@dataclass(frozen=True)
class Known:
    """A session of a device that is or was here."""

    sha256: str
    forgotten_at: str | None


class Index:
    """An open index that is up to date."""

    def __init__(self, connection: sqlite3.Connection, root: Path) -> None:
        self.sql = connection
        self.root = root
        self._shelves = str(root / receipts.SESSIONS) + os.sep  # joined by hand: there are thousands
        connection.create_function("contains", 2, _contains, deterministic=True)

    def sessions(self, wanted: Filter = EVERYTHING) -> list[Entry]:
        """The sessions that fit, the latest last."""
        condition, values = wanted.where()
        zones: dict[str, list[ZoneSummary]] = {}
        of_them = "" if wanted == EVERYTHING else f"WHERE sha256 IN (SELECT sha256 FROM sessions WHERE {condition})"
        quick = self.sql.cursor()  # plain tuples: there may be tens of thousands
        quick.row_factory = None
        for row in quick.execute(f"SELECT * FROM zones {of_them} ORDER BY sha256, position", values):
            zones.setdefault(row[0], []).append(ZoneSummary(*row[2:]))
        rows = quick.execute(
            f"SELECT {', '.join(COLUMNS)}, is_missing FROM sessions WHERE {condition} "
            "ORDER BY order_s, device, session, sha256", values
        )  # fmt: skip
        return [self._entry(row, tuple(zones.get(row[0], ()))) for row in rows]

    def latest(self) -> str | None:
        """The SHA-256 of the last session that began."""
        row = self.sql.execute(
            "SELECT sha256 FROM sessions WHERE NOT is_missing ORDER BY order_s DESC, device DESC, session DESC, "
            "sha256 DESC LIMIT 1"
        ).fetchone()  # fmt: skip
        return str(row[0]) if row else None

    def beginning_with(self, digits: str) -> list[str]:
        """The SHA-256 of the sessions that begin so."""
        rows = self.sql.execute(
            "SELECT sha256 FROM sessions WHERE NOT is_missing AND sha256 >= ? AND sha256 < ? ORDER BY sha256",
            (digits, digits + "g"),
        )
        return [str(row[0]) for row in rows]

    def of_number(self, device: str, session: int, size_bytes: int) -> list[Known]:
        """Sessions that came from a device under this number and of this size: those that are here first."""
        key = (plain(device), session, size_bytes)
        number = "device = ? AND session = ? AND bytes = ?"
        rows = self.sql.execute(
            f"SELECT DISTINCT found.sha256, here.sha256 IS NOT NULL, forgettings.at FROM (SELECT sha256 FROM sessions "
            f"WHERE {number} UNION SELECT sha256 FROM arrivals WHERE {number}) AS found "
            "LEFT JOIN sessions AS here ON here.sha256 = found.sha256 AND NOT here.is_missing "
            "LEFT JOIN forgettings ON forgettings.sha256 = found.sha256 ORDER BY 2 DESC, 1", (*key, *key)
        )  # fmt: skip
        return [Known(row[0], None if row[1] else row[2]) for row in rows if row[1] or row[2]]

    def forgotten_at(self, digest: str) -> str | None:
        """When a session that is not here was forgotten."""
        row = self.sql.execute("SELECT at FROM forgettings WHERE sha256 = ?", (digest,)).fetchone()
        return str(row[0]) if row and not place.file_of(self.root, digest).exists() else None

    def has_arrived(self, digest: str) -> bool:
        """Whether a receipt says how it came."""
        return self.sql.execute("SELECT 1 FROM arrivals WHERE sha256 = ?", (digest,)).fetchone() is not None

    def unfinished(self) -> list[str]:
        """The SHA-256 of sessions that someone began to forget."""
        return [row[0] for row in self.sql.execute("SELECT sha256 FROM forgettings WHERE NOT is_done ORDER BY 1")]

    def close(self) -> None:
        self.sql.close()

    def _entry(self, cells: tuple[Any, ...], zones: tuple[ZoneSummary, ...]) -> Entry:
        row, is_missing = IndexRow._make(cells[:-1]), cells[-1]
        if is_missing:
            row = row._replace(state=MISSING)
        path = f"{self._shelves}{row.sha256[:2]}{os.sep}{row.sha256}{place.SUFFIX}"
        return Entry(row, _moment(row.start_s), path, zones)


def _moment(unix_s: float | None) -> datetime | None:
    if unix_s is None:
        return None
    try:
        return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=unix_s)
    except (OverflowError, ValueError):  # a clock that was set to nonsense
        return None


def _contains(text: str | None, part: str) -> bool:
    return part.casefold() in (text or "").casefold()
