from story import Folder, Handle

from roller.strip import Strip


def rolled(*counts, cpr=32):
    strip = Strip(cpr)
    strip.begin(100)
    at = 100
    for n in counts:
        step = 1 if n > 0 else -1
        for _ in range(abs(n)):
            at += step
            strip.roll(at)
    return strip


def test_there_and_back_visits_each_bin_twice():
    strip = rolled(40, -40)
    assert (strip.extent_bins(), strip.max_visits, strip.sum_visits) == (40, 2, 80)


def test_the_strip_grows_both_ways():
    strip = rolled(10, -30)
    assert (strip.extent_bins(), strip.max_visits, strip.sum_visits) == (30, 2, 40)


def test_a_jump_visits_what_lies_between():
    strip = Strip(32)
    strip.begin(0)
    strip.roll(50)
    assert (strip.extent_bins(), strip.sum_visits) == (50, 50)


def test_bins_are_a_thirtysecond_of_a_revolution_for_any_encoder():
    assert rolled(256, cpr=256).extent_bins() == 32


def test_a_strip_longer_than_the_map_is_counted_at_its_end():
    strip = rolled(3000)
    assert strip.extent_bins() == 255
    assert strip.max_visits == 1


def test_a_new_contact_starts_an_empty_map():
    strip = rolled(40, -40)
    strip.begin(7)
    assert (strip.extent_bins(), strip.max_visits, strip.sum_visits) == (0, 0, 0)
    assert strip.roll(17) == 1


def test_rolling_one_strip_too_often_is_noticed_once():
    with Folder() as folder:
        handle = Handle(folder)
        told = []
        handle.app.session.alert = lambda t_ms, kind, value=0: told.append((kind, value))
        for _ in range(13):
            handle.roll(30, 300)
            handle.roll(-30, 300)
        handle.lift()
        assert told == [("strip_overdose", 21)]
