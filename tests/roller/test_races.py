"""The timer callback is fired at every point of the loop at which the chip could run it; totals stay exact."""

from fuse import STRIDE, Drum, Fuse, taken
from story import Folder, Handle

from roller.calibration import Calibration
from roller.clock import Clock
from roller.meter import Meter
from roller.plan import Plan
from roller.ring import SIZE, Ring
from roller.sampler import Sampler
from roller.settings import Head, Settings


class Silent:
    """A listener of the meter that remembers the strokes."""

    def __init__(self):
        self.told = []

    def stroked(self, stroke):
        self.told.append((stroke.counts, stroke.path_counts, stroke.is_counted))

    def touched(self, t_ms):
        pass

    lifted = touched

    def gap(self, start_ms, end_ms):
        raise AssertionError("a gap of %d ms" % (end_ms - start_ms))


def every_k(run, stride=STRIDE):
    """Call run(k) for one k after the other until it says that the k-th point lay behind the end."""
    k = 1
    while run(k):
        k += stride
    assert k > 3, "the callback found no point to run at"
    return k


FILLINGS = (0, 1, 2, 100, SIZE - 3, SIZE - 2, SIZE - 1)  # empty, half full, one short of full, full


def test_the_ring_keeps_order_and_number_wherever_the_callback_strikes():
    for filling in FILLINGS:
        stride = 1 if filling <= 2 else STRIDE
        every_k(lambda k: is_ring_right(k, filling), stride)  # noqa: B023 - called before the next filling


def is_ring_right(k, filling):
    """Drain a ring while the callback puts a sample in; whether it still came to that."""
    ring = Ring()
    drum = Drum()
    drum.count = 0
    sampler = Sampler(drum.ticks_us, drum.read_count, drum.read_force_raw, ring)
    fuse = Fuse(lambda: sampler.tick(None))
    for _ in range(filling):
        sampler.tick(None)
    fuse.light(k)
    found = taken(ring)
    fired = fuse.put_out()
    counts = [count for _, count, _ in found + taken(ring)]
    assert len(counts) + ring.overflow == filling + fired, (k, filling)
    assert counts == list(range(1, len(counts) + 1)), (k, filling)
    return fired


def test_the_meter_counts_the_same_wherever_the_callback_strikes():
    every_k(is_meter_right)


def is_meter_right(k):
    """Ten samples wait, with a touch in them; the eleventh comes while the loop takes those."""
    ring = Ring()
    drum = Drum()
    listener = Silent()
    calibration = Calibration(3200, 166667, 200, 65000)
    meter = Meter(Plan(), Settings(Head()), calibration, Clock(drum.t_us), listener)
    sampler = Sampler(drum.ticks_us, drum.read_count, drum.read_force_raw, ring)
    fuse = Fuse(lambda: sampler.tick(None))
    for _ in range(10):
        sampler.tick(None)
    fuse.light(k)
    meter.drain(ring)
    fired = fuse.put_out()
    for _ in range(20 - fired):
        sampler.tick(None)
        meter.drain(ring)
    drum.force_raw = 3200
    for _ in range(75):
        sampler.tick(None)
        meter.drain(ring)
    assert listener.told == [ROLLED], (k, listener.told)
    assert meter.dose.path_counts[0] == ROLLED[1]
    return fired


ROLLED = (32, 32, True)  # 29 counts since the first sample, and 3 until the averaged force has fallen


def test_a_session_counts_every_count_wherever_the_callback_strikes_the_loop():
    """One long stroke, one turn of the loop for each k."""
    with Folder() as folder:
        handle = Handle(folder)
        hal = handle.hal
        sampler = handle.app.sampler
        handle.roll(20, 100)

        def sample():
            hal.t_us += 1000
            hal.count += 1
            sampler.tick(None)

        fuse = Fuse(sample)
        k = turns = fired = 0
        while fired == turns:
            k += STRIDE
            turns += 1
            sample()
            fuse.light(k)
            handle.app.step()
            fired += fuse.put_out()
        handle.wait(50)
        assert fired > 10  # a turn in which nothing happens has few points
        assert handle.app.meter.dose.path_counts[0] == hal.count == 20 + turns + fired
        assert handle.app.ring.overflow == handle.app.session.gaps == 0
