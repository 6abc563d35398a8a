"""What a treatment plan holds, in the device's numbers: integers in mN, um, mm2 and tenths of punctures per cm2.

How it becomes the JSON that the device keeps, and is made of that: see link.reading.
"""

from dataclasses import dataclass

from dermaroller.log.header import ForceWindow, Head, Limits, Serum, Zone


@dataclass(frozen=True)
class PlanContent:
    """All that a plan says. v: the version of its JSON."""

    v: int
    subject: str
    head: Head
    force: ForceWindow
    limits: Limits
    zones: tuple[Zone, ...]
    serum: Serum | None = None
