"""The self-test on the virtual board: a good device passes, what is broken is named; provisioning over the port."""

import io
import json
import os
from contextlib import contextmanager
from pathlib import Path

import pytest

from dermaroller.device import Device
from dermaroller.errors import DeviceRefused
from dermaroller.selftest import COLOURS, Person, Result, SelfTest
from dermaroller.selftest_record import BENCH, failed, failure, record
from dermaroller.session import Session

pytest.importorskip("littlefs")
pytestmark = pytest.mark.usefixtures("micropython")

HAND = Path(__file__).parents[1] / "data" / "hand_01.csv"
SPUN = tuple((float(2 * i), 80.0 * (i % 2), 0.0) for i in range(30))  # by a finger, to and fro, in the air
STILL = ((0.0, 0.0, 0.0), (60.0, 0.0, 0.0))
PRESSED = ((0.0, 0.0, 0.0), (0.1, 0.0, 2.0), (60.0, 500.0, 2.0))
HEADER = "t_s,position_mm,force_n,event\n"


def trace_file(folder, rows, event=""):
    """A trace with an event at the start."""
    lines = [f"{t_s},{position_mm},{force_n},{'' if t_s else event}\n" for t_s, position_mm, force_n in rows]
    path = folder / "trace.csv"
    path.write_text(HEADER + "".join(lines))
    return path


@contextmanager
def board(folder, rows=SPUN, event=""):
    """(line, device) of a virtual board in lock step."""
    from dermaroller.sim import image
    from dermaroller.sim.lockstep import LockStep

    flash = folder / "flash.bin"
    image.make_image(flash)
    with LockStep(flash, trace_file(folder, rows, event)) as line:
        yield line, Device(line, "board", clock=line.now_s)


def results_of(line, device, look=lambda colour: True, roll_s=20.0):
    person = Person(look, lambda sentence: None, roll_s)
    return SelfTest(device, person, 115200, line.now_s, line.wait).run()


def items(results):
    return [result.item for result in results]


@pytest.mark.slow
def test_a_good_device_passes_and_its_record_answers_what_only_a_board_can(tmp_path):
    asked = []
    with board(tmp_path) as (line, device):
        results = results_of(line, device, look=lambda colour: asked.append(colour) or True)
        info = device.info()
    assert items(failed(results)) == []
    assert asked == list(COLOURS)
    values = {result.item: result.value for result in results}
    assert values["force sensor, one reading"] == 60
    assert values["flash, erase of 4 KB, longest"] == pytest.approx(45, abs=5)  # and littlefs looks for free blocks
    assert 9_000 < values["serial, throughput"] <= 11_520
    kept = record(info, results, 115200)
    assert (kept["is_simulated"], kept["is_good"], kept["is_complete"], kept["fw"]) == (True, True, True, info.fw)
    assert len(kept["bench"]) == len(BENCH)
    assert all(one["value"] is not None for asked in kept["bench"] for one in asked["answer"])
    assert json.loads(json.dumps(kept)) == kept


@pytest.mark.slow
def test_it_leaves_nothing_behind(tmp_path):
    with board(tmp_path) as (line, device):
        before = device.info()
        results_of(line, device, roll_s=0)
        after = device.info()
    for key in ("flash_free", "sessions", "session", "boot"):
        assert getattr(after, key) == getattr(before, key), key
    assert after.counters["callback_errors"] == 0


@pytest.mark.slow
def test_an_open_sensor_is_named(tmp_path):
    with board(tmp_path, event="sensor_open") as (line, device):
        results = results_of(line, device)
    assert items(failed(results)) == ["force sensor, lowest reading", "force sensor, highest reading"]
    error = failure("board", results)
    assert error.exit_code == 15
    assert "open, shorted or not connected" in str(error) and "65,535" in str(error)


@pytest.mark.slow
def test_a_drum_that_nobody_turns_or_that_is_not_felt_fails(tmp_path):
    with board(tmp_path, STILL) as (line, device):
        results = results_of(line, device, roll_s=2.0)
    assert items(failed(results)) == ["encoder, counts forwards", "encoder, counts backwards"]


@pytest.mark.slow
def test_what_is_skipped_is_no_failure_but_the_record_is_incomplete(tmp_path):
    with board(tmp_path, STILL) as (line, device):
        results = results_of(line, device, look=lambda colour: None, roll_s=0)
        info = device.info()
    assert failed(results) == []
    assert sum(result.is_skipped for result in results) == len(COLOURS) + 3
    assert record(info, results, 115200)["is_complete"] is False


@pytest.mark.slow
def test_a_colour_that_was_not_seen_fails(tmp_path):
    with board(tmp_path, STILL) as (line, device):
        results = results_of(line, device, look=lambda colour: colour != "green", roll_s=0)
    assert items(failed(results)) == ["light, green seen"]


def test_a_session_is_not_disturbed(tmp_path):
    with board(tmp_path, PRESSED) as (line, device):
        line.wait(1.0)
        with pytest.raises(DeviceRefused, match="a session is open"):
            results_of(line, device)


def test_a_figure_is_judged_by_both_its_limits():
    assert [Result("x", n, "", 2, 4).is_good for n in (1, 2, 4, 5)] == [False, True, True, False]
    assert Result("x", 1, "").is_good is None
    assert Result("x", None, "", low=1).is_good is False
    assert Result("x", None, "", low=1, is_skipped=True).is_good is None


@pytest.mark.slow
def test_who_a_handle_is_stands_in_each_log(tmp_path):
    from dermaroller.sim.run import run

    typed = [(0.2, b"provision set B2 left handle\r\n")]
    flash = tmp_path / "flash.bin"
    run(HAND, flash=flash, requests=typed)
    files = run(HAND, flash=flash, seed=2).files  # after another boot
    for name in ("00001.drl", "00002.drl"):
        header = Session.parse(files[name], name).header
        assert (header.name, header.hw) == ("left handle", "B2")


posix = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")


@contextmanager
def served(folder, event=""):
    from dermaroller.sim.serve import Server

    lights = []
    trace = trace_file(folder, STILL, event)
    with Server(trace=trace, speed=4.0, on_light=lambda t_s, state, rgb: lights.append(tuple(rgb))) as server:
        yield server.path, lights


@pytest.mark.slow
@posix
def test_the_commands(command, tmp_path):
    file = tmp_path / "record.json"
    with served(tmp_path) as (path, lights):
        assert "not provisioned yet" in command("-p", path, "provision")[1]
        assert command("-p", path, "provision", "--hw", "B2", "--name", "left  handle")[1] == (
            "left handle, hardware B2\n"
        )
        code, _, err = command("-p", path, "provision", "--hw", "C", "--name", "right handle")
        assert code == 13
        assert "this is left handle, hardware B2, and not right handle, hardware C" in err and "--force" in err
        assert command("-p", path, "provision", "--hw", "C", "--name", "right", "--force", "--json")[0] == 0
        assert json.loads(command("-p", path, "info", "--json")[1])["name"] == "right"
        code, out, err = command("-p", path, "selftest", "--yes", "--no-roll", "--json", file)
    assert code == 0, err
    assert "self-test of right 240ac4000001 (simulated)" in out and "skipped" in out
    assert set(COLOURS.values()) <= set(lights)
    kept = json.loads(file.read_text())
    assert (kept["name"], kept["hw"], kept["is_complete"]) == ("right", "C", False)


class Terminal(io.StringIO):
    """Somebody who has typed already."""

    def isatty(self):
        return True


@pytest.mark.slow
@posix
def test_a_failed_test_is_one_sentence_and_exit_code_15(command, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.stdin", Terminal("y\ny\nn\ny\n"))
    with served(tmp_path, "sensor_open") as (path, _):
        code, out, err = command("--json", "-p", path, "selftest", "--no-roll")
    assert code == 15
    assert json.loads(out)["is_good"] is False
    assert "Was the light white?" in err
    (sentence,) = [line for line in err.splitlines() if "failed its self-test" in line]
    assert "force sensor, lowest reading 65,535 counts, not 400 to 64,000" in sentence
    assert "light, blue seen 0" in sentence and "green" not in sentence


BAD = {
    "no name": (("provision", "--hw", "B"), "needs both"),
    "a star": (("provision", "--hw", "B", "--name", "a*b"), "plain"),
    "a blank revision": (("provision", "--hw", "B 2", "--name", "a"), "without a space"),
    "nobody there": (("selftest",), "give --yes"),
    "no folder": (("selftest", "--yes", "--json", "/nowhere/at/all.json"), "no folder"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_wrong_call_is_a_usage_error(command, name):
    arguments, words = BAD[name]
    code, out, err = command("-p", "/dev/nowhere", *arguments)
    assert (code, out) == (2, "")
    assert words in err
