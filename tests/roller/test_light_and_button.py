from roller import button, feedback
from roller.button import Button
from roller.feedback import DARK, STATES, Feedback


def presses(*steps):
    """When and what was told, from the first of the steps on; before them, the button was up for a while."""
    return told((False, 100), *steps, before_ms=100)


def told(*steps, before_ms=0):
    found = []
    b = Button()
    t_ms = 1000
    for is_pressed, ms in steps:
        for _ in range(ms // 5):
            t_ms += 5
            press = b.step(t_ms, is_pressed)
            if press:
                found.append((t_ms - 1000 - before_ms, press))
    return found


def test_a_short_press_is_told_at_release():
    assert presses((True, 100), (False, 100)) == [(130, button.SHORT)]


def test_a_long_press_is_told_once_while_held():
    assert presses((True, 3000), (False, 100)) == [(2005, button.LONG)]


def test_bouncing_contacts_are_one_press():
    assert presses((True, 5), (False, 5), (True, 5), (False, 5), (True, 100), (False, 200)) == [(150, button.SHORT)]
    assert presses((True, 1000), (False, 20), (True, 1000), (False, 200)) == [(2005, button.LONG)]


def test_what_does_not_stay_is_no_press():
    for ms in (5, 10, 20, 25):
        assert presses((True, ms), (False, 500)) == []
    assert presses(*[(True, 20), (False, 20)] * 50) == []
    assert presses((True, 35), (False, 500)) != []


def test_nothing_counts_before_the_button_was_seen_up():
    assert told((True, 5000)) == []
    assert told((True, 5000), (False, 15), (True, 5000)) == []
    assert told((True, 5000), (False, 100), (True, 100), (False, 100)) == [(5230, button.SHORT)]


def test_what_matters_most_is_shown():
    light = Feedback()
    light.step(0, feedback.ROLLING | feedback.TOO_HARD | feedback.ZONE_DONE)
    assert light.state == "too_hard"
    light.step(5, feedback.FAULT | feedback.TOO_HARD)
    assert light.state == "fault"
    light.step(10, 0)
    assert light.state == "ready"


def test_a_counted_pass_flashes_and_is_over():
    light = Feedback()
    light.flash_pass(100)
    light.step(100, feedback.ROLLING)
    assert light.state == "pass_counted"
    light.step(100 + feedback.FLASH_MS, feedback.ROLLING)
    assert light.state == "rolling"


def test_a_rhythm_goes_dark_and_comes_again():
    light = Feedback()
    colours = []
    for t_ms in (0, 99, 100, 199, 200):
        light.step(t_ms, feedback.FAULT)
        colours.append(light.colour)
    red = STATES[0][1]
    assert colours == [red, red, DARK, DARK, red]


def test_it_says_when_there_is_something_new_to_show():
    light = Feedback()
    told = [light.step(t_ms, feedback.FAULT) for t_ms in (0, 50, 100, 150, 200)]
    assert told == [True, False, True, False, True]


def test_flashes_count_the_quarters_of_the_target():
    for percent, flashes in ((0, 1), (24, 1), (25, 2), (74, 3), (99, 4)):
        light = Feedback()
        seen = 0
        was_dark = True
        for t_ms in range(0, sum(feedback.PROGRESS_RHYTHMS[percent // 25]), 10):
            light.step(t_ms, feedback.PROGRESS, percent)
            seen += was_dark and light.colour != DARK
            was_dark = light.colour == DARK
        assert seen == flashes, percent


def test_the_ring_fills_while_rolling():
    light = Feedback()
    lit = []
    for percent in (0, 12, 13, 50, 99, 100):
        light.step(0, feedback.ROLLING, percent)
        lit.append(light.lit)
    assert lit == [0, 0, 1, 4, 7, 8]
    light.step(5, feedback.FAULT, 50)
    assert light.lit == 8


def test_at_night_every_colour_is_dim_but_none_is_lost():
    light = Feedback()
    light.set_brightness(feedback.NIGHT_PERCENT)
    light.step(0, feedback.TOO_LIGHT)
    assert light.colour == (21, 12, 0)
    light.set_brightness(1)
    light.step(1000, feedback.READY)
    assert light.colour == (0, 1, 1)


def test_every_state_has_its_own_name_and_its_own_look():
    assert len({row[0] for row in STATES}) == len(STATES)
    assert len({row[1:3] for row in STATES}) == len(STATES)
