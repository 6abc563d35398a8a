"""What the device's counters mean for a session's numbers: a word on each of roller.counters."""

from collections.abc import Mapping
from dataclasses import dataclass

from dermaroller.output import plural

# Those of no consequence for the numbers, and why.
HARMLESS = {
    "late_callbacks": "Writing flash and answering a host make samples late; the hardware counts on, and a late sample "
    "is a longer step.",
    "gaps": "The same, where it took longer; each is recorded, and the captured share tells what they add up to.",
    "bad_requests": "Of a host: nothing of the recording is in them.",
    "cut_answers": "That no host took: nothing of the recording is in them.",
}


@dataclass(frozen=True)
class Doubt:
    """sentence: why the numbers cannot be trusted; {0} is "3 times", {1} the number. alert: what else tells of it."""

    sentence: str
    alert: str = ""

    def text(self, n: int) -> str:
        return self.sentence.format(plural(n, "time"), n)


DOUBTS = {
    "illegal_transitions": Doubt("The encoder made an impossible step {}: counts may be missing."),
    "edge_rate_warnings": Doubt(
        "The drum turned faster than its counter can be trusted with, {}: counts may be missing.", "edge_rate"
    ),
    "ring_overflow": Doubt("Samples were lost before they were judged, {}: forces and contact may be missing."),
    "callback_errors": Doubt("Sampling failed {}: samples are missing."),
    "sensor_faults": Doubt("The force sensor was out of range {}: what was rolled meanwhile is not counted.", "fault"),
    "sensor_silences": Doubt("The force sensor stopped giving values {}: what was rolled meanwhile is not counted."),
    "log_lost_bytes": Doubt("Flash had no room for {1:,} bytes or refused them: parts of the log are missing."),
}


def in_words(counters: Mapping[str, int]) -> list[str]:
    """ "late callbacks 1,234" for each that is not zero, by name."""
    return [f"{name.replace('_', ' ')} {n:,}" for name, n in sorted(counters.items()) if n]
