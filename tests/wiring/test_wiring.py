"""Drawings and tables come from the constants: they are up to date, and every pin of a board is in them."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from dermaroller import boards
from dermaroller.wiring import __main__ as wiring
from dermaroller.wiring import tables
from dermaroller.wiring.layout import Sheet, sheet
from dermaroller.wiring.parts import magnet_poles, parts, sensor_angle_deg
from dermaroller.wiring.svg import draw

BOARDS = Path(__file__).parents[2] / "boards"
VARIANTS = {
    "an angle sensor": {"ENCODER": "as5600", "COUNTS_PER_REV": 256, "HALL_A_PIN": None, "HALL_B_PIN": None,
                        "ENCODER_SDA_PIN": 25, "ENCODER_SCL_PIN": 26},
    "an HX711": {"FORCE_KIND": "hx711", "FORCE_CLOCK_PIN": 23},
    "a charger that tells": {"CHARGER_PIN": 23},
    "a common anode": {"LED_ACTIVE_LOW": True},
    "an analogue input across the board": {"LED_PINS": (18, 19, 33)},
}  # fmt: skip


def variant(changes: dict[str, object]) -> boards.Board:
    return boards.Board(**{**boards.load("esp32_devkitc").constants(), **changes})


@pytest.mark.parametrize("name", boards.names())
def test_the_drawing_is_that_of_the_constants(name: str) -> None:
    kept = (BOARDS / "wiring" / f"{name}.svg").read_text(encoding="utf-8")
    assert kept == wiring.drawings()[f"{name}.svg"], "run make wiring"


def test_there_is_no_drawing_of_a_board_that_is_gone() -> None:
    assert {path.name for path in (BOARDS / "wiring").iterdir()} == set(wiring.drawings())


def test_the_page_is_that_of_the_constants() -> None:
    text = (BOARDS / "README.md").read_text(encoding="utf-8")
    assert tables.renewed(text) == text, "run make wiring"


def test_a_changed_constant_changes_the_page() -> None:
    text = (BOARDS / "README.md").read_text(encoding="utf-8")
    assert "**25** (left 9)" in text
    stale = text.replace("**25** (left 9)", "**26** (left 10)")
    assert tables.renewed(stale) == text


@pytest.mark.parametrize("name", boards.names())
def test_every_used_pin_is_drawn_with_one_wire(name: str) -> None:
    board = boards.load(name)
    drawn = sheet(board)
    assert len(drawn.wires) == len(board.wires())
    assert {pin for part in parts(board) for pin in part.pins()} == {wire.pin for wire in board.wires()}
    labels = re.findall(r'class="pin"[^>]*>([^<]+)<', draw(drawn))
    assert sorted(labels) == sorted(board.label(wire.pin) for wire in board.wires())


@pytest.mark.parametrize("name", boards.names())
def test_parts_and_wires_keep_apart(name: str) -> None:
    drawn = sheet(boards.load(name))
    for one in drawn.placed:
        assert one.y + one.height < drawn.height
        below = [other for other in drawn.placed if other.x == one.x and other.y > one.y]
        assert all(other.y >= one.y + one.height for other in below)
    assert crossings(drawn) == 0


@pytest.mark.parametrize("case", VARIANTS)
def test_other_sensors_and_lights_are_drawn(case: str) -> None:
    board = variant(VARIANTS[case])
    ElementTree.fromstring(draw(sheet(board)))
    labels = {label for part in parts(board) for label in part.pins()}
    assert labels == {wire.pin for wire in board.wires()}


def test_sixteen_poles_give_32_counts_and_sensors_a_quarter_of_a_pole_pair_apart() -> None:
    board = boards.load("esp32_devkitc")
    assert (magnet_poles(board), sensor_angle_deg(board)) == (16, 11.25)


def crossings(drawn: Sheet) -> int:
    """How often the upright stretch of one wire is met by a level stretch of another."""
    n = 0
    for one in drawn.wires:
        low, high = sorted((one.start[1], one.end[1]))
        for other in drawn.wires:
            if other is not one:
                for (x0, y), x1 in ((other.start, other.x), (other.end, other.x)):
                    n += low < y < high and min(x0, x1) < one.x < max(x0, x1)
    return n
