"""A zone's density against its target and the plan's limit: what counts as reached, and as too much."""

import math
from dataclasses import dataclass

from dermaroller.analysis.summary_parts import ZoneSummary

BELOW, IN_BAND, REACHED = "below", "in the band", "reached"  # a zone's density against its target
UNDER, PERHAPS_OVER, OVER = "under", "perhaps over", "over"  # and against the plan's limit


@dataclass(frozen=True)
class ZoneDose(ZoneSummary):
    """A zone and how it stands to the plan; None without area, target or limit.

    The target goes by effective punctures, the limit by all. reached_fraction: of the target, with the seated drum;
    reached_low_fraction: on the needle tips. target_state, limit_state: the words above. The target is reached, or the
    limit passed, for sure only if the whole band is there.
    """

    reached_fraction: float | None
    reached_low_fraction: float | None
    target_state: str | None
    limit_state: str | None

    @property
    def is_over(self) -> bool:
        """Over the limit, or perhaps so."""
        return self.limit_state in (OVER, PERHAPS_OVER)


def dose(zone: ZoneSummary, name: str | None, limit_per_cm2: float | None) -> ZoneDose:
    """The zone, under this name, against its target and the plan's limit."""
    low, high, target = zone.density_low_per_cm2, zone.density_high_per_cm2, zone.target_density_per_cm2
    effective_low, effective_high = zone.effective_density_low_per_cm2, zone.effective_density_per_cm2
    return ZoneDose(
        **{**vars(zone), "name": name},
        reached_fraction=_share(effective_high, target),
        reached_low_fraction=_share(effective_low, target),
        target_state=_against(effective_low, effective_high, target, (BELOW, IN_BAND, REACHED), is_enough=True),
        limit_state=_against(low, high, limit_per_cm2, (UNDER, PERHAPS_OVER, OVER), is_enough=False),
    )


def doses(zones: tuple[ZoneSummary, ...], limit_per_cm2: float | None) -> tuple[ZoneDose, ...]:
    """All zones against their plan; one without a name gets its number."""
    return tuple([dose(zone, zone.name or f"zone {i}", limit_per_cm2) for i, zone in enumerate(zones, 1)])


def _share(density: float | None, target: float | None) -> float | None:
    return round(density / target, 4) if density is not None and target else None


def _against(
    low: float | None, high: float | None, bound: float | None, words: tuple[str, str, str], is_enough: bool
) -> str | None:
    """The word for a band below, around or above a bound. is_enough: to be at the bound is to be above it."""
    if low is None or high is None or not bound:
        return None
    return words[sum(end > bound or (is_enough and end == bound) for end in (low, high))]


def reached_text(zone: ZoneDose) -> str:
    """The share of its target that a zone has reached, as a band: "52 to 60 %"; empty where there is none."""
    if zone.reached_fraction is None or zone.reached_low_fraction is None:
        return ""
    low, high = math.floor(100 * zone.reached_low_fraction + 1e-9), round(100 * zone.reached_fraction)
    return f"{low} to {high} %" if low != high else f"{high} %"
