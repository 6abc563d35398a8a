"""What two sessions differ in, as types. None: it is not known in both."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dermaroller.analysis.dose import ZoneDose
from dermaroller.analysis.overview_types import Overview
from dermaroller.as_json import as_object


@dataclass(frozen=True)
class Fact:
    """Who and what, in texts for people."""

    what: str
    a: str
    b: str
    differs: bool


@dataclass(frozen=True)
class ZonePair:
    """One zone in both: B minus A and B / A with their bands; verdict: whether the densities' bands overlap, in a word.

    The difference reaches from B's low end minus A's high end to B's high end minus A's low end, the ratio likewise.
    """

    name: str
    a: ZoneDose | None
    b: ZoneDose | None
    area_differs: bool
    target_differs: bool
    density_difference_per_cm2: float | None = None
    density_difference_low_per_cm2: float | None = None
    density_difference_high_per_cm2: float | None = None
    density_ratio: float | None = None
    density_ratio_low: float | None = None
    density_ratio_high: float | None = None
    verdict: str | None = None


@dataclass(frozen=True)
class Measured:
    """A number in both, and B minus A."""

    a: float | None
    b: float | None
    difference: float | None


@dataclass(frozen=True)
class Alerts:
    """How often one kind came in each."""

    a: int
    b: int


@dataclass(frozen=True)
class Compared:
    """cautions: sentences on what forbids to read a difference as one of the rolling. measures, alerts: by name."""

    sessions: tuple[Overview, Overview]
    facts: tuple[Fact, ...]
    cautions: tuple[str, ...]
    zones: tuple[ZonePair, ...]
    measures: Mapping[str, Measured]
    alerts: Mapping[str, Alerts]

    def as_json(self) -> dict[str, Any]:
        """The object that `dermaroller compare --json` prints."""
        return as_object(self)
