"""Reads a session file: what can be read of it as typed records and arrays, and what is missing, counted."""

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from dermaroller import shapes
from dermaroller.blocks import Block, lost_times, scan
from dermaroller.entries import Entries, Gap, Samples
from dermaroller.errors import IntegrityError, NewerFormat, UsageError
from roller import decoding, records, wire


@dataclass(frozen=True)
class Damage:
    """What a log has lost. `place` says where in the file the first loss is; empty when nothing is lost."""

    bytes: int = 0
    blocks: int = 0  # at least so many blocks are missing
    records: int = 0  # records inside intact blocks that could not be decoded
    place: str = ""

    def __bool__(self) -> bool:
        return bool(self.bytes or self.blocks or self.records)


@dataclass
class Session:
    """One session as the device logged it. All times are seconds from the session's start.

    `samples` are arrays, the rest typed records of dermaroller.entries: `entries.strokes`, `.contacts`,
    `.zone_changes`, `.alerts`, `.presses`, `.clock_sets`, `.strips`; `gaps` has those of the device and of damage.
    `summary()` has the totals in the units that people use. What is missing is no error: see `damage` and `notes`.
    """

    name: str  # the file's path, as it was given
    id: int  # the session's number on its device, from 1
    is_sha_right: bool  # the footer's SHA-256 is that of the blocks before it
    size_bytes: int
    header: dict[str, Any]  # empty if the header block is lost
    footer: dict[str, Any] | None  # None if the session was never closed or the end is lost
    entries: Entries
    damage: Damage
    last_s: float  # the last moment that any intact block speaks of
    lost: list[Gap] = field(default_factory=list)  # reason "damaged": times that lost blocks took away
    notes: list[str] = field(default_factory=list)  # sentences on whatever does not fit together
    sha256: str = ""  # of the whole file, as 64 hex digits: what this session is known by

    @classmethod
    def read(cls, path: str | Path) -> "Session":
        """The session in a file.

        UsageError if it cannot be opened, IntegrityError if no block in it can be read, NewerFormat if a later version
        wrote it (all are DermarollerError, in dermaroller.errors); anything less is read and counted in `damage`.
        """
        try:
            data = Path(path).read_bytes()
        except OSError as error:
            raise UsageError(f"cannot read {path}: {error.strerror or error}. Check the file name.") from error
        return cls.parse(data, str(path))

    @classmethod
    def parse(cls, data: bytes, name: str = "session") -> "Session":
        """As read(), from the bytes of a file; `name` stands in messages."""
        return _Reader(data, name).session()

    @cached_property
    def samples(self) -> Samples:
        """Force and motion in contact: `t_s`, `force_n` and `counts`, arrays of shape (n,), n = 0 without contact.

        Between contacts there are no rows; within one they are 0.01 s apart.
        """
        return self.entries.samples()

    def summary(self) -> dict[str, Any]:
        """The object that `dermaroller show --json` prints of this session; units stand in its names.

        Its shape is that of dermaroller/export/session.schema.json.
        """
        from dermaroller.summary import summary

        return summary(self)

    @property
    def gaps(self) -> list[Gap]:
        """The gaps that the device recorded and those that damage made, by time."""
        return sorted(self.entries.gaps + self.lost, key=lambda gap: gap.start_s)

    @property
    def is_as_closed(self) -> bool:
        """Whether these are the bytes over which the device closed the session, if need be after a power cut."""
        return self.footer is not None and self.is_sha_right

    @property
    def duration_s(self) -> float:
        """From the first contact (or the button) to the end; to the last moment that is known, if it was not closed."""
        if self.footer is not None:
            return float(self.footer.get("duration_ms", 0)) / 1000
        return self.last_s


class _Reader:
    """Turns the bytes of one file into a Session, block by block."""

    def __init__(self, data: bytes, name: str) -> None:
        self.data = data
        self.name = name
        self.entries = Entries()
        self.header: dict[str, Any] = {}
        self.footer: dict[str, Any] | None = None
        self.notes: list[str] = []
        self.bad_records = 0

    def session(self) -> Session:
        try:
            blocks, holes = scan(self.data)
        except NewerFormat as error:
            raise NewerFormat(f"{self.name}: {error}") from error
        if not blocks:
            raise IntegrityError(
                f"{self.name}: not one intact block in {len(self.data)} bytes, so this is no session file "
                "or it is wholly damaged. Pull it again from the device."
            )
        blocks = self._of_one_session(blocks)
        spans = [self._take(block) for block in blocks]
        self.bad_records += self.entries.decode(self.data)
        lost, lost_blocks = lost_times(blocks, spans)
        if holes and lost_blocks == 0:
            lost_blocks = 1
        place = f"at byte {holes[0].start}" if holes else "between its blocks" if lost_blocks else "in a record"
        damage = Damage(sum(hole.end - hole.start for hole in holes), lost_blocks, self.bad_records, place)
        last_ms = max((last for _, last in spans), default=0)
        session = Session(
            name=self.name,
            id=blocks[0].session,
            is_sha_right=self._is_sha_right(blocks),
            size_bytes=len(self.data),
            header=self.header,
            footer=self.footer,
            entries=self.entries,
            damage=damage,
            last_s=last_ms / 1000,
            lost=lost,
            notes=self.notes,
            sha256=hashlib.sha256(self.data).hexdigest(),
        )
        self._check(session)
        return session

    def _of_one_session(self, blocks: list[Block]) -> list[Block]:
        """The blocks of the file's own session, each sequence number once."""
        kept: dict[int, Block] = {}
        for block in blocks:
            if block.session == blocks[0].session:
                kept.setdefault(block.seq, block)
        if len(kept) < len(blocks):
            self.notes.append(f"{len(blocks) - len(kept)} blocks are doubled or of another session; left out.")
        return list(kept.values())

    def _take(self, block: Block) -> tuple[int, int]:
        """Read one block; return the first and last ms that its content vouches for."""
        first_ms = last_ms = block.t_ms
        if block.kind in (wire.HEADER, wire.FOOTER):
            self._take_json(block)
        elif block.kind == wire.DATA:
            times = records.Times(block.t_ms)
            try:
                for tag, start, end in decoding.rows(self.data, block.start, block.end):
                    start_ms, end_ms = self.entries.add(tag, self.data, start, end, times)
                    last_ms = max(last_ms, end_ms)
                    if tag == records.SAMPLES:
                        first_ms = min(first_ms, start_ms)
            except ValueError:
                self.bad_records += 1
        return first_ms, last_ms

    def _take_json(self, block: Block) -> None:
        try:
            value = json.loads(self.data[block.start : block.end])
            json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair could be put out nowhere
        except (ValueError, RecursionError):
            value = None
        if block.kind == wire.HEADER:
            self.header, is_whole = shapes.header(value)
        else:
            self.footer, is_whole = shapes.footer(value)
        self.bad_records += not is_whole

    def _is_sha_right(self, blocks: list[Block]) -> bool:
        footers = [block.pos for block in blocks if block.kind == wire.FOOTER]
        if self.footer is None or not footers:
            return False
        return bool(self.footer.get("sha256") == hashlib.sha256(self.data[: footers[-1]]).hexdigest())

    def _check(self, session: Session) -> None:
        """Hold the footer against what was read; say in words what does not fit."""
        notes = session.notes
        if not session.header:
            notes.append("The header is lost: the reference head and default settings are assumed.")
        if session.footer is None:
            notes.append("There is no footer: the session was not closed, or the file ends too soon.")
        elif not session.damage:
            if not session.is_sha_right:
                notes.append("The footer's SHA-256 is not that of the blocks before it.")
            notes.extend(total_mismatches(session))


def total_mismatches(session: Session) -> list[str]:
    """A sentence for each total of the footer that is not the sum over the strokes that were read."""
    totals = session.footer or {}
    sums = {
        "passes": sum(stroke.counted for stroke in session.entries.strokes),
        "path_counts": sum(stroke.path_counts for stroke in session.entries.strokes),
        "effective_counts": sum(stroke.effective_counts for stroke in session.entries.strokes),
    }
    return [
        f"The footer says {totals[name]} {name.replace('_', ' ')}, the strokes add up to {total}."
        for name, total in sums.items()
        if totals.get(name, total) != total
    ]
