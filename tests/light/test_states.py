"""Every state of the light is reached by what a hand, a battery, a sensor or a host does, on each kind of light."""

from pathlib import Path

import pytest

from dermaroller.lights.rhythm import ROWS, STATES
from dermaroller.lights.rings import GLOW_SHIFT
from dermaroller.plan import Plan
from dermaroller.sim import image
from dermaroller.sim.run import run
from dermaroller.sim.runtime import device_tree
from roller import boxes, wire
from roller.store import RESERVE

from .hand import Hand

pytest.importorskip("littlefs")

pytestmark = pytest.mark.slow

KINDS = {"rgb_pwm": (18, 19, 21), "pixel": (18,), "ring8": (18,)}
NOW_S = 1_800_000_000
PLAN = Plan.parse("""
subject = "P-0042"
[head]
id = "A1"
[limits]
max_density_per_cm2 = 80
min_interval_days = 28
[[zone]]
name = "small"
area_cm2 = 10
target_density_per_cm2 = 50
[[zone]]
name = "other"
area_cm2 = 10
target_density_per_cm2 = 50
""")


@pytest.fixture(params=KINDS)
def board(request, tmp_path):
    """The virtual board with another light."""
    source = (device_tree() / "boards/virtual/board.py").read_text()
    path = tmp_path / "own_board.py"
    path.write_text(f"{source}LED_KIND = {request.param!r}\nLED_PINS = {KINDS[request.param]}\n")
    return str(path)


def a_treatment():
    """(trace, requests): a session by the rules, then one too early, and all that can happen at rest."""
    hand = Hand()
    hand.rest(6.0)
    hand.event("button_long", 4.0)  # the head is confirmed
    hand.roll(60, 2)
    hand.rest(2)
    hand.roll(-60, 0.4)
    hand.rest(1)
    hand.roll(60, 7)
    hand.rest(1)
    for way_mm in (-60, 60, -60):  # 164 mm reach the target, 262 mm the limit
        hand.roll(way_mm, 2)
        hand.rest(1)
    hand.event("button", 2.5)
    hand.roll(60, 2)
    hand.rest(1)
    hand.event("button_long", 8.0)  # ends the session; the next one is locked
    hand.event("button_long", 4.0)  # overrides
    hand.event("button_long", 4.0)  # confirms the head
    hand.event("battery_low", 12.0)
    hand.event("battery_ok", 12.0)
    hand.event("charger_on", 12.0)
    hand.event("charger_off", 12.0)
    hand.event("sensor_open", 2.0)
    hand.event("sensor_ok", 2.0)
    hand.rest(310)
    return hand.trace(), [(0.5, wire.pack_request(0, f"time set {NOW_S} 0"))]


BY_THE_HOST = {"host_attached", "pulling"}


@pytest.fixture
def treatment(board, micropython):
    trace, requests = a_treatment()
    return run(trace, plan_bytes=PLAN.device_bytes(), board=board, requests=requests)


def test_every_state_is_reached(treatment, board):
    assert treatment.exits == ["end"]
    shown = {entry["state"] for entry in treatment.led}
    assert shown - set(STATES) == set()
    assert set(STATES) - shown - BY_THE_HOST == {"log_full"}
    lit = {entry["state"]: entry["rgb"] for entry in treatment.led if any(entry["rgb"])}
    for state, rgb in lit.items():
        colour = ROWS[state][1]  # on a ring, pixels that are not reached glow
        assert tuple(rgb) in (colour, tuple(part >> GLOW_SHIFT for part in colour)), state
    assert set(lit) == shown - {"asleep"}
    first = next(entry["rgb"] for entry in treatment.led if entry["state"] == "rolling")
    is_ring = "ring8" in Path(board).read_text()[-60:]
    assert first == ([0, 255 >> GLOW_SHIFT, 0] if is_ring else [0, 255, 0])  # nothing of the zone is rolled yet


def test_a_host_that_asks_and_pulls_is_shown(board, micropython):
    hand, requests = Hand(), []
    hand.rest(1)
    hand.roll(60, 2)
    hand.rest(1)
    hand.event("button_long", 8)
    for text in ("info", *(f"get 1 {offset} 100" for offset in range(0, 1000, 100))):
        requests.append((hand.now_s, wire.pack_request(len(requests), text)))
        hand.rest(1.0 if text == "info" else 0.1)
    hand.rest(7)
    result = run(hand.trace(), board=board, requests=requests)
    assert {entry["state"] for entry in result.led} >= BY_THE_HOST


def test_a_full_flash_is_told(board, micropython, tmp_path):
    flash = tmp_path / "flash.bin"
    image.make_image(flash, RESERVE + 3)
    image.put_file(flash, "/filler", bytes(image.BLOCK_BYTES * (image.VFS_BLOCKS - RESERVE - 3 - boxes.KEEP - 6)))
    hand = Hand()
    hand.rest(1)
    for _ in range(30):
        hand.roll(60, 2)
        hand.rest(1.2)
        hand.roll(-60, 3)
        hand.rest(1.2)
    hand.rest(2)
    result = run(hand.trace(), board=board, flash=flash)
    assert "log_full" in {entry["state"] for entry in result.led}
