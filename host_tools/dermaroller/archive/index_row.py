"""What the index holds of a session, as types: its rows, and what `archive list` makes of them."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, NamedTuple

from dermaroller.analysis.summary_parts import ZoneSummary
from dermaroller.as_json import as_json


class IndexRow(NamedTuple):
    """One session, as a row of the table. None is not known. Numbers are those of the summary; start_s is Unix time."""

    sha256: str
    bytes: int
    state: str  # one of the words of rows.py
    session: int | None = None
    device: str | None = None
    device_name: str | None = None
    board: str | None = None
    firmware: str | None = None
    boot: int | None = None
    uptime_ms: int | None = None
    subject: str | None = None
    head: str | None = None
    duration_s: float | None = None
    contact_s: float | None = None
    passes: int | None = None
    path_mm: float | None = None
    punctures: float | None = None
    effective_punctures: float | None = None
    start_s: float | None = None
    start_uncertainty_s: float | None = None
    start_source: str | None = None
    is_simulated: bool | None = None


COLUMNS = IndexRow._fields
ZONE_COLUMNS = tuple(each.name for each in fields(ZoneSummary))


@dataclass(frozen=True)
class Entry:
    """A session of the archive. started_at: UTC. file: where it lies. label: of its subject, in this archive."""

    row: IndexRow
    started_at: datetime | None
    file: str
    zones: tuple[ZoneSummary, ...]
    label: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The object that `archive list --json` prints."""
        told = self.row._asdict()
        del told["start_s"]
        if self.row.is_simulated is not None:
            told["is_simulated"] = bool(self.row.is_simulated)  # the index knows no other true than 1
        zones = [vars(zone) for zone in self.zones]
        started_at = as_json(self.started_at)
        return {**told, "started_at": started_at, "file": self.file, "zones": zones, "label": self.label}
