"""A subject's sessions in time order, as types. None: not known, or not set by the plan."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dermaroller.analysis.dose import ZoneDose
from dermaroller.analysis.overview_types import Overview
from dermaroller.as_json import FLAT, as_object


@dataclass(frozen=True)
class SinceLast:
    """Days from the end of the subject's last session to the start of this one, as the device counts them too.

    uncertainty_days: of both starts. state: one of trend's words, against this session's plan.
    """

    days: float | None
    uncertainty_days: float | None
    min_days: int | None
    state: str | None


@dataclass(frozen=True)
class Dated:
    """A session with its place in the order: 1, 2, ..."""

    n: int
    overview: Overview = field(metadata=FLAT)
    since_last: SinceLast

    @property
    def started_at(self) -> datetime:
        """Its start: one without stands among the undated."""
        assert self.overview.started_at is not None
        return self.overview.started_at


@dataclass(frozen=True)
class ZonePoint:
    """What session n did in a zone."""

    n: int
    started_at: datetime
    trusted: bool
    zone: ZoneDose = field(metadata=FLAT)
    limit_density_per_cm2: float | None


@dataclass(frozen=True)
class ZoneRow:
    """One zone, by its name, through all sessions that have it."""

    name: str
    points: tuple[ZonePoint, ...]


@dataclass(frozen=True)
class HeadRow:
    """A head's use in these sessions, and by the device's own ledger, which may know of more.

    state: against the plan's limits, by the greater of both; None where no limit is set or the head has no id.
    """

    id: str | None
    needles: float | None
    needle_length_mm: float | None
    subjects: tuple[str | None, ...]
    sessions: int
    revolutions: float
    ledger_sessions: int | None
    ledger_revolutions: float | None
    max_sessions: int | None
    max_revolutions: int | None
    first_at: datetime | None
    last_at: datetime | None
    state: str | None


@dataclass(frozen=True)
class Unreadable:
    """A file that cannot be read."""

    file: str
    reason: str


@dataclass(frozen=True)
class Trend:
    """undated: sessions whose start is not known. notes: sentences on the whole."""

    subjects: tuple[str | None, ...]
    devices: tuple[str | None, ...]
    is_simulated: bool
    sessions: tuple[Dated, ...]
    undated: tuple[Overview, ...]
    unreadable: tuple[Unreadable, ...]
    zones: tuple[ZoneRow, ...]
    heads: tuple[HeadRow, ...]
    notes: tuple[str, ...]

    @property
    def everyone(self) -> tuple[Overview, ...]:
        """All sessions, the dated ones first."""
        return (*(one.overview for one in self.sessions), *self.undated)

    def as_json(self) -> dict[str, Any]:
        """The object that `dermaroller trend --json` prints."""
        return as_object(self)
