"""Makes hands that roll, as traces for the virtual board: one seed, one hand.

A hand touches down softly, rolls to and fro with smooth strokes (minimum jerk), trembles, pauses, presses lightly or
hard, lifts, taps, brushes the skin and spins the drum in the air. Some touch or lift while the drum is moving.

Only hands that the design's words decide are made. One count is 1.96 mm of travel, pole spacing errors and hysteresis
add up to 0.9 mm, so an encoder cannot tell a back-roll of 3.9 mm from one of 4.1 mm. Left out are therefore: back-rolls
of 3.0 to 6.8 mm (the limit is 4 mm), strokes of 8.2 to 12.6 mm (the limit is 10 mm), dips of force that last 45 to 100
ms (the limit is 60 ms), and pauses between contacts shorter than 0.3 s. A contact's mean force is 0.6 to 5 N and swells
by 10 to 25 %: forces from 0.5 to 6.2 N occur, but none stays for long within a few hundredths of 0.6 N, where noise and
not the design's words decides what is effective.
"""

from dataclasses import dataclass, field

import numpy as np

from dermaroller.sim.trace import Trace

ROW_S = 0.008
FASTEST_MM_S = 500.0
PEAK_OVER_MEAN = 1.875  # of the speed of a movement with minimum jerk
START_S = 0.7  # the board boots before the hand comes
END_S = 0.4
MIN_AIR_S = 0.3
SMALL_BACK_ROLL_MM = (0.3, 2.7)  # dither: no end of a stroke
SHORT_BACK_ROLL_MM = (7.1, 7.9)  # ends a stroke and is no pass itself
LONG_BACK_ROLL_MM = (13.5, 20.0)  # a pass
# Of the force: hands press with 1.6 +- 0.3 N (Wiegand 2012), none holds a force to some hundredths.
SWELL = (0.10, 0.25)
DIP_S = (0.015, 0.04)  # below 0.15 N, and yet no lift


@dataclass
class Schedule:
    """What a hand does, before it becomes rows: lengths in mm, times in s, forces in N."""

    moves: list[tuple[float, float, float]] = field(default_factory=list)  # start, duration, signed length
    presses: list[tuple[float, float, float, float, float]] = field(default_factory=list)  # down, ramp, up, ramp, force
    dips: list[tuple[float, float]] = field(default_factory=list)  # start, duration
    path_mm: float = 0.0
    end_s: float = START_S


def hand(seed: int, path_mm: float = 3050.0) -> Trace:
    """A session of at least `path_mm` of path in contact."""
    random = np.random.default_rng(seed)
    plan = Schedule()
    while plan.path_mm < path_mm:
        _contact(plan, random)
        _air(plan, random)
    return _trace(plan, random, f"hand {seed}")


def hand_in_the_air(seed: int) -> Trace:
    """Spins, and brushes of less than the force that makes a contact."""
    random = np.random.default_rng(seed)
    plan = Schedule()
    for _ in range(20):
        _spin(plan, random)
        _brush(plan, random)
    return _trace(plan, random, f"air {seed}")


def _contact(plan: Schedule, random: np.random.Generator) -> None:
    """Touch, roll some strokes, lift."""
    strokes = _strokes(random)
    moves, rolling_s = _moves(plan, strokes, random)
    is_flying = random.random() < 0.3
    ramp_s = [random.uniform(0.015, 0.06), random.uniform(0.02, 0.08)]
    if is_flying:  # the drum turns already as it touches, and still as it leaves
        lead_s, tail_s = -0.15 * moves[0][1], -0.15 * moves[-1][1]
        ramp_s = [min(ramp_s[0], -lead_s), min(ramp_s[1], -tail_s)]
    else:
        lead_s, tail_s = ramp_s[0] + random.uniform(0, 0.1), random.uniform(0, 0.1)
    down_s = plan.end_s + max(0.0, -lead_s)
    first_s = down_s + lead_s
    plan.moves += [(first_s + start_s, duration_s, way_mm) for start_s, duration_s, way_mm in moves]
    up_s = first_s + rolling_s + tail_s
    force_n = random.uniform(0.6, 0.9) if random.random() < 0.15 else random.uniform(0.9, 5.0)
    plan.presses.append((down_s, ramp_s[0], up_s, ramp_s[1], force_n))
    if random.random() < 0.1 and up_s - down_s > 0.6:
        plan.dips.append((random.uniform(down_s + 0.2, up_s - 0.2), random.uniform(*DIP_S)))
    plan.path_mm += sum(abs(way_mm) for way_mm in strokes) * (0.93 if is_flying else 1)
    plan.end_s = max(up_s + ramp_s[1], first_s + rolling_s)


def _strokes(random: np.random.Generator) -> list[float]:
    """Signed lengths of one contact's strokes, to and fro, with back-rolls between their pieces."""
    ways_mm: list[float] = []
    direction = random.choice((-1.0, 1.0))
    for _ in range(random.integers(1, 5)):
        length_mm = random.uniform(20, 150)
        if length_mm > 60 and random.random() < 0.15:
            band = (SMALL_BACK_ROLL_MM, SHORT_BACK_ROLL_MM, LONG_BACK_ROLL_MM)[random.integers(3)]
            part_mm = length_mm * random.uniform(0.35, 0.65)
            ways_mm += [direction * part_mm, -direction * random.uniform(*band), direction * (length_mm - part_mm)]
        else:
            ways_mm.append(direction * length_mm)
        direction = -direction
    return ways_mm


def _moves(
    plan: Schedule, ways_mm: list[float], random: np.random.Generator
) -> tuple[list[tuple[float, float, float]], float]:
    """(start, duration, way) of each, pauses between some of them, and the time all take."""
    moves = []
    at_s = 0.0
    for way_mm in ways_mm:
        slowest_mm_s = 10.0 if abs(way_mm) < 35 and random.random() < 0.2 else 130.0
        peak_mm_s = float(np.exp(random.uniform(np.log(slowest_mm_s), np.log(FASTEST_MM_S))))
        duration_s = max(0.04, PEAK_OVER_MEAN * abs(way_mm) / peak_mm_s)
        moves.append((at_s, duration_s, way_mm))
        at_s += duration_s
        if random.random() < 0.1:
            at_s += random.uniform(0.05, 0.8)
    last_s, duration_s, _ = moves[-1]
    return moves, last_s + duration_s


def _air(plan: Schedule, random: np.random.Generator) -> None:
    """Between two contacts: nothing, a spin, a brush or a tap."""
    plan.end_s += random.uniform(MIN_AIR_S, 0.6)
    kind = random.random()
    if kind < 0.2:
        _spin(plan, random)
    elif kind < 0.3:
        _brush(plan, random)
    elif kind < 0.45:
        _tap(plan, random)


def _spin(plan: Schedule, random: np.random.Generator) -> None:
    duration_s = random.uniform(0.2, 0.6)
    plan.moves.append((plan.end_s, duration_s, random.choice((-1, 1)) * random.uniform(20, 260 * duration_s)))
    plan.end_s += duration_s + random.uniform(0, 0.1)


def _brush(plan: Schedule, random: np.random.Generator) -> None:
    """Hair or cloth turns the drum with less force than a contact has."""
    duration_s = random.uniform(0.2, 0.5)
    plan.presses.append((plan.end_s, 0.05, plan.end_s + duration_s, 0.05, random.uniform(0.02, 0.2)))
    plan.moves.append((plan.end_s, duration_s, random.choice((-1, 1)) * random.uniform(10, 260 * duration_s)))
    plan.end_s += duration_s + 0.05 + MIN_AIR_S


def _tap(plan: Schedule, random: np.random.Generator) -> None:
    """Touch and lift; the drum hardly turns."""
    duration_s = random.uniform(0.05, 0.2)
    plan.presses.append((plan.end_s, 0.03, plan.end_s + 0.03 + duration_s, 0.04, random.uniform(0.6, 5)))
    plan.moves.append((plan.end_s, 0.05 + duration_s, random.uniform(-1, 1) * SMALL_BACK_ROLL_MM[1] * 0.8))
    plan.end_s += 0.07 + duration_s + random.uniform(MIN_AIR_S, 0.5)


def _trace(plan: Schedule, random: np.random.Generator, name: str) -> Trace:
    t_s = np.arange(0.0, plan.end_s + END_S, ROW_S)
    position_mm = sum(
        (way_mm * _smooth((t_s - at_s) / for_s) for at_s, for_s, way_mm in plan.moves), np.zeros(len(t_s))
    )
    tremor = np.sin(2 * np.pi * (random.uniform(8, 12) * t_s + random.uniform()))
    position_mm += random.uniform(0, 0.15) * tremor
    force_n = np.zeros(len(t_s))
    swell = 1 + random.uniform(*SWELL) * np.sin(2 * np.pi * (random.uniform(0.5, 2) * t_s + random.uniform()))
    for down_s, down_ramp_s, up_s, up_ramp_s, press_n in plan.presses:
        shape = _smooth((t_s - down_s) / down_ramp_s) * (1 - _smooth((t_s - up_s) / up_ramp_s))
        force_n += press_n * shape * (swell + 0.03 * tremor)
    for at_s, for_s in plan.dips:
        force_n[(t_s >= at_s) & (t_s < at_s + for_s)] *= 0.02
    return Trace(name, t_s, position_mm, force_n)


def _smooth(x: np.ndarray) -> np.ndarray:
    """From 0 to 1 with minimum jerk while x goes from 0 to 1."""
    x = np.clip(x, 0, 1)
    return x**3 * (10 - 15 * x + 6 * x * x)
