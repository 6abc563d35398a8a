"""The real host calibrates the real firmware: weights on a simulated drum, a ruler, the session that this opened."""

import numpy as np
import pytest

from dermaroller import calibrate
from dermaroller.device import Device
from dermaroller.errors import CalibrationRefused
from dermaroller.fitting import diameter_mm
from dermaroller.sim import image
from dermaroller.sim.lockstep import LockStep

pytest.importorskip("littlefs")
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("micropython")]

FORCES_MN = [980.665, 1961.33, 4903.325]
STEP_S = 4.0  # each force lies so long; a reading takes 2.4 s and its requests
TURN_MM = np.pi * 20 * 10


def write(path, rows):
    path.write_text("t_s,position_mm,force_n\n" + "".join(f"{t:.3f},{mm:.4f},{n:.4f}\n" for t, mm, n in rows))
    return path


def weights_trace(path, scale=1.0):
    """From 2 s on nothing, then each weight for STEP_S."""
    rows = [(0, 0, 0)]
    for i, mn in enumerate([0, *FORCES_MN, 0]):
        at_s = 2 + i * STEP_S
        rows += [(at_s, 0, mn * scale / 1000), (at_s + STEP_S - 0.1, 0, mn * scale / 1000)]
    return write(path, rows)


def ruler_trace(path):
    """Ten revolutions, then 300 mm forward, back and forward, each in 4 s with a second's rest."""
    ends_mm = [TURN_MM, TURN_MM + 300, TURN_MM, TURN_MM + 300]
    rows, at_mm, at_s = [(0, 0, 0), (2, 0, 0)], 0.0, 2.0
    for end_mm in ends_mm:
        rows += [(at_s + 0.2, at_mm, 2), (at_s + 4, end_mm, 2), (at_s + 5, end_mm, 0)]
        at_s, at_mm = at_s + 5, end_mm
    return write(path, rows)


class Hand:
    """Waits in the board's time until the trace has come to the next step, as a person who presses Enter then."""

    def __init__(self, board, *times_s):
        self._board = board
        self._times_s = list(times_s)

    def __call__(self, text):
        self._board.wait(max(0.0, self._times_s.pop(0) - self._board.now_s()))


@pytest.fixture
def flash(tmp_path):
    path = tmp_path / "flash.bin"
    image.make_image(path)
    return path


def open_device(board):
    return Device(board, "board", clock=board.now_s)


def weigh(board, device):
    hand = Hand(board, *(2.5 + i * STEP_S for i in range(2 + len(FORCES_MN))))
    return calibrate.measure_force(device, "linear", FORCES_MN, hand, board.wait)


def test_weights_on_the_drum_give_its_slope_back(flash, tmp_path):
    with LockStep(flash, weights_trace(tmp_path / "w.csv"), baud=921_600) as board:
        device = open_device(board)
        calibrate.check_idle(device)
        result = weigh(board, device)
        assert result.fit.kept["nn_per_count"] == pytest.approx(166667, rel=0.005)
        assert result.fit.kept["tare_raw"] == pytest.approx(3200, abs=60)  # 10 mN: the sensor's drift
        assert result.fit.max_residual_percent < 0.5
        assert calibrate.keep(device, result.fit.kept, 1800000000) == 1  # the weights opened a session
        kept = device.calibration()
    with LockStep(flash) as board:  # after a restart
        assert open_device(board).calibration() == kept
    assert (kept.nn_per_count, kept.utc_s) == (result.fit.kept["nn_per_count"], 1800000000)


def test_a_hand_that_leans_on_the_drum_is_refused(flash, tmp_path):
    rows = [(0, 0, 0), *((2 + 0.1 * i, 0, 1 + 0.3 * np.sin(i)) for i in range(40))]
    with LockStep(flash, write(tmp_path / "hand.csv", rows)) as board:
        device = open_device(board)
        board.wait(2.2)
        with pytest.raises(CalibrationRefused, match=r"with nothing on the drum, the readings (are noisy|wander)"):
            calibrate.measure_force(device, "linear", FORCES_MN, lambda text: None, board.wait)


def test_a_session_that_is_open_stops_it(flash, tmp_path):
    with LockStep(flash, weights_trace(tmp_path / "w.csv")) as board:
        device = open_device(board)
        board.wait(2 + STEP_S + 1)
        with pytest.raises(CalibrationRefused, match="session 1 is open on board"):
            calibrate.check_idle(device)


def test_ten_revolutions_and_a_ruler(flash, tmp_path):
    with LockStep(flash, ruler_trace(tmp_path / "r.csv")) as board:
        device = open_device(board)
        rests_s = [1.5, 6.7, 6.8, 11.7, 11.8, 16.7, 16.8, 21.7, 22.5]
        result = calibrate.measure_travel(device, 300, 3, Hand(board, *rests_s))
        assert result.turn_counts == pytest.approx(320, abs=1)
        assert result.runs == pytest.approx([153] * 3, abs=1)
        assert diameter_mm(result.fit.kept["nm_per_count"], 32) == pytest.approx(20, rel=0.01)
        calibrate.keep(device, result.fit.kept, 1800000000)
        assert device.calibration().nm_per_count == result.fit.kept["nm_per_count"]
