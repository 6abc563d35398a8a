"""Clock, ring, encoder, sampler and force: from pins to samples."""

from fuse import taken

from roller.calibration import Calibration
from roller.clock import Clock
from roller.encoder import SPAN, QuadratureDecoder
from roller.force import FAULT_SAMPLES, ForceFilter
from roller.ring import SIZE, Ring
from roller.sampler import Sampler

WRAP = 1 << 30
FORWARD = (0, 1, 3, 2)


def test_the_clock_goes_on_through_the_wrap_of_the_ticks():
    clock = Clock(WRAP - 1500)
    assert clock.step(WRAP - 1) == 1
    assert clock.step(1500) == 3
    assert clock.step(1499 + 1000) == 3
    assert clock.step(1500 + 1000) == 4


def test_the_clock_loses_nothing_in_small_steps():
    clock = Clock(0)
    for i in range(1, 3001):
        clock.step(i * 333 & WRAP - 1)
    assert clock.ms == 999


def test_two_hours_of_ticks_are_two_hours():
    clock = Clock(123)
    for s in range(0, 7201, 60):
        clock.step((123 + s * 1000000) & WRAP - 1)
    assert clock.ms == 7200000


class Numbered:
    """What a sampler reads: the n-th sample is (n ms, -n, n)."""

    def __init__(self, ring):
        self.n = 0
        self.tick = Sampler(self.ticks_us, self.count, self.raw, ring).tick

    def ticks_us(self):
        return 1000 * self.n

    def raw(self):
        return self.n

    def count(self):
        return -self.n

    def sample(self, n):
        self.n = n
        self.tick(None)


def test_the_ring_gives_back_what_it_took_in_order():
    ring = Ring()
    source = Numbered(ring)
    for i in range(3 * SIZE):
        source.sample(i)
        if i % 7 == 6:
            assert taken(ring) == [(n, -n, n) for n in range(i - 6, i + 1)]
    assert len(taken(ring)) == 3 * SIZE % 7
    assert taken(ring) == []
    assert ring.overflow == 0


def test_a_full_ring_keeps_the_old_and_counts_the_lost():
    ring = Ring()
    source = Numbered(ring)
    for i in range(SIZE + 9):
        source.sample(i)
    assert ring.overflow == 10
    assert [sample[0] for sample in taken(ring)] == list(range(SIZE - 1))


def test_four_edges_forward_and_back():
    decoder = QuadratureDecoder(0)
    for ab in FORWARD[1:] + FORWARD[:1]:
        decoder.edge(ab)
    assert decoder.value() == 4
    for ab in reversed(FORWARD):
        decoder.edge(ab)
    assert decoder.value() == 0
    assert decoder.illegal == 0


def test_dither_at_one_threshold_nets_to_zero():
    decoder = QuadratureDecoder(0)
    for _ in range(1000):
        decoder.edge(1)
        decoder.edge(0)
    assert decoder.value() == 0


def test_an_illegal_transition_is_counted_not_guessed():
    decoder = QuadratureDecoder(0)
    decoder.edge(3)
    assert (decoder.value(), decoder.illegal) == (0, 1)


class Sensor:
    def __init__(self, values):
        self.values = list(values)

    def read(self):
        value = self.values.pop(0)
        if isinstance(value, type) and issubclass(value, BaseException):
            raise value()
        return value


def sampler_of(counts, ring):
    return Sampler(lambda: 7, Sensor(counts).read, lambda: 9, ring)


def test_the_sampler_unwinds_the_counter_both_ways():
    ring = Ring()
    sampler = sampler_of([0, 15000, 30000, 31999, 1, 31998 - SPAN, 0, -15000, -31999, -1], ring)
    for _ in range(9):
        sampler.tick(None)
    assert [count for _, count, _ in taken(ring)][:5] == [15000, 30000, 31999, 32001, 31998]
    assert sampler.errors == 0


def test_a_failing_force_sensor_costs_no_counts():
    """An encoder of an absolute angle comes round again meanwhile."""
    ring = Ring()
    angles, forces = Sensor([0, 100, 200, 44, 144]), Sensor([OSError, OSError, OSError, 9])
    sampler = Sampler(lambda: 7, angles.read, forces.read, ring, 256)
    for _ in range(4):
        sampler.tick(None)
    assert (sampler.errors, sampler.count) == (3, 400)


def test_a_failing_sensor_is_counted_and_the_next_tick_comes():
    ring = Ring()
    sampler = sampler_of([0, OSError, 5], ring)
    sampler.tick(None)
    sampler.tick(None)
    assert (sampler.errors, sampler.count) == (1, 5)


def test_a_ctrl_c_in_the_callback_is_kept_for_the_loop():
    sampler = sampler_of([0, KeyboardInterrupt], Ring())
    sampler.tick(None)
    assert sampler.is_interrupted


def test_force_in_millinewtons():
    bridge = Calibration(3200, 166667, 200, 65000)
    assert bridge.force_mn(3200) == 0
    assert abs(bridge.force_mn(3200 + 6000) - 1000) <= 1
    assert bridge.force_mn(2600) < 0
    assert abs(Calibration(0, 260000, 0, 65535).force_mn(65535) - 17039) <= 2


def test_a_short_noise_is_averaged_away():
    force = ForceFilter(Calibration(3200, 166667, 200, 65000))
    for _ in range(20):
        force.step(3200)
    assert force.step(3200 + 6 * 400)
    assert 40 <= force.mn <= 60


def test_an_open_sensor_is_a_fault_and_never_a_force():
    force = ForceFilter(Calibration(3200, 166667, 200, 65000))
    for _ in range(FAULT_SAMPLES):
        force.step(65535)
    assert force.is_faulty
    assert force.faults == 1
    for _ in range(FAULT_SAMPLES):
        force.step(3200)
    assert not force.is_faulty
