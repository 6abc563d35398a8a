"""What a calibration makes of readings, and each reason for which it is refused."""

from dataclasses import replace

import pytest

from dermaroller.errors import CalibrationRefused, UsageError
from dermaroller.fitting import Point, as_device, diameter_mm, fit_force, fit_travel
from dermaroller.link.answers import Calibration
from dermaroller.log.geometry import Geometry
from dermaroller.weights import force_mn, forces_mn
from roller.calibration import LINEAR, TABLE

HELD = Calibration(kind="linear", tare_raw=3200, nn_per_count=166667, raw_min=400, raw_max=64000)
HEAD = Geometry(drum_diameter_um=20000, needle_length_um=1500, counts_per_rev=32)


def bridge(*forces, tare=3300.0, nn_per_count=150000):
    return [Point(mn, tare + mn * 1e6 / nn_per_count) for mn in forces]


def test_a_line_is_found_through_noise():
    points = [Point(p.force_mn, p.raw + off) for p, off in zip(bridge(981, 1961, 4903), (12, -9, 5), strict=True)]
    fit = fit_force(LINEAR, 3300.4, points, HELD)
    assert fit.kept["kind"] == LINEAR and fit.kept["tare_raw"] == 3300
    assert fit.kept["nn_per_count"] == pytest.approx(150000, rel=0.002)
    assert 0 < fit.max_residual_percent < 0.1


def test_two_weights_make_a_line_and_what_was_a_table_is_cleared():
    fit = fit_force(LINEAR, 3300, bridge(1000, 2000), replace(HELD, kind="table", table=((100, 50), (200, 100))))
    assert fit.kept == {"kind": "linear", "nn_per_count": 150000, "tare_raw": 3300, "table": []}


def test_a_table_joins_its_points_and_shows_how_well_a_weight_repeats():
    points = [Point(500, 9000), Point(1500, 20000), Point(5000, 40000), Point(1500, 20600)]
    fit = fit_force(TABLE, 1000, points, HELD)
    assert fit.kept["table"] == [[8000, 500], [19300, 1500], [39000, 5000]]
    assert [each.fitted for each in fit.residuals] == [500, 1473, 5000, 1553]
    assert fit.max_residual_percent == pytest.approx(1.06, abs=0.01)
    device = as_device(HELD, fit.kept)
    assert device.force_mn(20300) == 1500


REFUSED = {
    "too few for a line": (LINEAR, bridge(1000), "1 different weights are too few; give at least 2"),
    "the same twice": (LINEAR, bridge(1000, 1000), "1 different weights are too few"),
    "too few for a table": (TABLE, bridge(1000, 2000), "2 different weights are too few; give at least 3"),
    "too many for a table": (TABLE, bridge(*range(500, 5000, 500)), "9 different weights are too many"),
    "too heavy": (LINEAR, bridge(1000, 25000), "a weight of 25 N is outside 0 to 20 N"),
    "no weight": (LINEAR, bridge(0, 2000), "a weight of 0 N is outside"),
    "too light": (LINEAR, bridge(100, 200), "the greatest weight is 0.2 N"),
    "wired the wrong way": (LINEAR, [Point(1000, 2900), Point(2000, 2500)], "does not rise under weight.*Swap"),
    "not linear": (LINEAR, [Point(1000, 13000), Point(2000, 20000), Point(4000, 32000)],
                   "off by .* limit is 2 %.*--table"),
    "a resistor that does not repeat": (
        TABLE, [Point(1000, 9000), Point(2000, 20000), Point(2000, 30000), Point(3000, 40000)], "the limit is 10 %"),
    "weights mixed up": (TABLE, [Point(1000, 9000), Point(3000, 8000), Point(5000, 20000)],
                         "do not rise with the weight"),
    "a slope beyond the device": (LINEAR, bridge(2000, 4000, nn_per_count=400000), "slope must be 1000 to 260000 nN"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_fit_is_refused(name):
    kind, points, reason = REFUSED[name]
    with pytest.raises(CalibrationRefused, match=f"^not calibrated: .*{reason}"):
        fit_force(kind, 3300, points, HELD)


def test_a_tare_outside_the_sensor_is_refused():
    with pytest.raises(CalibrationRefused, match="tare is outside the sensor's range"):
        fit_force(LINEAR, 100, bridge(1000, 2000, tare=100), HELD)


def test_travel_from_a_ruler():
    fit = fit_travel(300, [153, 152, 153], 320, 10, HEAD)
    assert fit.kept == {"nm_per_count": 1965066}
    assert diameter_mm(1965066, 32) == pytest.approx(20.016, abs=0.001)
    assert fit.max_residual_percent == pytest.approx(0.44, abs=0.01)
    assert fit.residuals[1].fitted == pytest.approx(298.7, abs=0.01)


def test_a_drum_on_its_needle_tips_is_no_mistake():
    assert fit_travel(300, [133, 133], 321, 10, HEAD).kept["nm_per_count"] == 2255639


TRAVEL_REFUSED = {
    "revolutions miscounted": ((300, [153], 352, 10, HEAD), "gave 35.20 counts, and the head says 32: off by 10.0 %"),
    "a magnet missing": ((300, [153], 310, 10, HEAD), "off by 3.1 %; the limit is 2 %"),
    "hardly rolled": ((300, [30, 153], 320, 10, HEAD), "turned 30 counts along 300 mm; at least 50"),
    "not rolled": ((300, [], 320, 10, HEAD), "turned 0 counts"),
    "a run that slipped": (
        (300, [153, 153, 140], 320, 10, HEAD),
        "run 3 gave 140 counts and the middle one 153, off by 8.5 %",
    ),
    "a wrong ruler": ((400, [153, 153], 320, 10, HEAD), "means a drum of 26.63 mm, but the head's is 20 mm, or 23 mm"),
}


@pytest.mark.parametrize("name", TRAVEL_REFUSED)
def test_a_bad_travel_is_refused(name):
    arguments, reason = TRAVEL_REFUSED[name]
    with pytest.raises(CalibrationRefused, match=f"^not calibrated: .*{reason}"):
        fit_travel(*arguments)


def test_weights_as_people_write_them():
    assert forces_mn("100g, 0.5 kg,1.5N,1500mN") == pytest.approx([980.665, 4903.325, 1500, 1500])
    for bad in ("100", "0g", "-5g", "5 lb", ""):
        with pytest.raises(UsageError, match="is no weight; write it with its unit"):
            force_mn(bad)
