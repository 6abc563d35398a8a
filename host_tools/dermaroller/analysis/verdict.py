"""What a session says first: targets reached, force in the window, and each reason not to take it as it stands.

Unknown is never good news: what a log does not tell is a reason too.
"""

from collections.abc import Iterator

from dermaroller.analysis.dose import IN_BAND, OVER, PERHAPS_OVER, REACHED, ZoneDose
from dermaroller.analysis.summary_parts import ForceHabits, HeadUse, Interval, Verdict
from dermaroller.log.header import Header
from dermaroller.output import plural

MIN_IN_WINDOW = 0.8  # of the contact time; a convention of this project, for which there is no source


def verdict(
    header: Header,
    zones: tuple[ZoneDose, ...],
    force: ForceHabits,
    head: HeadUse,
    interval: Interval,
    is_treatment: bool | None,
    doubts: tuple[str, ...],
) -> Verdict:
    """Of the session with this header; zones: against its plan."""
    aimed = [zone.target_state for zone in zones if zone.target_state]
    reasons = (
        *(["What made the log, a handle or a virtual board, is not known."] if header.is_lost else []),
        *_of_use(is_treatment, head, interval),
        *_of_force(header, force),
        *_of_limits(zones),
        *([f"The numbers are in doubt, for {plural(len(doubts), 'reason')}: see below."] if doubts else []),
    )
    return Verdict(
        targets=len(aimed),
        targets_reached=aimed.count(REACHED),
        targets_in_band=aimed.count(IN_BAND),
        light_fraction=force.light_fraction,
        in_window_fraction=force.in_window_fraction,
        hard_fraction=force.hard_fraction,
        reasons=reasons,
    )


def _of_use(is_treatment: bool | None, head: HeadUse, interval: Interval) -> Iterator[str]:
    if is_treatment is None:
        yield "Whether this was a treatment is not known."
    elif not is_treatment:
        yield "This was no treatment: not one stroke was long enough for a pass."
    if head.is_used_up:
        yield "The head was used up before."
    if head.confirmation == "unconfirmed":
        yield "The head was not confirmed as sterile."
    elif head.confirmation == "unknown":
        yield "Whether the head was confirmed as sterile is not known."
    if interval.state in ("ignored", "overridden"):
        yield "The plan's interval was not over."
    elif interval.state == "unknown":
        yield "Whether the plan's interval was over is not known."


def _of_force(header: Header, force: ForceHabits) -> Iterator[str]:
    if header.calibration is None:
        yield "Whether the force sensor was calibrated is not known."
    elif not header.calibration.sequence:
        yield "The force sensor was not calibrated."
    share = force.in_window_fraction
    if share is None:
        yield "No force was recorded in contact."
    elif share < MIN_IN_WINDOW:
        light, hard = force.light_fraction or 0.0, force.hard_fraction or 0.0
        yield f"Too {'light' if light > hard else 'hard'} for {100 * max(light, hard):.0f} % of the contact time."


def _of_limits(zones: tuple[ZoneDose, ...]) -> Iterator[str]:
    for state in (OVER, PERHAPS_OVER):
        names = [str(zone.name) for zone in zones if zone.limit_state == state]
        if names:
            yield f"{state.capitalize()} the plan's limit: {', '.join(names)}."


def headline(found: Verdict) -> str:
    """Targets and force in one line."""
    if not found.targets:
        text = "No targets"
    elif found.targets_reached == found.targets:
        text = {1: "Target reached", 2: "Both targets reached"}.get(
            found.targets, f"All {found.targets} targets reached"
        )
    else:
        text = f"{found.targets_reached} of {plural(found.targets, 'target')} reached"
        text += f", {found.targets_in_band} in the band" if found.targets_in_band else ""
    if found.in_window_fraction is None:
        return text + "."
    return f"{text}; {100 * found.in_window_fraction:.0f} % of the contact time in the force window."
