import pytest

from dermaroller.overlap import distinct_holes_per_cm2, punctured_area_fraction


@pytest.mark.parametrize(
    ("hole_mm", "area_percent", "distinct"), [(0.07, 0.878, 225.2), (0.25, 10.64, 189.2)], ids=["0.07 mm", "0.25 mm"]
)
def test_acceptance_case_6_overlap_of_15_passes(hole_mm, area_percent, distinct):
    assert punctured_area_fraction(229.18, hole_mm) * 100 == pytest.approx(area_percent, abs=0.006)
    assert distinct_holes_per_cm2(229.18, hole_mm) == pytest.approx(distinct, abs=0.06)


def test_holes_without_a_width_never_merge():
    assert punctured_area_fraction(229.18, 0) == 0
    assert distinct_holes_per_cm2(229.18, 0) == 229.18


@pytest.mark.parametrize("function", [punctured_area_fraction, distinct_holes_per_cm2])
def test_what_cannot_be_is_refused(function):
    with pytest.raises(ValueError, match="negative"):
        function(-1, 0.1)
    with pytest.raises(ValueError, match="negative"):
        function(1, -0.1)
