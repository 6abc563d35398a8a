"""Contact, strokes and dose, by the words of the design."""

from roller.contact import AIR, LEAVING, TOUCH, Contact
from roller.dose import Dose
from roller.passes import PassCounter
from roller.plan import Plan, Zone
from roller.settings import Head, Settings


class Strokes:
    """A pass counter, and the strokes it told as (counts, path, effective, counted)."""

    def __init__(self):
        self.told = []
        self.path = 0
        self.effective = 0
        self.counter = PassCounter(Settings(Head()), self.tell)
        self.count = 0
        self.t_ms = 0

    def tell(self, stroke):
        self.told.append((stroke.counts, stroke.path_counts, stroke.effective_counts, stroke.is_counted))

    def touch(self):
        self.counter.begin(self.t_ms, self.count)

    def roll(self, counts, force_mn=2000):
        step = 1 if counts > 0 else -1
        for _ in range(abs(counts)):
            self.count += step
            self.t_ms += 1
            self.counter.stroke.feel(force_mn)
            added = self.counter.move(self.t_ms, self.count, force_mn >= 600)
            self.path += added
            if force_mn >= 600:
                self.effective += added

    def lift(self):
        self.counter.end(self.t_ms)

    @property
    def passes(self):
        return sum(told[3] for told in self.told)


def test_there_and_back_are_two_passes_and_two_revolutions():
    strokes = Strokes()
    strokes.touch()
    strokes.roll(32)
    strokes.roll(-32)
    strokes.lift()
    assert strokes.told == [(32, 32, 32, True), (-32, 32, 32, True)]
    assert strokes.path * 192 // 32 == 384


def test_a_dither_of_one_count_is_no_path():
    strokes = Strokes()
    strokes.touch()
    for _ in range(1000):
        strokes.roll(1)
        strokes.roll(-2)
        strokes.roll(1)
    strokes.lift()
    assert (strokes.path, strokes.told) == (0, [])


def test_tremble_on_the_way_neither_ends_nor_lengthens_a_pass():
    strokes = Strokes()
    strokes.touch()
    for _ in range(10):
        strokes.roll(5)
        strokes.roll(-2)
    strokes.lift()
    assert strokes.told == [(32, 32, 32, True)]


def test_rolling_back_by_more_than_four_millimetres_ends_the_pass():
    strokes = Strokes()
    strokes.touch()
    strokes.roll(20)
    strokes.roll(-3)
    strokes.roll(20)
    strokes.lift()
    assert [told[0] for told in strokes.told] == [20, -3, 20]
    assert strokes.passes == 2
    assert strokes.path == 43


def test_a_pause_does_not_end_a_pass():
    strokes = Strokes()
    strokes.touch()
    strokes.roll(20)
    for _ in range(5000):
        strokes.t_ms += 1
        strokes.counter.move(strokes.t_ms, strokes.count, True)
    strokes.roll(20)
    strokes.lift()
    assert strokes.told == [(40, 40, 40, True)]


def test_a_short_stroke_adds_its_punctures_but_is_no_pass():
    strokes = Strokes()
    strokes.touch()
    strokes.roll(5)
    strokes.lift()
    assert strokes.told == [(5, 5, 5, False)]


def test_ten_millimetres_are_a_pass():
    strokes = Strokes()
    strokes.touch()
    strokes.roll(6)  # 11.8 mm; 5 counts are 9.8
    strokes.lift()
    assert strokes.passes == 1


def test_motion_before_the_first_direction_is_known_is_not_lost():
    strokes = Strokes()
    strokes.touch()
    strokes.roll(-1)
    strokes.roll(33)
    strokes.lift()
    assert strokes.told == [(33, 33, 33, True)]


def test_only_motion_at_or_above_the_low_force_is_effective():
    strokes = Strokes()
    strokes.touch()
    strokes.roll(10, 599)
    strokes.roll(10, 600)
    strokes.lift()
    assert strokes.told == [(20, 20, 10, True)]


def test_force_mean_and_peak_of_an_hour_stay_small():
    strokes = Strokes()
    strokes.touch()
    strokes.roll(10, 5000)
    for _ in range(200000):
        strokes.counter.stroke.feel(5000)
    strokes.counter.stroke.feel(7000)
    assert abs(strokes.counter.stroke.force_mean_mn - 5000) <= 1
    assert strokes.counter.stroke.force_peak_mn == 7000


def contact_after(*samples):
    contact = Contact(Settings(Head()))
    t_ms = 0
    for force_mn, ms in samples:
        for _ in range(ms):
            t_ms += 1
            contact.step(t_ms, force_mn)
    return contact


def test_contact_begins_at_the_upper_threshold():
    assert contact_after((299, 50)).state == AIR
    assert contact_after((300, 1)).state == TOUCH


def test_contact_holds_between_the_thresholds():
    assert contact_after((300, 1), (150, 500)).state == TOUCH


def test_a_lift_is_believed_after_sixty_milliseconds_and_dated_back():
    contact = contact_after((400, 10), (0, 60))
    assert contact.state == LEAVING
    contact = contact_after((400, 10), (0, 61))
    assert contact.state == AIR
    assert contact.fell_ms == 11


def test_a_short_dip_is_no_lift():
    assert contact_after((400, 10), (0, 59), (150, 1)).state == TOUCH


def test_fifteen_passes_over_a_zone_of_one_revolution_by_the_drums_width():
    """Acceptance case 3: 480 counts in 12.566 cm2 are 229.18 per cm2."""
    plan = Plan()
    plan.zones = [Zone("strip", 1257, 2291)]
    plan.max_density_per_cm2_x10 = 2300
    dose = Dose(plan)
    dose.roll(0, 479, True)
    assert not dose.is_target_reached(0)
    dose.roll(0, 1, False)
    assert not dose.is_target_reached(0)  # that was not pressed enough
    assert not dose.is_over_limit(0)
    assert dose.path_counts[0] * plan.head.needles // plan.head.counts_per_rev == 2880
    assert (dose.effective_counts[0], dose.next_effective(0), dose.next_counts(0)) == (479, 480, 483)
    dose.roll(0, 1, True)
    assert dose.is_target_reached(0)
    dose.roll(0, 2, False)
    assert dose.is_over_limit(0)  # which goes by all


def test_without_an_area_there_is_no_target_and_no_limit():
    dose = Dose(Plan())
    dose.roll(0, 1000000, True)
    assert not dose.is_target_reached(0)
    assert not dose.is_over_limit(0)


def test_the_reference_heads_count_is_1963495_nanometres():
    assert Head().nm_per_count == 1963495
    settings = Settings(Head())
    assert (settings.reversal_counts, settings.pass_min_counts) == (3, 6)
