"""What a log's header and footer say, as types. None: the log does not say it, as an old or a damaged one.

Numbers are the device's own: integers in mN, um, mm2, and tenths of punctures per cm2. Their shapes are checked before:
see header_schema.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from dermaroller.as_json import about
from dermaroller.log.geometry import Geometry
from dermaroller.log.simulated import is_virtual
from roller.settings import FORCE_HIGH_MN, FORCE_LOW_MN, Settings


@dataclass(frozen=True)
class Head:
    """The needle drum. max_sessions, max_revolutions: 0 where no limit is known."""

    id: str | None = None
    needles: float | None = None
    drum_diameter_um: float | None = None
    drum_width_um: float | None = None
    needle_length_um: float | None = None
    counts_per_rev: float | None = None
    max_sessions: int | None = None
    max_revolutions: int | None = None

    @property
    def geometry(self) -> Geometry:
        """Its measures, with the reference head's for those that are not told."""
        reference = Geometry()
        return Geometry(
            self.needles or reference.needles,
            self.drum_diameter_um or reference.drum_diameter_um,
            self.drum_width_um or reference.drum_width_um,
            self.needle_length_um or reference.needle_length_um,
            self.counts_per_rev or reference.counts_per_rev,
        )


@dataclass(frozen=True)
class Zone:
    """A part of the skin with its own target. Without a plan there is one that has neither area nor target."""

    name: str | None = None
    area_mm2: float | None = None
    target_per_cm2_x10: int | None = None

    @property
    def area_cm2(self) -> float | None:
        return self.area_mm2 / 100 if self.area_mm2 else None

    @property
    def target_per_cm2(self) -> float | None:
        return None if self.target_per_cm2_x10 is None else self.target_per_cm2_x10 / 10


@dataclass(frozen=True)
class Limits:
    """What a plan forbids; 0 and None: no limit."""

    min_interval_days: int | None = None
    max_density_per_cm2_x10: int | None = None

    @property
    def max_density_per_cm2(self) -> float | None:
        return self.max_density_per_cm2_x10 / 10 if self.max_density_per_cm2_x10 else None


@dataclass(frozen=True)
class Serum:
    """What was put on the skin."""

    name: str | None = field(metadata=about("Its name."))
    lot: str | None = field(metadata=about("Its lot."))


@dataclass(frozen=True)
class Plan:
    """What a header says of the plan, besides what stands in it in the form in which it was used."""

    subject: str | None = None
    limits: Limits = field(default_factory=Limits)
    serum: Serum | None = None


@dataclass(frozen=True)
class ForceWindow:
    """The force that is wanted on the drum, in mN."""

    low_mn: int = FORCE_LOW_MN
    high_mn: int = FORCE_HIGH_MN

    @property
    def low_n(self) -> float:
        return self.low_mn / 1000

    @property
    def high_n(self) -> float:
        return self.high_mn / 1000


@dataclass(frozen=True)
class Ledger:
    """What the head had done before the session, by the device's own account."""

    sessions: int | None = None
    revolutions: int | None = None


@dataclass(frozen=True)
class Thresholds:
    """Those settings of the device that a reader needs; where a log does not tell them, today's defaults.

    treatment_min_passes: None in logs of firmware that took any contact for a treatment, and told no interval that was
    over.
    """

    contact_on_mn: int = Settings.contact_on_mn
    contact_off_mn: int = Settings.contact_off_mn
    pass_min_um: int = Settings.pass_min_um
    treatment_min_passes: int | None = None


@dataclass(frozen=True)
class Calibration:
    """The force calibration that was in use. sequence: its number, 0 for the board's nominal values."""

    sequence: int
    utc_s: float | None = None


@dataclass(frozen=True)
class Header:
    """What a session began with. is_lost: the block is damaged or missing, so all else is unknown."""

    is_lost: bool = True
    fw: str | None = None
    device: str | None = None
    name: str | None = None
    hw: str | None = None
    board: str | None = None
    chip: str | None = None
    machine: str | None = None
    micropython: str | None = None
    boot: int | None = None
    uptime_ms: int | None = None
    utc_s: float | None = None
    plan: Plan | None = None
    head: Head | None = None
    ledger: Ledger = field(default_factory=Ledger)
    zones: tuple[Zone, ...] = ()
    force: ForceWindow = field(default_factory=ForceWindow)
    thresholds: Thresholds = field(default_factory=Thresholds)
    calibration: Calibration | None = None
    raw: Mapping[str, object] = field(default_factory=dict, repr=False)  # as it stands in the log

    @property
    def is_simulated(self) -> bool:
        """Whether a virtual board recorded it, whichever board's constants it ran."""
        return is_virtual(self.board, self.machine, self.device)

    @cached_property
    def geometry(self) -> Geometry:
        return (self.head or Head()).geometry

    @property
    def limits(self) -> Limits:
        return self.plan.limits if self.plan else Limits()


@dataclass(frozen=True)
class Sums:
    """Of a session or a zone, in counts of the encoder."""

    passes: int = 0
    path_counts: int = 0
    effective_counts: int = 0


@dataclass(frozen=True)
class Footer:
    """What the device closed a session with. zones: up to the last one that was rolled. counters: those that grew."""

    duration_ms: int
    contact_ms: int
    sums: Sums
    end: str | None = None
    gap_ms: int | None = None
    zones: tuple[Sums, ...] = ()
    counters: Mapping[str, int] = field(default_factory=dict)
    sha256: str | None = None
    raw: Mapping[str, object] = field(default_factory=dict, repr=False)  # as it stands in the log
