"""Faults of the world, in the records that the board reads: what is held back, what stays, what comes back."""

import numpy as np
import pytest

from dermaroller.errors import TraceError
from dermaroller.sim.faults import GLITCH_US
from dermaroller.sim.stream import FORCE, LEVEL, NOISE, TARE, Pins, World
from dermaroller.sim.trace import Trace
from dermaroller.sim.world import Sensors, make_world

A, B, BUTTON = 25, 26, 27
PINS = Pins(hall_a=A, hall_b=B, button=BUTTON)


def rolling(*events: tuple[float, str], force_n: tuple[float, float] = (2.0, 2.0)) -> World:
    """Ten seconds at 100 mm/s, in which the force goes from one value to the other."""
    trace = Trace("test", np.array([0.0, 10.0]), np.array([0.0, 1000.0]), np.array(force_n), events)
    return make_world(trace, Sensors(drift_mn=500), PINS, 0)


def level(world: World, pin: int, at_s: float) -> int:
    """The line as the board has it at that time."""
    found = 0
    for t_us, kind, value in world.records.tolist():
        if t_us <= at_s * 1e6 and kind == LEVEL and value >> 1 == pin:
            found = value & 1
    return found


def edges(world: World, pin: int, from_s: float, until_s: float) -> int:
    """How often the line changes in this time."""
    last, n = level(world, pin, from_s), 0
    for t_us, kind, value in world.records.tolist():
        if from_s * 1e6 < t_us <= until_s * 1e6 and kind == LEVEL and value >> 1 == pin:
            n += last != value & 1
            last = value & 1
    return n


def of_kind(world: World, kind: int) -> list[tuple[int, int]]:
    """(t_us, value) of each record of a kind."""
    return [(t_us, value) for t_us, each, value in world.records.tolist() if each == kind]


def force_mn(world: World, at_s: float) -> float:
    """By the board's arithmetic: straight ramps between records."""
    start_us, source, target, ramp_us = 0, 0, 0, 0
    for t_us, value in of_kind(world, FORCE):
        if t_us <= at_s * 1e6:
            start_us, source, target, ramp_us = t_us, target, (value & 0x3FFF) - 1024, value >> 14
    elapsed_us = at_s * 1e6 - start_us
    return target if elapsed_us >= ramp_us else source + (target - source) * elapsed_us / ramp_us


@pytest.mark.parametrize(("dead", "sound", "pins"), [
    ("encoder_dead", "encoder_ok", (A, B)),
    ("phase_dead", "phase_ok", (B,)),
])  # fmt: skip
def test_dead_lines_keep_their_level_and_then_are_where_the_drum_is(dead, sound, pins):
    whole, broken = rolling(), rolling((2.0, dead), (5.013, sound))
    for pin in (A, B):
        is_dead = pin in pins
        assert edges(whole, pin, 2, 5) > 70
        assert edges(broken, pin, 2, 5.012) == (0 if is_dead else edges(whole, pin, 2, 5.012))
        assert level(broken, pin, 5.012) == level(whole, pin, 2 if is_dead else 5.012)
        for at_s in (1.9, 5.013, 5.1, 9.9):
            assert level(broken, pin, at_s) == level(whole, pin, at_s), at_s
        assert edges(broken, pin, 5.013, 14) == edges(whole, pin, 5.013, 14)


def test_a_dead_phase_under_a_dead_encoder_is_dead_until_both_are_over():
    broken = rolling((2, "phase_dead"), (3, "encoder_dead"), (4, "phase_ok"), (6, "encoder_ok"))
    assert [edges(broken, A, 2, 3) > 10, edges(broken, A, 3, 5.999), edges(broken, A, 6, 9) > 10] == [True, 0, True]
    assert [edges(broken, B, 2, 5.999), edges(broken, B, 6, 9) > 10] == [0, True]


def test_a_fault_may_last_from_the_first_row_to_the_end():
    broken = rolling((0, "encoder_dead"), (0.000001, "button_stuck"))
    assert [of_kind(broken, LEVEL).count((0, pin << 1)) for pin in (A, B)] == [2, 2]
    assert [edges(broken, pin, 0, 99) for pin in (A, B)] == [0, 0]
    assert level(broken, BUTTON, 99) == 0
    assert rolling((5, "encoder_ok"), (6, "frozen_ok")).stream() == rolling().stream()


def test_a_stuck_button_takes_no_press_until_it_is_free():
    broken = rolling((2, "button_stuck"), (3, "button"), (4, "button_long"), (4.5, "button_free"), (8, "button"))
    assert edges(broken, BUTTON, 0, 4.4) == 1
    assert level(broken, BUTTON, 2) == 0
    assert level(broken, BUTTON, 4.6) == 0  # the hand has not let go of it yet
    assert [level(broken, BUTTON, at_s) for at_s in (6.3, 7.9, 8.1, 8.2)] == [1, 1, 0, 1]


def test_a_glitch_is_shorter_than_any_press_and_leaves_the_line_to_the_hand():
    bounces = rolling((2, "button_glitch"), (4, "button_long"), (5, "button_glitch"))
    changes = [t_us - 2_000_000 for t_us, value in of_kind(bounces, LEVEL) if value >> 1 == BUTTON and 0 < t_us < 4e6]
    assert changes == list(GLITCH_US)
    away_us = np.diff(GLITCH_US)[::2]
    assert away_us.min() >= 300 and away_us.max() <= 2000 and GLITCH_US[-1] < 5000
    assert edges(bounces, BUTTON, 1.9, 3.9) == edges(bounces, BUTTON, 4.9, 6.1) == 6
    assert [level(bounces, BUTTON, at_s) for at_s in (2.0001, 2.1, 5.0001, 5.1, 6.3)] == [0, 1, 1, 0, 1]


def test_a_press_that_begins_in_a_glitch_is_held():
    pressed = rolling((2, "button_glitch"), (2.0005, "button"))
    assert level(pressed, BUTTON, 2.1) == 0
    assert level(pressed, BUTTON, 2.2) == 1


def test_a_frozen_force_stays_where_it_was_in_its_ramp():
    whole, broken = rolling(force_n=(0, 10)), rolling((2.013, "frozen"), (6.027, "frozen_ok"), force_n=(0, 10))
    for at_s in (2.013, 2.02, 4, 6.0269):
        assert force_mn(broken, at_s) == pytest.approx(2013, abs=1)
    for at_s in (1.0, 2.012, 6.027, 6.03, 7.0, 12.0):
        assert force_mn(broken, at_s) == pytest.approx(force_mn(whole, at_s), abs=2)
    assert of_kind(broken, NOISE) == [(2_013_000, 0), (6_027_000, 20)]


def test_a_frozen_sensor_does_not_drift():
    whole, broken = rolling(), rolling((9, "frozen"), (9.9, "frozen_ok"))
    assert of_kind(whole, TARE)[-1][0] == 10_000_000
    assert of_kind(broken, TARE)[-1] == of_kind(whole, TARE)[-1]
    held = rolling((9.9, "frozen"))
    assert {value for _, value in of_kind(held, TARE)} == {3200} != {value for _, value in of_kind(whole, TARE)}


def test_a_board_that_boots_in_a_fault_finds_it():
    broken = rolling((2, "frozen"), (2.5, "encoder_dead"), (3, "button_stuck"), force_n=(0, 10))
    late = np.frombuffer(broken.stream(5_000_000), dtype="<u4").reshape(-1, 2).tolist()
    at_once = [(head >> 24, value) for head, value in late if not head & 0xFFFFFF]
    assert (NOISE, 0) in at_once and (FORCE, 2000 + 1024) in at_once
    for pin, then_s in ((A, 2.5), (B, 2.5), (BUTTON, 3.0)):
        assert (LEVEL, pin << 1 | level(broken, pin, then_s)) in at_once


def test_an_unknown_event_is_refused_also_where_no_file_was_read():
    with pytest.raises(TraceError, match="test has an unknown event 'jump': use one of"):
        rolling((2, "jump"))
