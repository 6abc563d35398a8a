"""The skin covered in a session without zones, against arithmetic done by hand."""

import pytest
from rich.console import Console

from dermaroller import report
from dermaroller.log.geometry import Geometry
from dermaroller.session import Session
from dermaroller.show import session_view
from dermaroller.strips import ASSUMPTION, covered
from dermaroller.summary import summary
from roller import records

from .logs import LogBuilder

FREE = [{"name": "free", "area_mm2": None, "target_per_cm2_x10": None}]


def rolled(*strips, **header):
    """A session whose contacts left these strips: (bins, most visits, sum of visits)."""
    log = LogBuilder(**header)
    for i, (bins, most, total) in enumerate(strips):
        log.stroke(1000 * i, counts=total).record(records.STRIP, 1000 * i, bins, most, total)
    return Session.parse(log.footer().data())


def test_fifteen_passes_over_one_revolution_and_one_over_two():
    # 32 bins are 62.83 mm, 12.566 cm2 under a drum of 20 mm; 192 needles make 15.279 per cm2 and pass.
    found = summary(rolled((32, 15, 480), (64, 1, 64), zones=FREE, plan=None)).covered
    assert [strip.length_mm for strip in found.strips] == [62.83, 125.66]
    assert [strip.area_cm2 for strip in found.strips] == [12.57, 25.13]
    assert [strip.density_per_cm2 for strip in found.strips] == [229.18, 15.28]
    assert (found.area_cm2, found.max_visits, found.max_density_per_cm2) == (37.7, 15, 229.18)
    assert found.density_per_cm2 == pytest.approx(544 / 96 * 15.279, abs=0.01)  # punctures over area, both summed
    assert found.strips[0].start_s == 0.0


def test_another_head_has_another_density():
    assert Geometry().per_visit_cm2 == pytest.approx(15.279, abs=0.001)
    assert Geometry(needles=96, drum_width_um=10000).per_visit_cm2 == pytest.approx(15.279, abs=0.001)
    assert Geometry(needles=540).per_visit_cm2 == pytest.approx(42.97, abs=0.01)


def test_a_log_without_strips_tells_nothing():
    assert covered([], Geometry()) is None
    assert summary(rolled(zones=FREE, plan=None)).covered is None


def test_a_strip_of_no_length_is_no_division():
    log = LogBuilder(zones=FREE, plan=None).record(records.STRIP, 5, 0, 0, 0).footer()
    assert summary(Session.parse(log.data())).covered.density_per_cm2 is None


@pytest.mark.parametrize("is_free", [True, False])
def test_it_is_shown_with_its_assumption_where_there_are_no_zones(is_free):
    session = rolled((32, 15, 480), **({"zones": FREE, "plan": None} if is_free else {}))
    console = Console(width=300)
    with console.capture() as captured:
        console.print(session_view(summary(session)))
    assert ("12.6 cm² covered at most, 229.2 per cm² at least; one strip 15 times over" in captured.get()) is is_free
    assert (ASSUMPTION in captured.get()) is is_free
    page = report.render(session)
    assert ("At most 12.6 to 14.5 cm² covered, at 199.3 to 229.2 " in page) is is_free  # 20 : 23 is the band
    assert (ASSUMPTION in page) is is_free
