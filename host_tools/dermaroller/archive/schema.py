"""The tables of the index, and the connection to them.

The journal is SQLite's plain one: its other kind, WAL, works neither on network drives nor in read-only folders.
"""

import contextlib
import sqlite3
from pathlib import Path

from dermaroller.archive.index_row import COLUMNS, ZONE_COLUMNS

VERSION = 4  # of everything below; an index of another version is made anew
BUSY_S = 20.0

_TABLES = f"""
CREATE TABLE sessions ({", ".join(COLUMNS)}, order_s, is_missing DEFAULT 0, PRIMARY KEY (sha256)) WITHOUT ROWID;
CREATE INDEX sessions_by_subject ON sessions (subject);
CREATE INDEX sessions_by_number ON sessions (device, session, bytes);
CREATE INDEX sessions_by_boot ON sessions (device, boot);
CREATE TABLE zones (sha256, position, {", ".join(ZONE_COLUMNS)}, PRIMARY KEY (sha256, position)) WITHOUT ROWID;
CREATE INDEX zones_by_name ON zones (name);
CREATE TABLE arrivals (sha256, device, session, bytes, at_s);
CREATE INDEX arrivals_by_sha256 ON arrivals (sha256);
CREATE INDEX arrivals_by_number ON arrivals (device, session, bytes);
CREATE TABLE clocks (device, boot, uptime_ms, utc_ms, uncertainty_ms);
CREATE INDEX clocks_by_boot ON clocks (device, boot);
CREATE TABLE forgettings (sha256 PRIMARY KEY, at, is_done) WITHOUT ROWID;
CREATE TABLE read_so_far (receipts_bytes);
INSERT INTO read_so_far VALUES (0);
PRAGMA user_version = {VERSION};
"""


def connect(path: Path) -> sqlite3.Connection:
    """The index, for reading and writing; whatever cannot be used is replaced by an empty one."""
    connection = _open(str(path))
    try:
        if not is_usable(connection):
            clear(connection)
        return connection
    except sqlite3.DatabaseError as error:
        connection.close()
        if is_transient(error):
            raise
    remove(path)
    connection = _open(str(path))
    clear(connection)
    return connection


def remove(path: Path) -> None:
    """Take an index away that cannot be used."""
    for name in (path, path.with_name(f"{path.name}-journal")):
        name.unlink(missing_ok=True)


def connect_to_read(path: Path) -> sqlite3.Connection:
    """The index as it is. sqlite3.Error if it is missing, of another version, or cannot be read just now."""
    if not path.is_file():
        raise sqlite3.OperationalError("there is no index")
    connection = _open(str(path))
    try:
        connection.execute("PRAGMA query_only = ON")
        if not is_usable(connection):
            raise sqlite3.OperationalError("of another version")
        return connection
    except sqlite3.Error:
        connection.close()
        raise


def in_memory(source: sqlite3.Connection | None = None) -> sqlite3.Connection:
    """A copy of an index, or an empty one, that leaves no trace."""
    connection = _open(":memory:")
    if source:
        source.backup(connection)
    else:
        clear(connection)
    return connection


def is_usable(connection: sqlite3.Connection) -> bool:
    """Whether the tables are of this version. sqlite3.Error if one is missing, or the file is no index at all."""
    if connection.execute("PRAGMA user_version").fetchone()[0] != VERSION:
        return False
    for table in ("sessions", "zones", "arrivals", "clocks", "forgettings", "read_so_far"):
        connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone()
    return True


def is_transient(error: sqlite3.Error) -> bool:
    """Whether the index is not at fault: another program reads it, or the drive is full or forbidden."""
    return isinstance(error, sqlite3.OperationalError) and not any(
        word in str(error) for word in ("no such", "malformed", "has no column")
    )


def clear(connection: sqlite3.Connection) -> None:
    """Empty tables instead of what is there."""
    connection.execute("BEGIN IMMEDIATE")
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (name,) in names:
        connection.execute(f'DROP TABLE "{name}"')
    for statement in _TABLES.split(";"):
        connection.execute(statement)
    connection.execute("COMMIT")


def _open(name: str) -> sqlite3.Connection:
    connection = sqlite3.connect(name, timeout=BUSY_S, isolation_level=None)
    connection.row_factory = sqlite3.Row
    with contextlib.suppress(sqlite3.Error):
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA secure_delete = ON")  # what is forgotten is not to stay between the pages
    return connection
