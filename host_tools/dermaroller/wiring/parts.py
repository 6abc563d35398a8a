"""The parts around a board: their terminals, and what each is connected to, as the board's constants say."""

from __future__ import annotations

from dataclasses import dataclass

from dermaroller.boards import Board

LOWER_OHM = 100_000  # of the battery divider; the upper one follows from the constants
SERIES_OHM = {"red": 150, "green": 47, "blue": 47}  # about 8 mA and less from 3.3 V
DATA_OHM = 330  # against reflections on the wire to a NeoPixel
BUZZER_OHM = 100
PIXELS = {"pixel": 1, "ring8": 8}


@dataclass(frozen=True)
class Terminal:
    """One connection of a part: to a pin of the chip, or to a supply named as on the header ("3V3", "5V", "GND")."""

    label: str
    to: int | str
    through: str = ""


@dataclass(frozen=True)
class Part:
    """Something to be connected. kind names its colour; note: what to know when wiring it; buy: lines of the bill."""

    kind: str
    title: str
    note: str
    terminals: tuple[Terminal, ...]
    buy: tuple[str, ...]

    def pins(self) -> list[int]:
        return [each.to for each in self.terminals if isinstance(each.to, int)]


def parts(board: Board) -> list[Part]:
    """Everything that is connected to this board."""
    return [_encoder(board), _force(board), _battery(board), _button(board), _light(board), _buzzer(board)]


def magnet_poles(board: Board) -> int:
    """Poles of the ring magnet: each pole pair gives four counts."""
    return int(board.COUNTS_PER_REV) // 2


def sensor_angle_deg(board: Board) -> float:
    """Smallest angle between the two hall sensors: a quarter of a pole pair. Whole pole pairs may be added."""
    return 360 / float(board.COUNTS_PER_REV)


def _encoder(board: Board) -> Part:
    if board.ENCODER == "hall":
        poles, angle = magnet_poles(board), sensor_angle_deg(board)
        return Part(
            "encoder", "Hall latches", f"ring magnet of {poles} poles; {angle:g}° apart",
            (Terminal("A out", board.HALL_A_PIN), Terminal("B out", board.HALL_B_PIN), *_supply("VCC")),
            (
                "2 hall latches for 3.3 V with open-drain output (such as DRV5013)",
                f"1 ring magnet with {poles} poles on the drum's axle",
            ),
        )  # fmt: skip
    return Part(
        "encoder", f"{board.ENCODER.upper()} angle sensor", f"{board.COUNTS_PER_REV} counts a turn",
        (Terminal("SDA", board.ENCODER_SDA_PIN), Terminal("SCL", board.ENCODER_SCL_PIN), *_supply("VCC")),
        (f"1 {board.ENCODER.upper()} module with pull-ups", "1 diametrically magnetised disc on the drum's axle"),
    )  # fmt: skip


def _force(board: Board) -> Part:
    if board.FORCE_KIND == "hx711":
        return Part(
            "force", "HX711 and load cell", "80 samples a second: RATE high",
            (Terminal("DT", board.FORCE_PIN), Terminal("SCK", board.FORCE_CLOCK_PIN), *_supply("VCC")),
            ("1 load cell for 10 N", "1 HX711 module, its RATE pin tied high"),
        )  # fmt: skip
    return Part(
        "force",
        "Load cell and amplifier",
        "output within 0.15 to 2.45 V",
        (Terminal("out", board.FORCE_PIN), *_supply("V+")),
        ("1 load cell for 10 N (full bridge)", "1 bridge amplifier for 3.3 V, single supply"),
    )


def _battery(board: Board) -> Part:
    upper = LOWER_OHM * (board.BATTERY_DIVIDER_X1000 - 1000) // 1000
    charger = () if board.CHARGER_PIN is None else (Terminal("charging", board.CHARGER_PIN),)
    return Part(
        "battery", "Battery divider", f"{upper // 1000} kΩ from the cell, {LOWER_OHM // 1000} kΩ to GND",
        (Terminal("middle", board.BATTERY_PIN), *charger, Terminal("cell +", "cell"), Terminal("cell −", "GND")),
        (
            f"1 resistor {upper // 1000} kΩ and 1 of {LOWER_OHM // 1000} kΩ, 1 %",
            "1 lithium cell with a charging and 5 V step-up module, which feeds the 5V pin",
        ),
    )  # fmt: skip


def _button(board: Board) -> Part:
    return Part(
        "button", "Button", "closes to GND; the chip pulls up",
        (Terminal("one side", board.BUTTON_PIN), Terminal("other side", "GND")),
        ("1 push button",),
    )  # fmt: skip


def _light(board: Board) -> Part:
    if board.LED_KIND == "rgb_pwm":
        common, rail = ("anode", "3V3") if board.LED_ACTIVE_LOW else ("cathode", "GND")
        colours = zip(("red", "green", "blue"), board.LED_PINS, strict=True)
        return Part(
            "light", "RGB light", f"common {common}",
            (*(Terminal(colour, pin, f"{SERIES_OHM[colour]} Ω") for colour, pin in colours), Terminal(common, rail)),
            (f"1 RGB LED, common {common}, diffuse", *(f"1 resistor {n} Ω ({name})" for name, n in SERIES_OHM.items())),
        )  # fmt: skip
    n = PIXELS[board.LED_KIND]
    what = "NeoPixel" if n == 1 else f"NeoPixel ring, {n} lights"
    data = Terminal("data in", board.LED_PINS[0], f"{DATA_OHM} Ω")
    return Part(
        "light", what, "the diode lets 3.3 V count as high",
        (data, Terminal("V+", "5V", "1N4001"), Terminal("GND", "GND")),
        (f"1 {what} (WS2812B or alike) with 100 nF", f"1 resistor {DATA_OHM} Ω", "1 diode 1N4001 in its supply"),
    )  # fmt: skip


def _buzzer(board: Board) -> Part:
    return Part(
        "buzzer", "Buzzer", "passive piezo",
        (Terminal("+", board.BUZZER_PIN, f"{BUZZER_OHM} Ω"), Terminal("−", "GND")),
        ("1 passive piezo buzzer", f"1 resistor {BUZZER_OHM} Ω"),
    )  # fmt: skip


def _supply(name: str) -> tuple[Terminal, Terminal]:
    return Terminal(name, "3V3"), Terminal("GND", "GND")
