"""The language of light: no two states look alike, to whatever eyes; the pictures and the README show the constants."""

import itertools
from xml.etree import ElementTree

import numpy as np
import pytest

from dermaroller.lights import table
from dermaroller.lights.__main__ import drawings
from dermaroller.lights.colour import on_screen
from dermaroller.lights.rhythm import ROWS, STATES, bright_spans, rhythms
from dermaroller.lights.words import WORDS
from dermaroller.sim.runtime import device_tree
from roller import feedback

from .vision import VISIONS, distance, lab

NEAREST = 15  # CIE76; a difference of about 2 is just seen side by side, but a light is seen alone and remembered
# Two rhythms are told apart by their number of flashes, or by a factor of two in period, longest light or longest dark.
APART = 2
STEADY_SHARE = 0.9  # a light that is dark for less than a tenth of the time counts as steady


def features(rhythm):
    """(flashes, period, longest light, longest dark) in ms; zeros for a steady light."""
    if len(rhythm) == 1 or sum(rhythm[::2]) >= STEADY_SHARE * sum(rhythm):
        return 0, 0, 0, 0
    return len(rhythm) // 2, sum(rhythm), max(rhythm[::2]), max(rhythm[1::2])


def are_alike(one, other):
    flashes, *times = zip(features(one), features(other), strict=True)
    return flashes[0] == flashes[1] and all(max(pair) < APART * min(pair) or not any(pair) for pair in times)


LOOKS = [(state, rhythm) for state in STATES for rhythm in rhythms(state)]
PAIRS = [(a, b) for a, b in itertools.combinations(LOOKS, 2) if a[0] != b[0]]
ALIKE = sorted({(a[0], b[0]) for a, b in PAIRS if are_alike(a[1], b[1])})


def test_no_two_states_share_colour_and_rhythm():
    for (one, first), (other, second) in PAIRS:
        assert (ROWS[one][1], first) != (ROWS[other][1], second), (one, other)


def test_few_rhythms_are_alike():
    assert len(ALIKE) <= 7, ALIKE


@pytest.mark.parametrize("vision", VISIONS)
def test_states_of_alike_rhythm_keep_their_colours_apart(vision):
    assert ("rolling", "asleep") in ALIKE
    near = {pair: distance(ROWS[pair[0]][1], ROWS[pair[1]][1], vision) for pair in ALIKE}
    assert min(near.values()) >= NEAREST, near


def test_the_eyes_of_this_test_see():
    white, red, green = (255, 255, 255), (255, 0, 0), (0, 255, 0)
    np.testing.assert_allclose(lab(np.ones(3)), [100, 0, 0], atol=0.01)
    np.testing.assert_allclose(lab(np.array([1, 0, 0])), [53.2, 80.1, 67.2], atol=0.1)  # of sRGB's red, as published
    assert distance(red, green, "deuteranopia") < distance(red, green, "normal") / 1.5
    for vision, matrix in VISIONS.items():
        np.testing.assert_allclose(matrix @ np.ones(3), 1, atol=1e-4, err_msg=vision)  # white stays white
        assert distance(white, white, vision) == 0


def test_rhythms_are_alike_only_where_an_eye_would_say_so():
    assert are_alike((100, 100), (120, 120))
    assert not are_alike((100, 100), (100, 200))
    assert not are_alike((100, 100, 100, 500), (100, 700))
    assert are_alike((1000,), (2400, 100))


def test_spans_follow_the_rhythm():
    assert bright_spans((1000,), 400) == [(0, 400)]
    assert bright_spans((100, 50, 100, 150), 900) == [(0, 100), (150, 250), (400, 500), (550, 650), (800, 900)]
    light, lit = feedback.Feedback(), []
    for t_ms in range(2000):
        light.step(t_ms, feedback.OVERDOSE)
        lit.append(light.colour != feedback.DARK)
    spans = bright_spans(ROWS["overdose"][2], 2000)
    assert lit == [any(start <= t_ms < end for start, end in spans) for t_ms in range(2000)]


def test_each_state_has_its_words():
    assert tuple(WORDS) == STATES


def test_a_screen_shows_what_the_led_does():
    assert on_screen((0, 255, 3)) == (0, 255, 28)
    assert on_screen((128, 10, 0)) == (188, 56, 0)


def test_the_pictures_are_those_of_the_constants():
    for name, text in drawings().items():
        ElementTree.fromstring(text)
        drawn = (device_tree() / "firmware/light" / name).read_text(encoding="utf-8")
        assert drawn == text, f"firmware/light/{name} is out of date: run `make light`"


def test_the_readme_shows_the_constants():
    text = (device_tree() / "README.md").read_text(encoding="utf-8")
    assert table.renewed(text) == text, "README.md is out of date: run `make light`"
    for state in STATES:
        assert f"| **{state.replace('_', ' ')}** |" in text
    for name in drawings():
        assert f"](firmware/light/{name})" in text
