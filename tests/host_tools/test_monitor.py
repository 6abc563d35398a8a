"""The live view: what is asked of the device, what is shown, and that a session recorded meanwhile is the same."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from dermaroller.device import Device
from dermaroller.monitor import PERIOD_S, Monitor, Reading, ZoneReading
from dermaroller.monitor_view import view
from dermaroller.sim.example import FACE
from roller import wire

from .fake_device import check_honest, framed
from .test_plan_link import PlanDevice

PLAN = FACE.plan.as_json()


class LiveDevice(PlanDevice):
    """Answers `live` from a row of (state, zone, path counts, open), one further at each request without a zone."""

    def __init__(self, *story):
        super().__init__()
        self.story = list(story)
        self.now = self.story[0]
        self.counts = {}

    def _reply(self, tag, text):
        verb, *words = text.split()
        if verb == "light":
            percent = int({"night": 8, "day": 100}.get(words[0], words[0])) if words else 55
            return self._framed(tag, text, {"light_percent": percent})
        if verb != "live":
            return super()._reply(tag, text)
        if not words:
            self.now = self.story.pop(0) if self.story else self.now
            self.counts[self.now[1]] = self.now[2]
        state, zone, counts, is_open = self.now
        asked = int(words[0]) if words else zone
        counts = self.counts.get(asked, 0)
        answer = {"s": state, "c": [0, 255, 0], "f": 2130, "v": -42, "a": zone, "z": asked, "p": counts // 32,
                  "q": counts, "b": 3871, "o": is_open}  # fmt: skip
        return self._framed(tag, text, answer)

    def _framed(self, tag, text, answer):
        payload = json.dumps(answer).encode()
        check_honest(text, wire.JSON, payload)
        return framed(tag, wire.JSON, payload)


class Clock:
    """Time that passes only while somebody waits."""

    def __init__(self):
        self.now_s = 100.0

    def __call__(self):
        return self.now_s

    def wait(self, seconds):
        self.now_s += seconds


def readings(fake, seconds):
    clock = Clock()
    return list(Monitor(Device(fake, "fake"), clock, clock.wait).readings(seconds))


STORY = (
    ("confirm_head", 0, 0, False),
    ("rolling", 0, 320, True),
    ("rolling", 0, 640, True),
    ("next_zone", 1, 0, True),
    ("rolling", 1, 96, True),
)


def test_a_reading_is_one_request_and_other_zones_are_asked_for_when_the_zone_changes():
    fake = LiveDevice(*STORY)
    fake.plan = PLAN
    seen = readings(fake, 5 * PERIOD_S)
    all_zones = ["live 0", "live 1", "live 2"]
    assert fake.requests[0] == "plan"
    assert fake.requests[1:] == [
        "live", *all_zones, "live", *all_zones, "live", "live", *all_zones, "live",
    ]  # fmt: skip
    assert [reading.t_s for reading in seen] == pytest.approx([0, 0.1, 0.2, 0.3, 0.4])
    last = seen[-1]
    assert (last.state, last.zone, last.is_open, last.battery_v, last.force_n) == ("rolling", 1, True, 3.871, 2.13)
    assert [zone.passes for zone in last.zones] == [20, 3, 0]
    assert last.passes == 23
    # 20 revolutions of 192 needles on 60 cm2
    assert (last.zones[0].punctures, last.zones[0].density_per_cm2) == (3840, 64)
    assert seen[1].zones[0].punctures == 1920


def test_without_a_plan_there_is_one_zone_without_density():
    (reading,) = readings(LiveDevice(("rolling", 0, 64, True)), PERIOD_S)
    assert reading.zones == [ZoneReading("free", 2, 384.0, None, None)]


def text_of(reading, plan=PLAN):
    fake = LiveDevice(STORY[0])
    fake.plan = plan
    console = Console(width=100)
    with console.capture() as captured:
        console.print(view(Monitor(Device(fake, "fake")), reading, "/dev/ttyUSB0"))
    return captured.get()


def a_reading(**changes):
    zones = [
        ZoneReading("forehead", 10, 5000.0, 90.0, 180.0, 4500.0, 81.0),
        ZoneReading("left cheek", 4, 11000.0, 220.0, 200.0, 11000.0, 220.0),
        ZoneReading("right cheek", 0, 0.0, 0.0, 200.0, 0.0, 0.0),
    ]
    values = {"t_s": 75.0, "state": "too_hard", "rgb": (255, 0, 0), "force_n": 6.2, "speed_mm_s": -42, "passes": 14,
              "zone": 0, "zones": zones, "battery_v": 3.87, "is_open": True}  # fmt: skip
    return Reading(**{**values, **changes})


def test_the_view_tells_all():
    text = text_of(a_reading())
    for words in ("too hard", "force above the window", "6.20 N", "recording", "battery 3.87 V", "42 mm/s", "1:15"):
        assert words in text
    assert "subject P-0042" in text and "head A1" in text
    assert "▸ forehead" in text and " 45 %  81 of 180 per cm²; 90 in all" in text
    assert "110 %  220 of 200 per cm²" in text
    rows = {line.split()[1]: line for line in text.splitlines() if "per cm²" in line}
    assert [rows[name].count("█") for name in ("▸", "left", "right")] == [14, 32, 0]


def test_a_target_goes_by_effective_punctures_and_is_not_called_reached_where_these_are_not_known():
    almost = text_of(a_reading(zones=[ZoneReading("forehead", 10, 9999.0, 181.0, 180.0, 9950.0, 179.9)]))
    assert " 99 %  180 of 180 per cm²" in almost
    fake = LiveDevice(("rolling", 0, 3200, True))
    fake.plan = PLAN
    (reading,) = readings(fake, PERIOD_S)
    assert reading.zones[0].effective_density_per_cm2 is None
    text = text_of(reading)
    assert "? %  320 in all, for 180 per cm²" in text and "100 %" not in text


@pytest.mark.parametrize("force_n", [0.0, 0.3, 3.0, 6.0, 60.0])
def test_the_force_fills_its_bar(force_n):
    line = next(line for line in text_of(a_reading(force_n=force_n)).splitlines() if "force " in line and " N " in line)
    assert line.count("█") == min(round(force_n / 7.5 * 48), 48)


def test_free_mode_sleep_and_states_of_a_newer_firmware_are_shown():
    free = a_reading(zones=[ZoneReading("free", 3, 576.0)], battery_v=None, is_open=False, state="asleep")
    text = text_of(free, plan=None)
    assert "3 passes, 576 punctures" in text and "no plan" in text and "no session open" in text
    assert "dancing" in text_of(a_reading(state="dancing"))


def test_the_commands(command, serve, monkeypatch):
    fake, clock = LiveDevice(*STORY), Clock()
    fake.plan = PLAN
    monkeypatch.setattr("dermaroller.monitor.Monitor", lambda device: Monitor(device, clock, clock.wait))
    with serve(fake) as path:
        lines = command("-p", path, "monitor", "--seconds", "0.5", "--json")[1].splitlines()
        assert len(lines) == 5
        assert json.loads(lines[-1])["zones"][0]["target_density_per_cm2"] == 180
        assert "forehead" in command("-p", path, "monitor", "--seconds", "0.2")[1]
        for options, percent in ((), 55), (("--night",), 8), (("--day",), 100), (("--brightness", 40), 40):
            assert command("-p", path, "light", *options)[1] == f"brightness {percent} %\n"
        assert json.loads(command("-p", path, "light", "--json")[1]) == {"light_percent": 55}
        code, _, err = command("-p", path, "light", "--night", "--day")
        assert code == 2 and "exclude each other" in err


def hand(path):
    """Twenty seconds of strokes, two zones, ended by the button."""
    rows, position_mm = ["t_s,position_mm,force_n,event", "0,0,0,", "1,0,0,", "3.4,0,0,"], 0.0
    events = {5: "button", 9: "button_long"}
    for stroke in range(10):
        start_s = 4 + 2 * stroke
        for x in np.linspace(0, 1, 30):
            position_mm = 50 * (stroke % 2 + (1 - 2 * (stroke % 2)) * (1 - math.cos(math.pi * x)) / 2)
            rows.append(f"{start_s + 1.5 * x:.4f},{position_mm:.3f},{2 + stroke / 3:.2f},")
        rows.append(f"{start_s + 1.6:.3f},{position_mm:.3f},0,{events.get(stroke, '')}")
    rows.append(f"27,{position_mm:.3f},0,")
    path.write_text("\n".join(rows) + "\n")
    return path


TOTALS = ("passes", "path_mm", "punctures", "effective_punctures", "zones")


def recorded(folder: Path, is_watched: bool):
    """The summary of a session, watched or not, on the virtual board in lock step."""
    from dermaroller.session import Session
    from dermaroller.sim import image
    from dermaroller.sim.lockstep import LockStep
    from dermaroller.summary import summary

    flash = folder / f"{is_watched}.bin"
    image.make_image(flash)
    image.put_file(flash, "/plan.bin", FACE.plan.device_bytes())
    with LockStep(flash, hand(folder / "hand.csv")) as peer:
        if is_watched:
            seen = list(Monitor(Device(peer, "board", clock=peer.now_s), peer.now_s, peer.wait).readings(30))
            assert (len(seen), seen[-1].passes) == (300, 10)
        else:
            peer.wait(30)
    ((name, content),) = image.read_files(flash).items()
    return summary(Session.parse(content, name)).as_json()


@pytest.mark.slow
def test_a_session_that_is_watched_has_the_same_totals(micropython, tmp_path):
    pytest.importorskip("littlefs")
    watched, alone = recorded(tmp_path, True), recorded(tmp_path, False)
    assert {name: watched[name] for name in TOTALS} == {name: alone[name] for name in TOTALS}
    assert len(watched["strokes"]) == len(alone["strokes"]) == 10
    assert watched["end"] == alone["end"] == "button"
    assert watched["captured_fraction"] == pytest.approx(alone["captured_fraction"], abs=0.002)
