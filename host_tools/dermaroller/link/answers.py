"""What a device answers, as types: one for each answer of the schema (roller.answers), with its meanings there.

Entries that a device leaves out have the value that stands here. Those of the self-test are in figures; how
they are made of an answer: see reading.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dermaroller.plan_content import PlanContent

WIRE_NAME = "wire"  # of a field: its entry's name, where that is another


def _named(name: str, **options: Any) -> Any:
    """A field that has another name than its entry."""
    return field(metadata={WIRE_NAME: name}, **options)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """raw: the JSON object as it came, with entries that this version does not know: for output, not for use."""

    raw: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True)
class Info(Answer):
    fw: str
    format: int
    state: str
    uptime_ms: int
    device: str
    name: str | None
    hw: str | None
    board: str
    chip: str
    micropython: str
    boot: int
    utc_s: int | None
    session: int | None
    sessions: int
    flash_free: int
    flash_size: int
    heap_free: int
    subject: str | None
    max_payload: int
    counters: Mapping[str, int]
    machine: str | None = None
    log_full: bool = False
    plan_error: str | None = None
    stored_error: str | None = None
    max_speed_mm_s: int | None = None


@dataclass(frozen=True)
class Listed:
    """One session on the device. is_open: still recording. is_confirmed: a host has proved that it holds it."""

    id: int
    size_bytes: int = _named("bytes")
    is_open: bool = _named("open")
    is_confirmed: bool = _named("confirmed", default=False)


@dataclass(frozen=True)
class Page(Answer):
    sessions: tuple[Listed, ...]
    next: int | None


@dataclass(frozen=True)
class Hash(Answer):
    id: int
    sha256: str
    size_bytes: int = _named("bytes")


@dataclass(frozen=True)
class Confirmed(Answer):
    session: int = _named("confirmed")


@dataclass(frozen=True)
class Erased(Answer):
    session: int = _named("erased")


@dataclass(frozen=True)
class Stopped(Answer):
    session: int = _named("stopped")


@dataclass(frozen=True)
class Raw(Answer):
    n: int
    force_raw: int | None
    force_raw_min: int
    force_raw_max: int
    force_mn: int
    is_faulty: bool
    count: int
    speed_mm_s: int


@dataclass(frozen=True)
class Calibration(Answer):
    kind: str
    tare_raw: int
    nn_per_count: int
    raw_min: int
    raw_max: int
    utc_s: int | None = None
    sequence: int = 0
    table: tuple[tuple[int, ...], ...] = ()
    nm_per_count: int = 0


@dataclass(frozen=True)
class Live(Answer):
    state: str = _named("s")
    rgb: tuple[int, ...] = _named("c")
    force_mn: int = _named("f")
    speed_mm_s: int = _named("v")
    active_zone: int = _named("a")
    zone: int = _named("z")
    passes: int = _named("p")
    path_counts: int = _named("q")
    battery_mv: int | None = _named("b")
    is_open: bool = _named("o")
    effective_counts: int | None = _named("e", default=None)


@dataclass(frozen=True)
class HeldPlan(Answer):
    plan: PlanContent | None
    error: str | None


@dataclass(frozen=True)
class Staged(Answer):
    size_bytes: int = _named("staged")


@dataclass(frozen=True)
class Light(Answer):
    light_percent: int


@dataclass(frozen=True)
class Time(Answer):
    device: str
    boot: int
    utc_s: int | None
    uptime_ms: int


@dataclass(frozen=True)
class Provisioned(Answer):
    hw: str | None
    name: str | None
