"""The acceptance cases of the project's reference numbers: arithmetic, from counts to what the host tool shows."""

import math

import pytest
from story import Folder, Handle, read

from dermaroller.log.geometry import Geometry
from dermaroller.session import Session
from dermaroller.show import band
from dermaroller.sim.run import run
from dermaroller.sim.world import Sensors
from dermaroller.summary import summary
from roller.encoder import QuadratureDecoder
from roller.plan import Plan, Zone

from .edges import MM_PER_COUNT, edges
from .test_counts import last_session, path_counts, rolled

REFERENCE = Geometry()
MF8_PASS_PER_CM2 = 192 / (math.pi * 2.0 * 2.0)


def shown(area_mm2, strokes, ms=400):
    """What the host shows of a session in one zone of the device; a stroke is (counts, whether a lift follows)."""
    plan = Plan()
    plan.zones = [Zone("zone", area_mm2, 0)]
    with Folder() as folder:
        handle = Handle(folder, plan)
        handle.wait(20)
        for counts, is_lifted in strokes:
            handle.roll(counts, ms)
            if is_lifted:
                handle.lift(100)
        handle.lift(300)
        handle.press(2200)
        return summary(Session.parse(read(folder + "/00001.drl")))


def test_case_1_one_pass_and_fifteen_of_the_reference_head():
    """One pass over an area as wide as the drum and one revolution long: 12.566 cm2."""
    area_cm2 = math.pi * 2.0 * 2.0
    assert REFERENCE.punctures(32) / area_cm2 == pytest.approx(15.279, abs=0.0005)
    assert REFERENCE.punctures(15 * 32) / area_cm2 == pytest.approx(229.18, abs=0.005)
    zone = shown(1257, [(32, True)]).zones[0]
    assert zone.density_per_cm2 == pytest.approx(15.279, rel=0.001)  # areas are kept in whole mm2


def test_case_2_the_tip_circle_makes_a_band():
    assert 229.18 * REFERENCE.tip_circle_ratio == pytest.approx(199.3, abs=0.05)
    zone = shown(1257, [(32, True)] * 15).zones[0]
    assert band(zone) == "199 to 229"


def test_case_3_fifteen_revolutions():
    session = shown(1257, [(32, True)] * 15)
    assert (session.passes, session.path_mm, session.punctures) == (15, 942.48, 2880)
    assert session.zones[0].density_per_cm2 == pytest.approx(229.18, rel=0.001)


@pytest.mark.slow
def test_case_4_there_and_back_is_path_and_dither_is_none():
    session = shown(None, [(32, False), (-32, True)])
    assert sum(stroke.distance_mm * (-1 if stroke.direction == "backward" else 1) for stroke in session.strokes) == 0
    assert (session.passes, session.punctures) == (2, 384)
    assert session.path_mm == pytest.approx(2 * math.pi * 20, abs=0.01)
    dither = shown(None, [(1, False), (-1, False)] * 1000, ms=2)
    assert (dither.passes, dither.punctures, dither.strokes) == (0, 0, ())


def test_case_4_dither_at_one_threshold_nets_to_zero_in_the_decoder():
    decoder = QuadratureDecoder(0)
    for _ in range(1000):
        decoder.edge(1)
        decoder.edge(0)
    assert (decoder.value(), decoder.illegal) == (0, 0)


def test_case_5_a_face_of_400_cm2():
    """15 passes over 400 cm2 with a drum 2 cm wide are 30 m: 15,279 counts, to the next whole one."""
    counts = round(15 * 400 / 2.0 * 10 / MM_PER_COUNT)
    assert counts == 15279
    session = shown(40000, [(153, False), (-153, True)] * 49 + [(153, False), (-132, True)])
    assert session.path_mm == pytest.approx(30_000, abs=2)
    assert session.path_mm / (math.pi * 20) == pytest.approx(477.46, abs=0.02)
    assert session.punctures == pytest.approx(91_673, abs=6)
    assert session.zones[0].density_per_cm2 == pytest.approx(229.18, abs=0.02)


@pytest.mark.slow
def test_case_7_half_a_metre_a_second_for_ten_seconds():
    trace = rolled(500, [5000])
    session = last_session(run(trace, seed=7))
    assert path_counts(session) == len(edges(trace, Sensors(), 7)[0])
    assert path_counts(session) == pytest.approx(2546, abs=1)  # where between two edges the drum starts


@pytest.mark.parametrize("raw", [0, 65535], ids=["shorted", "open"])
def test_case_8_a_broken_force_sensor_is_a_fault_and_never_a_force(raw):
    with Folder() as folder:
        handle = Handle(folder)
        handle.roll(51, 500)
        handle.hal.force_raw = raw
        handle.spin(200, 1000)
        assert "fault" in handle.states()
        handle.hal.force_raw = None
        handle.lift(500)
        handle.press(2200)
        log = Session.parse(read(folder + "/00001.drl"))
    assert path_counts(log) == 51
    assert [alert.kind for alert in log.entries.alerts] == ["fault", "fault_over"]
    assert max(stroke.force_peak_n for stroke in log.entries.strokes) < 2.1
    assert "sensor_faults" in log.footer.counters


def test_one_pass_of_the_reference_head_is_its_needles_over_its_surface():
    assert MF8_PASS_PER_CM2 == pytest.approx(15.279, abs=0.0005)
