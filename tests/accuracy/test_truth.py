"""The reference itself, on cases that can be done by hand."""

from pathlib import Path

import numpy as np
import pytest

from dermaroller.sim.trace import Trace, read_trace

from .hands import hand, hand_in_the_air
from .truth import Truth, truth

HAND = Path(__file__).parents[1] / "data" / "hand_01.csv"


def told(*rows: tuple[float, float, float]) -> Truth:
    return truth(Trace("rows", *np.array(rows, dtype=float).T))


def rolled(*turns_mm: float, force_n: float = 2.0) -> Truth:
    """Touch at 0, roll from turn to turn, one second each, lift."""
    rows = [(0.0, 0.0, 0.0), (0.001, 0.0, force_n)]
    rows += [(1.0 + i, turn_mm, force_n) for i, turn_mm in enumerate(turns_mm)]
    end_s = len(turns_mm) + 1.0
    return told(*rows, (end_s, turns_mm[-1], force_n), (end_s + 0.001, turns_mm[-1], 0), (end_s + 1, 0, 0))


def ways(of: Truth) -> list[float]:
    return [round(stroke.way_mm, 6) for stroke in of.strokes]


def test_the_recorded_hand_makes_five_passes_and_1196_punctures():
    found = truth(read_trace(HAND))
    assert found.passes == 5
    assert found.punctures == pytest.approx(1196, abs=0.5)


def test_there_and_back_are_two_passes():
    found = rolled(62.831853, 0.0)
    assert ways(found) == [62.831853, -62.831853]
    assert (found.passes, found.punctures) == (2, pytest.approx(384))


def test_a_back_roll_below_four_millimetres_is_dither():
    assert ways(rolled(50, 46.1, 100)) == [100]


def test_a_back_roll_above_four_millimetres_ends_the_stroke():
    found = rolled(50, 45.9, 100)
    assert ways(found) == [50, -4.1, 54.1]
    assert found.passes == 2


def test_small_swings_are_netted_out_wherever_they_are():
    assert ways(rolled(-3, 60, 57, 61, 58, 0, 2)) == [64, -61]


def test_steps_back_that_add_up_end_the_stroke():
    assert ways(rolled(50, 47, 49, 45.5, 90)) == [50, -4.5, 44.5]


def test_ten_millimetres_are_a_pass():
    assert (rolled(9.99).passes, rolled(10.0).passes) == (0, 1)
    assert rolled(9.99).path_mm == pytest.approx(9.99)


def test_motion_within_the_hysteresis_is_no_path():
    assert rolled(3.9, 0.0, 3.9, 0.0).path_mm == 0


def test_contact_begins_and_ends_at_its_own_thresholds():
    found = told((0, 0, 0), (1, 100, 3), (2, 200, 0), (3, 300, 0))
    assert found.contacts == [(pytest.approx(0.1), pytest.approx(1.95))]
    assert found.path_mm == pytest.approx(185)


def test_only_motion_at_the_low_force_is_effective():
    found = told((0, 0, 0), (1, 100, 3), (2, 200, 0), (3, 200, 0))
    assert found.effective_punctures / found.punctures == pytest.approx(160 / 185)


@pytest.mark.parametrize(("dip_s", "contacts"), [(0.059, 1), (0.061, 2)])
def test_a_lift_lasts_sixty_milliseconds(dip_s, contacts):
    end_s = 1.0001 + dip_s
    found = told((0, 0, 2), (1, 50, 2), (1.0001, 50, 0.1), (end_s, 55, 0.1), (end_s + 0.0001, 55, 2), (2, 100, 2))
    assert len(found.contacts) == contacts
    assert found.path_mm == pytest.approx(100 if contacts == 1 else 95, abs=0.1)


def test_between_the_thresholds_a_contact_goes_on_but_none_begins():
    assert len(told((0, 0, 0), (1, 0, 2), (1.1, 0, 0.2), (5, 90, 0.2), (6, 90, 0)).contacts) == 1
    assert told((0, 0, 0), (1, 0, 0.29), (5, 90, 0.29), (6, 90, 0)).contacts == []


def test_a_spin_in_the_air_is_nothing():
    assert told((0, 0, 0), (1, 500, 0), (2, 500, 0)).path_mm == 0


def test_the_limits_of_an_encoder_are_told():
    assert rolled(50, 45.9, 100).undecided
    assert rolled(50, 42.5, 100).undecided == []
    assert rolled(9.9).undecided


@pytest.mark.slow
def test_generated_hands_are_within_the_words_and_what_they_promise():
    for seed in range(40):
        trace = hand(seed)
        found = truth(trace)
        assert found.undecided == []
        assert found.path_mm >= 3000
        assert found.passes >= 20
        assert np.all(np.abs(np.diff(trace.position_mm)) / np.diff(trace.t_s) < 560)
    assert truth(hand_in_the_air(1)).contacts == []


def test_a_seed_is_a_hand():
    assert np.array_equal(hand(7).force_n, hand(7).force_n)
    assert not np.array_equal(hand(7).position_mm[:500], hand(8).position_mm[:500])
