"""The parts of a session's summary, as types: see summary_types."""

from dataclasses import dataclass, field
from typing import Literal

from dermaroller.as_json import about


@dataclass(frozen=True)
class GapSummary:
    """A time without trustworthy samples."""

    start_s: float = field(metadata=about("Its begin, s.", ge=0))
    end_s: float = field(metadata=about("Its end, s.", ge=0))
    reason: str = field(
        metadata=about(
            "late, flash, ring_overflow, sensor, power, unknown, serial; damaged: blocks of the log are lost; later "
            "versions may add words."
        )
    )


@dataclass(frozen=True)
class ZoneSummary:
    """A zone of the plan; without a plan, all that was rolled."""

    name: str | None = field(metadata=about("As the plan calls it."))
    area_cm2: float | None = field(metadata=about("As the plan says, cm2. Null: not known.", ge=0))
    passes: int = field(metadata=about("Strokes that are long enough to count.", ge=0))
    punctures: float = field(
        metadata=about("Needles x revolutions in contact, with the drum seated on the skin.", ge=0)
    )
    density_per_cm2: float | None = field(
        metadata=about("Punctures / area, per cm2, with the drum seated. Null without an area.", ge=0)
    )
    density_low_per_cm2: float | None = field(
        metadata=about("Lower end of its band, per cm2: only the needles' tips touch.", ge=0)
    )
    density_high_per_cm2: float | None = field(
        metadata=about("Upper end of its band, per cm2: the drum is seated.", ge=0)
    )
    target_density_per_cm2: float | None = field(metadata=about("The plan's target, per cm2.", ge=0))
    effective_punctures: float = field(
        metadata=about("Of the punctures those made at or above the plan's low force.", ge=0)
    )
    effective_density_per_cm2: float | None = field(
        metadata=about("Effective punctures / area, per cm2, with the drum seated: the target goes by these.", ge=0)
    )
    effective_density_low_per_cm2: float | None = field(
        metadata=about("Lower end of its band, per cm2: only the needles' tips touch.", ge=0)
    )


@dataclass(frozen=True)
class StrokeSummary:
    """One traverse in one direction in contact."""

    start_s: float = field(metadata=about("Its begin, s.", ge=0))
    end_s: float = field(metadata=about("Its end, s.", ge=0))
    distance_mm: float = field(metadata=about("Way rolled, mm, with the drum seated; dither netted out.", ge=0))
    direction: Literal["forward", "backward"] = field(metadata=about("Of the net travel."))
    force_mean_n: float = field(metadata=about("Mean force, N."))
    force_peak_n: float = field(metadata=about("Greatest force, N."))
    counted: bool = field(metadata=about("It is long enough to be a pass."))
    zone: int = field(metadata=about("Index in zones.", ge=0))


@dataclass(frozen=True)
class AlertSummary:
    """What the device told."""

    t_s: float = field(metadata=about("When, s.", ge=0))
    kind: str = field(metadata=about("Which; see roller.records.ALERT_KINDS; later versions may add words."))
    value: int = field(
        metadata=about(
            "As the kind means it: mN for too_hard, zone index for zone_done and overdose, passes for strip_overdose, "
            "counts/s for edge_rate, ADC counts for tare_drift, mV for low_battery, for head_forgotten the sessions "
            "that the other head had done, for subject_forgotten the days since the other was treated, else 0."
        )
    )


@dataclass(frozen=True)
class Missing:
    """What damage took away."""

    bytes: int = field(metadata=about("Bytes of the log.", ge=0))
    blocks: int = field(metadata=about("Blocks, at least.", ge=0))
    records: int = field(metadata=about("Records that cannot be read.", ge=0))

    def __bool__(self) -> bool:
        return bool(self.bytes or self.blocks or self.records)


@dataclass(frozen=True)
class StripSummary:
    """The skin under one contact."""

    start_s: float = field(metadata=about("When the contact began, s.", ge=0))
    length_mm: float = field(metadata=about("Length, mm.", ge=0))
    area_cm2: float = field(metadata=about("Length x drum width, cm2.", ge=0))
    mean_visits: float = field(metadata=about("How often a place of it was rolled over, on average.", ge=0))
    max_visits: int = field(metadata=about("The same, at most.", ge=0))
    density_per_cm2: float = field(metadata=about("Punctures per cm2, on average, with the drum seated.", ge=0))
    max_density_per_cm2: float = field(
        metadata=about("Punctures per cm2 where it was rolled most, with the drum seated.", ge=0)
    )


@dataclass(frozen=True)
class Covered:
    """The skin covered, from the strips under the contacts."""

    area_cm2: float = field(metadata=about("Skin covered, cm2: an upper bound.", ge=0))
    density_per_cm2: float | None = field(
        metadata=about("Punctures per cm2 over it: a lower bound. Null without an area.", ge=0)
    )
    max_visits: int = field(metadata=about("How often one place was rolled over in one contact, at most.", ge=0))
    max_density_per_cm2: float = field(metadata=about("Punctures per cm2 there.", ge=0))
    assumption: str = field(metadata=about("What is taken for granted."))
    strips: tuple[StripSummary, ...] = field(metadata=about("One for each contact."))


@dataclass(frozen=True)
class HeadUse:
    """The needle drum."""

    id: str | None = field(metadata=about("The head's id."))
    needles: float | None = field(metadata=about("Needles on the drum.", ge=0))
    needle_length_mm: float | None = field(metadata=about("Length of a needle, mm; not a depth in skin.", ge=0))
    max_sessions: int | None = field(metadata=about("Sessions it is good for.", ge=0))
    max_revolutions: int | None = field(metadata=about("Revolutions it is good for.", ge=0))
    sessions_before: int | None = field(metadata=about("Sessions it had before this one.", ge=0))
    revolutions_before: int | None = field(metadata=about("Revolutions it had before this session.", ge=0))
    confirmation: Literal["confirmed", "unconfirmed", "unknown"] | None = field(
        metadata=about(
            "Whether the user confirmed a sterile head before the session; unknown if a damaged log has lost it. Null "
            "without a plan."
        )
    )
    is_used_up: bool = field(metadata=about("It had reached its limit before this session."))


@dataclass(frozen=True)
class Interval:
    """The plan's rule on intervals."""

    min_days: int | None = field(metadata=about("Least days between sessions, by the plan.", ge=0))
    state: Literal["over", "overridden", "ignored", "unknown"] | None = field(
        metadata=about("Whether they had passed. Null: the plan sets none.")
    )


@dataclass(frozen=True)
class ForceHabits:
    """The session's window, the shares of the contact's samples below, within and above it, mean and peak force.

    peak_n is the greatest that the device saw, at its full rate.
    """

    low_n: float
    high_n: float
    light_fraction: float | None = None
    in_window_fraction: float | None = None
    hard_fraction: float | None = None
    mean_n: float | None = None
    peak_n: float | None = None


@dataclass(frozen=True)
class Verdict:
    """What is to be read first."""

    targets: int = field(metadata=about("Zones that have a target.", ge=0))
    targets_reached: int = field(metadata=about("Of them those whose whole band is above it.", ge=0))
    targets_in_band: int = field(metadata=about("Of them those in whose band it lies.", ge=0))
    light_fraction: float | None = field(metadata=about("Of the contact time below the force window.", ge=0, le=1))
    in_window_fraction: float | None = field(metadata=about("Of the contact time within it.", ge=0, le=1))
    hard_fraction: float | None = field(metadata=about("Of the contact time above it.", ge=0, le=1))
    reasons: tuple[str, ...] = field(metadata=about("Why not to take the session for a plain success, in sentences."))

    @property
    def is_plain_success(self) -> bool:
        return 0 < self.targets == self.targets_reached and not self.reasons
