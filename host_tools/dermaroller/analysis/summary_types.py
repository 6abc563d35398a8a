"""What is said of one session, as types: pages, tables, exports and the index all read these.

The published JSON Schema (export/session.schema.json) is made from them: `make docs`. Units stand in the names; times
are seconds from the session's start. None: not known.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dermaroller.analysis.summary_parts import (
    AlertSummary,
    Covered,
    GapSummary,
    HeadUse,
    Interval,
    Missing,
    StrokeSummary,
    Verdict,
    ZoneSummary,
)
from dermaroller.as_json import about, as_object
from dermaroller.log.header import Serum


@dataclass(frozen=True)
class Summary:
    """One session. Times are seconds from its start, unless said otherwise; each estimate of a density has its band."""

    id: int = field(metadata=about("The session's number on its device.", ge=0))
    started_at: datetime | None = field(metadata=about("UTC, whole seconds. Null: nobody knows."))
    duration_s: float = field(
        metadata=about("From start to end, s; to the last known moment, if it was not closed.", ge=0)
    )
    contact_s: float = field(metadata=about("Of it in contact, s.", ge=0))
    passes: int = field(metadata=about("Strokes that are long enough to count.", ge=0))
    path_mm: float = field(metadata=about("Way rolled in contact, mm, both directions, with the drum seated.", ge=0))
    punctures: float = field(metadata=about("Needles x revolutions in contact, with the drum seated.", ge=0))
    effective_punctures: float = field(metadata=about("Of them those made at or above the plan's low force.", ge=0))
    captured_fraction: float = field(metadata=about("1 - time in gaps / duration.", ge=0, le=1))
    gaps: tuple[GapSummary, ...] = field(metadata=about("By time; they may overlap."))
    zones: tuple[ZoneSummary, ...] = field(metadata=about("In the order of the plan; at least one.", min_length=1))
    strokes: tuple[StrokeSummary, ...] = field(metadata=about("In the order of the log."))
    alerts: tuple[AlertSummary, ...] = field(metadata=about("In the order of the log."))
    log_bytes: int = field(metadata=about("Size of the log, bytes.", ge=0))
    end: str | None = field(
        metadata=about(
            "What ended it: button, idle, power_loss, full, restart, stopped, ask; later versions may add words. Null: "
            "not closed, or the end is lost."
        )
    )
    subject: str | None = field(metadata=about("The plan's subject code; never a name."))
    device: str | None = field(metadata=about("The device's id."))
    board: str | None = field(
        metadata=about("The board whose constants it ran; that of a simulated session may be a real one's.")
    )
    start_source: str | None = field(
        metadata=about(
            "Who knows the start: device, clock set (during the session), pull (the computer that pulled it)."
        )
    )
    start_uncertainty_s: float | None = field(metadata=about("How far the start may be off, s.", ge=0))
    missing: Missing = field(metadata=about("What damage took away."))
    trusted: bool = field(metadata=about("Nothing speaks against the numbers."))
    doubts: tuple[str, ...] = field(metadata=about("What does, in sentences."))
    counters: Mapping[str, int] = field(
        metadata=about("How often the device lost something or was out of order, by name.")
    )
    notes: tuple[str, ...] = field(
        metadata=about("Sentences on what does not fit together, and on where the start comes from.")
    )
    covered: Covered | None = field(
        metadata=about("The skin covered, from the strips under the contacts. Null: the log has none.")
    )
    head: HeadUse = field(metadata=about("The needle drum."))
    interval: Interval = field(metadata=about("The plan's rule on intervals."))
    serum: Serum | None = field(metadata=about("Applied in the same sitting, by the plan."))
    is_simulated: bool = field(metadata=about("A virtual board recorded it: no person was treated."))

    is_treatment: bool | None = field(
        metadata=about("It uses its head and begins an interval: it has passes enough. Null: the log has lost it.")
    )

    verdict: Verdict = field(metadata=about("What is to be read first."))

    @property
    def is_free(self) -> bool:
        """A session without areas, of which all that is known of the place is the strip under each contact."""
        return self.covered is not None and all(zone.area_cm2 is None for zone in self.zones)

    def as_json(self) -> dict[str, Any]:
        """The object that `dermaroller show --json` prints of the session."""
        return as_object(self)
