"""All that a session's page says, as types, for HTML and PDF: numbers are text with their digits, drawings are SVG."""

from dataclasses import dataclass

from dermaroller.care import Line
from dermaroller.wording import Told


@dataclass(frozen=True)
class Warned:
    """What must be read before anything else."""

    title: str
    text: str


@dataclass(frozen=True)
class Total:
    """One of the large numbers."""

    value: str
    label: str


@dataclass(frozen=True)
class ZoneRow:
    """A zone. over: how it stands to the limit, if not below it. bar: SVG."""

    number: str
    name: str
    area: str
    passes: str
    punctures: str
    density: str
    band: str
    target: str
    share: str
    over: str
    bar: str


@dataclass(frozen=True)
class CoveredText:
    """What a session without zones covered."""

    text: str
    assumption: str


@dataclass(frozen=True)
class ForceShare:
    """A share of the time in contact."""

    name: str
    range: str
    share: str


@dataclass(frozen=True)
class BalanceRow:
    """What was rolled in one direction."""

    direction: str
    strokes: str
    path: str
    share: str
    force: str


@dataclass(frozen=True)
class Content:
    """One page."""

    title: str
    is_simulated: bool
    verdict: str
    reasons: tuple[str, ...]
    warnings: tuple[Warned, ...]
    started: str
    lasted: str
    totals: tuple[Total, ...]
    facts: tuple[Line, ...]
    zones: tuple[ZoneRow, ...]
    scale: str
    limit: str
    has_areas: bool
    covered: CoveredText | None
    timeline: str
    histogram: str
    force: tuple[ForceShare, ...]
    balance: tuple[BalanceRow, ...]
    strokes: str
    alerts: tuple[Told, ...]
    alerts_unit: str
    is_trusted: bool
    quality: str
    details: tuple[str, ...]
    made: tuple[str, ...]
    foot: str
