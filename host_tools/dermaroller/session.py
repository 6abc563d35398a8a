"""A session file: what can be read of it as typed records and arrays, and what is missing, counted."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from dermaroller.entries import Entries, Gap, Samples
from dermaroller.errors import UsageError
from dermaroller.log.geometry import Geometry
from dermaroller.log.header import Footer, Header, Zone

if TYPE_CHECKING:
    from dermaroller.analysis.summary_types import Summary


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
    `summary()` has the totals in the units that people use; `is_simulated`: a virtual board made it. What is missing is
    no error: see `damage` and `notes`.
    """

    name: str  # the file's path, as it was given
    id: int  # the session's number on its device, from 1
    is_sha_right: bool  # the footer's SHA-256 is that of the blocks before it
    size_bytes: int
    header: Header
    footer: Footer | None  # None if the session was never closed or the end is lost
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
        from dermaroller.log.reader import Reader

        return Reader(data, name).session()

    @cached_property
    def samples(self) -> Samples:
        """Force and motion in contact: `t_s`, `force_n` and `counts`, arrays of shape (n,), n = 0 without contact.

        Between contacts there are no rows; within one they are 0.01 s apart.
        """
        return self.entries.samples()

    def summary(self) -> "Summary":
        """The totals of this session, as types; their as_json() is the object of `dermaroller show --json`."""
        from dermaroller.summary import summary

        return summary(self)

    @property
    def gaps(self) -> list[Gap]:
        """The gaps that the device recorded and those that damage made, by time."""
        return sorted(self.entries.gaps + self.lost, key=lambda gap: gap.start_s)

    @property
    def is_simulated(self) -> bool:
        """Whether a virtual board recorded it."""
        return self.header.is_simulated

    @property
    def geometry(self) -> Geometry:
        """The head's measures, as they were used; those of the reference head where the log does not tell them."""
        return self.header.geometry

    @cached_property
    def zones(self) -> tuple[Zone, ...]:
        """The header's zones, at least one; where it is lost, as many nameless ones as the strokes speak of."""
        listed = self.header.zones
        used = 1 + max((stroke.zone for stroke in self.entries.strokes), default=0)
        return listed + tuple(Zone(f"zone {i + 1}") for i in range(len(listed), max(used, 1)))

    @property
    def stem(self) -> str:
        """A name for files made of it: the device, in letters and digits alone, and its number there."""
        device = "".join(c for c in self.header.device or "" if c.isalnum()) or "device"
        return f"{device}-{self.id:05d}"

    @property
    def is_as_closed(self) -> bool:
        """Whether these are the bytes over which the device closed the session, if need be after a power cut."""
        return self.footer is not None and self.is_sha_right

    @property
    def duration_s(self) -> float:
        """From the first contact (or the button) to the end; to the last moment that is known, if it was not closed."""
        if self.footer is not None:
            return self.footer.duration_ms / 1000
        return self.last_s
