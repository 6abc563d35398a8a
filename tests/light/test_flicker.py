"""A force that hovers at a limit, read with 100 mN of noise: the light does not flicker."""

from itertools import pairwise

import pytest

from dermaroller.sim.run import run

from .hand import Hand

pytest.importorskip("littlefs")

pytestmark = pytest.mark.slow

HOVER_S = 20
NOISE_MN = 100


def told(force_n):
    """Times at which the light changed its mind about the pressure, in one slow stroke at this force."""
    hand = Hand()
    hand.rest(1)
    hand.press(0.06, 0, force_n)
    hand.drag(150, force_n, HOVER_S)
    lift_s = hand.now_s
    hand.press(0.06, force_n, 0)
    hand.rest(1)
    led = run(hand.trace(), noise_mn=NOISE_MN).led
    shown = [(entry["t_s"], entry["state"]) for entry in led if entry["state"] in ("rolling", "too_hard", "too_light")]
    assert shown
    return [t_s for (_, before), (t_s, after) in pairwise(shown) if before != after and t_s < lift_s]


@pytest.mark.parametrize("force_n", [5.6, 5.7, 5.8, 5.9, 6.0, 6.1, 6.3, 0.45, 0.55, 0.6, 0.65, 0.75, 0.85])
def test_at_most_one_change_a_second(micropython, force_n):
    times = told(force_n)
    assert len(times) <= HOVER_S
    assert all(later - earlier >= 1 for earlier, later in pairwise(times)), times
