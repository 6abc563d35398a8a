"""What a device answers to the tests of `selftest`, as types: see answers."""

from dataclasses import dataclass

from dermaroller.link.answers import Answer


@dataclass(frozen=True)
class AdcTest(Answer):
    n: int
    us: int
    mean_raw: int
    min_raw: int
    max_raw: int
    squares: int


@dataclass(frozen=True)
class TimerTest(Answer):
    us: int
    n: int
    near: int
    shortest_us: int
    longest_us: int
    cost_us: int
    most_us: int


@dataclass(frozen=True)
class FlashTest(Answer):
    write_us: tuple[int, ...]
    close_us: int
    read_us: int
    same: int


@dataclass(frozen=True)
class HeapTest(Answer):
    free: int
    largest: int


@dataclass(frozen=True)
class LightTest(Answer):
    rgb: tuple[int, ...]


@dataclass(frozen=True)
class TestsEnded(Answer):
    pass
