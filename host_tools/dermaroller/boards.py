"""A board as the host sees it: the constants of its file, which pin serves what, and how pins are marked on it."""

from __future__ import annotations

import runpy
from dataclasses import dataclass
from types import SimpleNamespace

from dermaroller import chips
from dermaroller.sim import mpy, runtime

# In the order in which wires are listed: the constant, what is connected there.
_ROLES = (
    ("HALL_A_PIN", "hall sensor A"),
    ("HALL_B_PIN", "hall sensor B"),
    ("ENCODER_SDA_PIN", "angle sensor SDA"),
    ("ENCODER_SCL_PIN", "angle sensor SCL"),
    ("FORCE_PIN", "force sensor"),
    ("FORCE_CLOCK_PIN", "force sensor clock"),
    ("BUTTON_PIN", "button"),
    ("BUZZER_PIN", "buzzer"),
    ("BATTERY_PIN", "battery divider"),
    ("CHARGER_PIN", "charger status"),
)
_COLOURS = ("red", "green", "blue")
POWER = ("3V3", "5V")
GROUND = ("GND", "G")


@dataclass(frozen=True)
class Wire:
    """A pin of the chip and what it serves; name: the board's constant."""

    name: str
    role: str
    pin: int


class Board(SimpleNamespace):
    """The constants of a board's file as attributes."""

    @property
    def chip(self) -> chips.Chip:
        return chips.chip(self.CHIP)

    def wires(self) -> list[Wire]:
        """Every pin that this board uses, once for each use."""
        found = [Wire(name, role, getattr(self, name)) for name, role in _ROLES]
        roles = _COLOURS if self.LED_KIND == "rgb_pwm" else ("data",)
        found += [Wire("LED_PINS", f"light, {role}", pin) for role, pin in zip(roles, self.LED_PINS, strict=True)]
        return [wire for wire in found if wire.pin is not None]

    def label(self, pin: int) -> str:
        """What is printed beside this pin."""
        return str(self.PIN_LABEL % pin)

    def headers(self) -> tuple[list[str], list[str]]:
        """The labels on the left and on the right, from the top down."""
        return self.HEADER_LEFT.split(), self.HEADER_RIGHT.split()

    def place(self, label: str) -> str:
        """Where a label stands on the headers, as "left 9"; "" if it does not."""
        for side, labels in zip(("left", "right"), self.headers(), strict=True):
            if label in labels:
                return f"{side} {labels.index(label) + 1}"
        return ""

    def constants(self) -> dict[str, object]:
        """All constants by name, in the order of the file."""
        return {name: value for name, value in vars(self).items() if name.isupper()}


def load(board: str) -> Board:
    """A board by its name, or by the path of its file. Raises UsageError with the names there are."""
    values = runpy.run_path(str(mpy.board_file(board)))
    return Board(**{name: value for name, value in values.items() if name.isupper()})


def names() -> list[str]:
    """The boards that one can solder."""
    return sorted(path.stem for path in (runtime.device_tree() / "boards").glob("*.py"))
