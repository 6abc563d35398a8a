"""`dermaroller calibrate` against a device in memory: what is asked, measured, shown, refused and kept."""

import io
import json

import pytest

from dermaroller import calibrate, steadiness
from dermaroller.device import Device
from dermaroller.errors import CalibrationRefused
from dermaroller.sim.example import FACE
from roller import wire
from roller.calibration import Calibration

from .fake_device import INFO, FakeDevice

FORCES_MN = [980.665, 1961.33, 4903.325]


class SensorDevice(FakeDevice):
    """Answers `raw` from what lies on the drum now, and keeps calibrations with the firmware's own code."""

    def __init__(self, nn_per_count=150000, tare_raw=3300, noise_raw=100):
        super().__init__({})
        self.calibration = Calibration(3200, 166667, 400, 64000)
        self.force_mn = 0.0
        self.count = 0
        self.session = None
        self.n = 250
        self.wander_raw = 0
        self.noise_raw = noise_raw
        self.is_forgetful = False
        self.head = None
        self._nn_per_count = nn_per_count
        self._tare_raw = tare_raw

    def _info(self):
        return wire.JSON, 0, json.dumps({**INFO, "session": self.session}).encode()

    def _plan(self):
        plan = FACE.plan.as_json()
        plan["head"] |= self.head or {}
        return wire.JSON, 0, json.dumps({"plan": plan if self.head else None, "error": None}).encode()

    def _stop(self):
        stopped, self.session = self.session, None
        return wire.JSON, 0, json.dumps({"stopped": stopped}).encode()

    def _raw(self):
        self._tare_raw += self.wander_raw
        raw = int(self._tare_raw + self.force_mn * 1e6 / self._nn_per_count)
        low, high = max(0, raw - self.noise_raw), min(65535, raw + self.noise_raw)
        answer = {"n": self.n, "force_raw": raw, "force_raw_min": low, "force_raw_max": high, "force_mn": 0,
                  "is_faulty": False, "count": self.count, "speed_mm_s": 0}  # fmt: skip
        return wire.JSON, 0, json.dumps(answer).encode()

    def _cal(self, text=None):
        if text and not self.is_forgetful:
            self.calibration.take(json.loads(text))
            self.calibration.sequence += 1
        return wire.JSON, 0, json.dumps(self.calibration.as_dict()).encode()


class Hand:
    """Does what it is asked, one step of its list each time; `said` is what it was asked."""

    def __init__(self, *steps):
        self.steps = list(steps)
        self.said = []

    def __call__(self, text):
        self.said.append(text)
        self.steps.pop(0)()


def device(fake):
    return Device(fake, "fake", silence_s=0.01)


def lay(fake, *forces_mn):
    """Steps that put each of these on the drum, one after the other."""
    return [lambda mn=mn: setattr(fake, "force_mn", mn) for mn in forces_mn]


def roll(fake, *counts):
    return [lambda n=n: setattr(fake, "count", fake.count + n) for n in counts]


def measure_force(fake, kind="linear", forces_mn=FORCES_MN):
    hand = Hand(*lay(fake, 0, *forces_mn, 0))
    return calibrate.measure_force(device(fake), kind, forces_mn, hand, lambda seconds: None), hand


def test_weights_become_a_slope_that_the_device_keeps():
    fake = SensorDevice()
    result, hand = measure_force(fake)
    assert hand.said[0].startswith("Lay the handle down") and hand.said[3].startswith("Put 4.903 N (500 g) on the drum")
    assert hand.said[4:] == ["Take everything off the drum"]
    assert result.fit.kept == {"kind": "linear", "nn_per_count": pytest.approx(150000, abs=20), "tare_raw": 3300}
    assert fake.calibration.sequence == 0
    fake.session = 3  # the weights opened it
    assert calibrate.keep(device(fake), result.fit.kept, 1800000000) == 3
    assert fake.session is None
    assert (fake.calibration.nn_per_count, fake.calibration.utc_s) == (result.fit.kept["nn_per_count"], 1800000000)


def test_the_longest_table_fits_a_request():
    fake = SensorDevice(tare_raw=10000, nn_per_count=260000)
    table = [[41000 + i, 19000 + i] for i in range(8)]
    kept = {"kind": "table", "table": table, "tare_raw": 10000}
    assert calibrate.keep(device(fake), kept, 4102444800) is None
    assert fake.calibration.table == table


def test_ten_revolutions_and_three_runs():
    fake, still = SensorDevice(), [lambda: None]
    steps = (
        still + roll(fake, -320) + still + roll(fake, 153) + still + roll(fake, -152) + still + roll(fake, 153) + still
    )
    result = calibrate.measure_travel(device(fake), 300, 3, Hand(*steps))
    assert (result.turn_counts, result.runs) == (320, [153, 152, 153])
    assert result.fit.kept == {"nm_per_count": 1965066}


def test_the_plans_head_is_the_measure():
    fake = SensorDevice()
    fake.head = {"counts_per_rev": 256}
    head = calibrate.head_of(device(fake))
    assert (head.counts_per_rev, head.drum_diameter_um) == (256, 20000)


def test_an_open_session_is_not_disturbed():
    fake = SensorDevice()
    fake.session = 4
    with pytest.raises(CalibrationRefused, match=r"session 4 is open on fake. End it with a long press"):
        calibrate.check_idle(device(fake))


def test_a_device_that_does_not_keep_it_is_caught():
    fake = SensorDevice()
    fake.is_forgetful = True
    with pytest.raises(CalibrationRefused, match="fake holds nn_per_count 166667 after 150000 was written"):
        calibrate.keep(device(fake), {"nn_per_count": 150000}, 1800000000)


UNSTEADY = {
    "noise": ({"noise_raw": 2000}, "with nothing on the drum, the readings are noisy by 4000 counts, 6.29 %.* 5 %"),
    "wander": ({"wander_raw": 40}, "the readings wander by 320 counts, 0.50 %.* limit is 0.2 %"),
    "too few": ({"n": 0}, "the sensor gave too few readings"),
}


@pytest.mark.parametrize("name", UNSTEADY)
def test_an_unsteady_sensor_is_refused(name):
    fake = SensorDevice()
    changes, reason = UNSTEADY[name]
    for key, value in changes.items():
        setattr(fake, key, value)
    with pytest.raises(CalibrationRefused, match=f"^not calibrated: .*{reason}"):
        measure_force(fake)


@pytest.mark.parametrize(("tare_raw", "reason"), [(300, "is below 400: the sensor is open"), (63950, "is above 64000")])
def test_a_reading_at_a_rail_is_refused(tare_raw, reason):
    with pytest.raises(CalibrationRefused, match=reason):
        measure_force(SensorDevice(tare_raw=tare_raw))


def test_a_weight_that_saturates_is_named():
    fake = SensorDevice(nn_per_count=50000)
    with pytest.raises(CalibrationRefused, match=r"under 4\.903 N, a reading of \d+ is above 64000.*lighter weight"):
        measure_force(fake)


@pytest.fixture
def stdin(monkeypatch):
    """stdin(fake, steps) answers each question by Enter, or by a string in the list, and does the step first."""
    monkeypatch.setattr(steadiness.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(steadiness.steady, "__defaults__", (lambda seconds: None,))
    monkeypatch.setattr(calibrate.measure_force, "__defaults__", (lambda seconds: None,))

    def give(*steps):
        class Answers(io.StringIO):
            def __init__(self):
                super().__init__()
                self.left = list(steps)

            def readline(self, *_):
                if not self.left:
                    return ""
                step = self.left.pop(0)
                if isinstance(step, str):
                    return step + "\n"
                step()
                return "\n"

        monkeypatch.setattr("sys.stdin", Answers())

    return give


def test_the_force_command(command, serve, stdin):
    fake = SensorDevice()
    with serve(fake) as path:
        stdin(*lay(fake, 0, *FORCES_MN, 0), "y")
        code, out, err = command("-p", path, "calibrate", "force", "--weights", "100g,200g,500g")
        assert code == 0, err
        assert "slope 0.15" in out and "greatest error 0.0" in out and "the limit is 2 %" in out
        assert "Keep this calibration? [y/N]" in err and err.endswith(f"{path} holds the new calibration.\n")
        fake.force_mn = 0
        stdin("100g,500g", *lay(fake, 0, FORCES_MN[0], FORCES_MN[2], 0), "n")
        assert command("-p", path, "calibrate", "force")[0] == 7
        fake.session = 5
        assert command("-p", path, "calibrate", "force", "--weights", "1N,2N")[0] == 14
        fake.session = None
        stdin(*lay(fake, 0))
        code, _, err = command("-p", path, "calibrate", "force", "--weights", "1N,2N")
        assert code == 2 and "the answers ended before the calibration did" in err
        assert command("-p", path, "calibrate", "force", "--weights", "1,2")[0] == 2
    assert fake.calibration.sequence == 1


def test_the_command_for_scripts(command, serve, stdin):
    fake = SensorDevice()
    with serve(fake) as path:
        stdin(*lay(fake, 0, *FORCES_MN, 0))
        given = ("calibrate", "force", "--weights", "100g,200g,500g", "--yes", "--json")
        code, out, err = command("-p", path, *given, "--dry-run")
        assert (code, fake.calibration.sequence) == (0, 0), err
        assert json.loads(out)["is_kept"] is False and "nothing was written" in err
        stdin(*lay(fake, 0, *FORCES_MN, 0))
        answer = json.loads(command("-p", path, *given)[1])
        assert answer["is_kept"] and fake.calibration.sequence == 1
        assert answer["calibration"]["nn_per_count"] == fake.calibration.nn_per_count
        assert [row["wanted_mn"] for row in answer["residuals"]] == pytest.approx(FORCES_MN, abs=0.001)
        assert answer["max_error_percent"] <= answer["limit_percent"] == 2.0


def test_the_encoder_command_and_show(command, serve, stdin):
    fake, still = SensorDevice(), [lambda: None]
    with serve(fake) as path:
        assert "never: the board's values" in command("-p", path, "calibrate", "show")[1]
        steps = still + roll(fake, 320) + still + roll(fake, 153) + still
        stdin(*steps)
        code, out, err = command("-p", path, "calibrate", "encoder", "--runs", "1", "--yes", "--json")
        answer = json.loads(out)
        assert (code, answer["counts_per_rev"], answer["diameter_mm"]) == (0, 32.0, 19.972), err
        assert fake.calibration.nm_per_count == answer["calibration"]["nm_per_count"] == 1960784
        stdin(*still, *roll(fake, 310), *still, *roll(fake, 153))
        code, _, err = command("-p", path, "calibrate", "encoder", "--runs", "1", "--yes")
        assert code == 14 and "a revolution gave 31.00 counts, and the head says 32" in err
        stdin(*still, *roll(fake, 320), *still, *roll(fake, 153), *still, "y")
        out = command("-p", path, "calibrate", "encoder", "--runs", "1")[1]
        assert "32.00 counts in a revolution, 32 by the head" in out and "rolls on 19.97 mm" in out
        shown = command("-p", path, "calibrate", "show")[1]
        assert "1960784" in shown and "20" in shown and "never" not in shown
        assert json.loads(command("-p", path, "--json", "calibrate", "show")[1]) == fake.calibration.as_dict()
