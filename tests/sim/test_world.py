"""A trace becomes edges, forces and events; here they are read back and compared with the motion they came from."""

import math

import numpy as np
import pytest

from dermaroller.sim.stream import BATTERY, BYTES, END, FORCE, LEVEL, SENSOR, Pins
from dermaroller.sim.trace import Trace
from dermaroller.sim.world import Sensors, make_world

PINS = Pins(hall_a=25, hall_b=26, button=27)
PITCH_MM = math.pi * 20 / 32
# (A, B) after each count, when the drum rolls forward.
CYCLE = [(0, 0), (1, 0), (1, 1), (0, 1)]


def motion(*rows, events=()):
    t_s, position_mm, force_n = np.array(rows, dtype=float).T
    return Trace("test", t_s, position_mm, force_n, events)


def build(trace, seed=0, **changes):
    return make_world(trace, Sensors(**changes), PINS, seed)


def records(stream):
    """(t_us, kind, value) of each record of a stream."""
    words = np.frombuffer(stream, dtype="<u4").reshape(-1, 2)
    t_us = np.cumsum(words[:, 0] & 0xFFFFFF)
    return list(zip(t_us.tolist(), (words[:, 0] >> 24).tolist(), words[:, 1].tolist(), strict=True))


def counts(stream):
    """(t_s, count) after each edge; fails if the two latches ever change as no drum can make them."""
    a = b = count = 0
    told = []
    for t_us, kind, value in records(stream):
        if kind == LEVEL and value >> 1 in (PINS.hall_a, PINS.hall_b):
            before = CYCLE.index((a, b))
            if value >> 1 == PINS.hall_a:
                a = value & 1
            else:
                b = value & 1
            step = (CYCLE.index((a, b)) - before + 1) % 4 - 1
            assert step in (-1, 0, 1)
            assert step or t_us == 0
            count += step
            told.append((t_us / 1e6, count))
    return told


def tremor(duration_s, amplitude_mm, seed):
    """A hand that rolls to and fro and trembles."""
    t_s = np.arange(0, duration_s, 0.01)
    random = np.random.default_rng(seed)
    position_mm = 60 * np.sin(t_s / 2) + np.cumsum(random.normal(0, amplitude_mm, len(t_s)))
    return Trace("test", t_s, position_mm, np.zeros(len(t_s)))


@pytest.mark.parametrize("spacing_error", [0.0, 0.03, 0.10])
@pytest.mark.parametrize("seed", range(5))
def test_counts_follow_the_motion(seed, spacing_error):
    trace = tremor(60, 0.05, seed)
    told = counts(build(trace, seed, spacing_error=spacing_error).stream())
    t_s, count = np.array(told).T
    moved_mm = np.interp(t_s, trace.t_s, trace.position_mm) - trace.position_mm[0]
    # One count for the place between two edges, a tenth of a pole (0.2 counts) to either side, and the hysteresis.
    assert np.max(np.abs(moved_mm / PITCH_MM - count + 0.5)) < 1.6
    assert abs(count).max() > 25


def test_a_whole_revolution_counts_exactly_whatever_the_spacing():
    for seed in range(20):
        turns = motion((0, 0, 1), (1, 0, 1), (11, 15 * PITCH_MM * 32, 1))
        assert counts(build(turns, seed, spacing_error=0.1).stream())[-1][1] == 480


def test_trembling_inside_the_hysteresis_makes_no_edge():
    t_s = np.arange(0, 20, 0.005)
    for seed in range(20):
        shaking = Trace("test", t_s, 0.04 * np.sin(50 * t_s), np.zeros(len(t_s)))
        assert len(counts(build(shaking, seed, dither_mm=0.0).stream())) in (2, 3)


def test_edges_are_timed_along_the_motion():
    steady = build(motion((0, 0, 1), (10, 1000, 1)), spacing_error=0.0, dither_mm=0.0, hysteresis_mm=0.0)
    t_s = np.array([t for t, _ in counts(steady.stream())][2:])
    np.testing.assert_allclose(np.diff(t_s), PITCH_MM / 100, atol=2e-6)


def force_at(stream, at_s):
    """The board's arithmetic: straight ramps between records, in integers."""
    start, source, target, ramp = 0, 0, 0, 0
    for t_us, kind, value in records(stream):
        if t_us > at_s * 1e6:
            break
        if kind == FORCE:
            start, source, target, ramp = t_us, target, (value & 0x3FFF) - 1024, value >> 14
    elapsed = at_s * 1e6 - start
    return target if elapsed >= ramp else source + (target - source) * elapsed / ramp


def test_forces_follow_the_trace():
    rows = [
        (0, 0, 0),
        (1, 0, 0),
        (1.01, 0, 0.5),
        (2, 0, 5.0),
        (2.0005, 0, 5.1),
        (2.001, 0, 5.2),
        (4, 0, -0.5),
        (5, 0, 20),
    ]
    trace = motion(*rows)
    stream = build(trace).stream()
    for at_s in np.arange(0.05, 4.2, 0.013):
        assert force_at(stream, at_s) == pytest.approx(np.interp(at_s, trace.t_s, trace.force_n) * 1000, abs=15)
    ramps = [value >> 14 for _, kind, value in records(stream) if kind == FORCE]
    assert max(ramps) <= 50_000
    assert force_at(stream, 6) == (1 << 14) - 1 - 1024


def test_a_force_that_stays_needs_no_records():
    air = motion((0, 0, 0), (1000, 0, 0))
    assert sum(kind == FORCE for _, kind, _ in records(build(air).stream())) == 1


def test_a_long_pause_is_bridged():
    told = records(build(motion((0, 0, 0), (100, 0, 0)), drift_mn=0).stream())
    assert told[-1] == (round((100 + 0.5 + 2.2 + 3) * 1e6), END, 1)


def test_the_button_is_pressed_long_at_the_end():
    told = records(build(motion((0, 0, 0), (2, 0, 0))).stream())
    presses = [(t_us, value & 1) for t_us, kind, value in told if kind == LEVEL and value >> 1 == PINS.button]
    assert presses == [(0, 1), (2_500_000, 0), (4_700_000, 1)]


def test_battery_and_charger_follow_the_events():
    names = ("battery_low", "charger_on", "battery_empty", "charger_off", "battery_ok")
    trace = motion((0, 0, 0), (9, 0, 0), events=tuple((1.0 + i, name) for i, name in enumerate(names)))
    with_charger = Pins(hall_a=25, hall_b=26, button=27, charger=23)
    told = records(make_world(trace, Sensors(), with_charger, 0).stream())
    assert [(t_us, value) for t_us, kind, value in told if kind == BATTERY] == [
        (0, 3900), (1_000_000, 3420), (3_000_000, 3200), (5_000_000, 3900),
    ]  # fmt: skip
    charger = [(t_us, value & 1) for t_us, kind, value in told if kind == LEVEL and value >> 1 == 23]
    assert charger == [(2_000_000, 0), (4_000_000, 1)]
    without = records(make_world(trace, Sensors(), PINS, 0).stream())
    assert not any(kind == LEVEL and value >> 1 == 23 for _, kind, value in without)


def test_an_endless_world_stands_still():
    endless = make_world(motion((0, 0, 0), (2, 0, 0)), Sensors(), PINS, 0, is_endless=True)
    told = records(endless.stream())
    assert told[-1][1:] == (END, 0)
    assert not any(kind == LEVEL and value == PINS.button << 1 for _, kind, value in told)


def test_times_begin_with_the_first_row():
    shifted = motion((1000, 5, 0), (1001, 5, 0), (1003, 305, 1), events=((1000.5, "power_cut"),))
    plain = motion((0, 5, 0), (1, 5, 0), (3, 305, 1), events=((0.5, "power_cut"),))
    assert build(shifted).stream() == build(plain).stream()


def test_the_same_seed_gives_the_same_world():
    trace = tremor(30, 0.05, 0)
    assert build(trace, 1).stream() == build(trace, 1).stream()
    assert build(trace, 1).stream() != build(trace, 2).stream()


def test_a_world_can_be_entered_later():
    trace = motion((0, 0, 0), (1, 0, 3), (9, 700, 3), (10, 700, 0), events=((2, "sensor_open"), (3.95, "button")))
    whole = build(trace, drift_mn=500)
    late = whole.stream(4_020_000)
    # The same levels, as if it had been there all the time.
    final = {value >> 1: value & 1 for _, kind, value in records(whole.stream()) if kind == LEVEL}
    assert {value >> 1: value & 1 for _, kind, value in records(late) if kind == LEVEL} == final
    assert (0, SENSOR, 1) in records(late)
    assert (0, LEVEL, PINS.button << 1) in records(late)
    assert force_at(late, 0.5) == force_at(whole.stream(), 4.52) == 3000
    assert force_at(late, 5.5) == pytest.approx(force_at(whole.stream(), 9.52), abs=2)
    assert records(late)[-1][0] == records(whole.stream())[-1][0] - 4_020_000


def test_a_world_entered_in_a_ramp_goes_on_with_it():
    whole = build(motion((0, 0, 0), (0.05, 0, 5), (9, 0, 5)))
    late = whole.stream(20_000)
    for at_s in (0.0, 0.01, 0.029, 0.05):
        assert force_at(late, at_s) == pytest.approx(force_at(whole.stream(), at_s + 0.02), abs=2)


def test_a_world_entered_after_its_end_just_ends():
    assert records(build(motion((0, 0, 0), (1, 0, 0))).stream(99_000_000))[-1][1:] == (END, 1)


def test_bytes_come_at_the_pace_of_the_line():
    with_bytes = build(motion((0, 0, 0), (1, 0, 0))).with_bytes([(500_000, b"abcd")], 9600)
    told = [(t_us, value) for t_us, kind, value in records(with_bytes.stream()) if kind == BYTES]
    assert told == [(503_125, 3 << 24 | 0x636261), (504_167, 1 << 24 | 0x64)]
