"""What the meter makes of pauses between samples, as a flash erase brings them."""

from flashchip import names
from story import MM_PER_COUNT_X1000, Folder, Handle, read
from test_sessions import footer

from roller import services
from roller.encoder import MAX_IRQ_EDGES_PER_S


def stall(handle, ms, counts, force_mn=None):
    """No sample comes for a while, in which the drum rolls on."""
    handle.hal.t_us += 1000 * ms
    handle.hal.count += counts
    if force_mn is not None:
        handle.hal.force_mn = force_mn


def path_counts(handle, folder):
    handle.lift()
    handle.press(2200)
    return footer(read(folder + "/00001.drl"))["path_counts"]


def test_a_drum_at_rest_that_is_rolled_during_a_pause_has_touched_in_it():
    with Folder() as folder:
        handle = Handle(folder)
        handle.wait(500)
        stall(handle, 45, 10, 2000)
        handle.roll(20, 100)
        assert path_counts(handle, folder) == 30


def test_a_drum_that_spun_before_the_pause_may_have_spun_on():
    with Folder() as folder:
        handle = Handle(folder)
        handle.wait(500)
        handle.spin(20, 100)
        stall(handle, 45, 10, 2000)
        handle.roll(20, 100)
        assert path_counts(handle, folder) == 20


def test_a_pause_in_the_air_makes_no_path():
    with Folder() as folder:
        handle = Handle(folder)
        handle.roll(20, 100)
        handle.lift()
        stall(handle, 45, 10)
        handle.wait(100)
        assert path_counts(handle, folder) == 20


def test_a_pause_while_rolling_is_told_where_a_pause_costs_counts():
    for max_edges_per_s, warnings in ((0, 0), (1000, 1)):
        with Folder() as folder:
            handle = Handle(folder)
            handle.app.meter._max_edges_per_s = max_edges_per_s
            handle.roll(20, 200)
            stall(handle, 45, 3)
            handle.wait(500)
            stall(handle, 45, 0)  # at rest, it costs none
            handle.wait(100)
            assert handle.app.counters()["edge_rate_warnings"] == warnings


def test_pin_interrupts_are_warned_of_beyond_the_rate_that_they_are_trusted_with():
    """250 edges a second, on the reference head 490 mm/s: `info` says so."""
    for speed_mm_s, is_warned in ((470, False), (530, True)):
        with Folder() as folder:
            handle = Handle(folder)
            handle.hal.max_edges_per_s = MAX_IRQ_EDGES_PER_S
            handle.app.use_plan(handle.app.plan)
            handle.roll(speed_mm_s * 1000 // MM_PER_COUNT_X1000, 1000)
            assert (handle.app.counters()["edge_rate_warnings"] > 0) == is_warned
            assert services.max_speed_mm_s(MAX_IRQ_EDGES_PER_S, handle.app.plan.head) == 490
            assert services.max_speed_mm_s(0, handle.app.plan.head) is None


def test_in_the_air_the_log_is_not_written_while_the_drum_turns():
    """The hand may be about to touch, and the write would hide it."""
    with Folder() as folder:
        handle = Handle(folder)
        handle.roll(20, 300)
        handle.lift(900)
        handle.spin(100, 500)
        assert names(folder) == []
        handle.wait(400)
        assert names(folder) == ["00001.part"]


def test_a_drum_that_spins_on_delays_the_write_by_two_seconds_at_most():
    with Folder() as folder:
        handle = Handle(folder)
        handle.roll(20, 300)
        handle.lift(900)
        handle.spin(500, 2300)
        assert names(folder) == ["00001.part"]
