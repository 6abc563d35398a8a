"""Every board keeps to the rules of its chip (dermaroller/chips.py), and all have the same names."""

from pathlib import Path

import pytest

from dermaroller import boards
from dermaroller.chips import chip
from dermaroller.errors import UsageError

ALL = [*boards.names(), "virtual"]
LEDS = {"rgb_pwm": 3, "pixel": 1, "ring8": 1}
LINEAR_MV = (150, 2450)  # of the ADC at 11 dB
CELL_MV = 4200
REFERENCE = boards.load("virtual")


@pytest.fixture(params=ALL)
def board(request: pytest.FixtureRequest) -> boards.Board:
    return boards.load(request.param)


def faults(board: boards.Board) -> list[str]:
    """What is wrong with a board, in words."""
    found = [f"{name} is missing" for name in REFERENCE.constants() if name not in board.constants()]
    found += [f"{name} is unknown" for name in board.constants() if name not in REFERENCE.constants()]
    if found:
        return found
    return _pin_faults(board) + _chip_faults(board) + _sensor_faults(board)


def _pin_faults(board: boards.Board) -> list[str]:
    rules = board.chip
    wires = board.wires()
    pins = [wire.pin for wire in wires]
    found = [f"pin {pin} serves {pins.count(pin)} things" for pin in sorted(set(pins)) if pins.count(pin) > 1]
    for wire in wires:
        where = f"{wire.name}: pin {wire.pin}"
        if wire.pin not in rules.exists:
            found.append(f"{where} does not exist")
        if wire.pin in rules.needed():
            found.append(f"{where} is needed by the chip itself (strapping, flash, USB or UART0)")
        if wire.pin in rules.input_only and wire.name not in ("FORCE_PIN", "BATTERY_PIN"):
            found.append(f"{where} can only be an input without a pull resistor")
        if wire.name in _analogue(board) and wire.pin not in rules.adc1:
            found.append(f"{where} is not on ADC1")
        if not board.place(board.label(wire.pin)):
            found.append(f"{where} is not on the headers")
    return found


def _analogue(board: boards.Board) -> tuple[str, ...]:
    return ("BATTERY_PIN",) if board.FORCE_KIND == "hx711" else ("BATTERY_PIN", "FORCE_PIN")


def _chip_faults(board: boards.Board) -> list[str]:
    rules = board.chip
    wanted = {
        "MPY_ARCH": rules.mpy_arch,
        "FLASH_OFFSET": rules.flash_offset,
        "HAS_PCNT": rules.pcnt_units > 0,
    }
    found = [f"{name} must be {value}" for name, value in wanted.items() if getattr(board, name) != value]
    if board.CPU_MHZ not in rules.cpu_mhz:
        found.append(f"CPU_MHZ {board.CPU_MHZ} is none of {rules.cpu_mhz}")
    return found


def _sensor_faults(board: boards.Board) -> list[str]:
    found = []
    if len(board.LED_PINS) != LEDS.get(board.LED_KIND):
        found.append(f"LED_KIND {board.LED_KIND!r} with {len(board.LED_PINS)} pins")
    if board.CONSOLE not in ("uart", "usb", "usb_serial_jtag"):
        found.append(f"CONSOLE {board.CONSOLE!r} is unknown")
    if (board.CONSOLE == "uart") != (not board.chip.usb):
        found.append(f"CONSOLE {board.CONSOLE!r} on a chip that {'has' if board.chip.usb else 'lacks'} USB")
    if not LINEAR_MV[0] <= CELL_MV * 1000 // board.BATTERY_DIVIDER_X1000 <= LINEAR_MV[1]:
        found.append("BATTERY_DIVIDER_X1000 puts a full cell outside of what the ADC measures")
    if (board.ENCODER == "hall") != (board.ENCODER_SDA_PIN is None) or (board.FORCE_KIND == "hx711") != (
        board.FORCE_CLOCK_PIN is not None
    ):
        found.append("a sensor's pin is missing, or there for nothing")
    if board.COUNTS_PER_REV % 4 or not board.FORCE_RAW_MIN < board.FORCE_TARE_RAW < board.FORCE_RAW_MAX < 65536:
        found.append("COUNTS_PER_REV or FORCE_RAW_* cannot be")
    return found


def test_a_board_keeps_to_the_rules_of_its_chip(board: boards.Board) -> None:
    assert faults(board) == []


def test_a_board_is_named_as_its_file(board: boards.Board) -> None:
    assert board.NAME in ALL


def test_there_is_a_board_for_each_chip() -> None:
    assert {boards.load(name).CHIP for name in boards.names()} == {"esp32", "esp32s3", "esp32c3", "esp32c6"}


MISUSES = {
    "a pin twice": ({"BUZZER_PIN": 27}, "serves 2 things"),
    "a strapping pin": ({"BUZZER_PIN": 12}, "needed by the chip"),
    "a flash pin": ({"BUTTON_PIN": 8}, "needed by the chip"),
    "the serial port": ({"BUTTON_PIN": 3}, "needed by the chip"),
    "an output on an input-only pin": ({"BUZZER_PIN": 36}, "can only be an input"),
    "a pull-up on an input-only pin": ({"HALL_A_PIN": 39}, "can only be an input"),
    "a force sensor on ADC2": ({"FORCE_PIN": 13}, "not on ADC1"),
    "a pin that is not there": ({"HALL_B_PIN": 24}, "does not exist"),
    "a pin that is not led out": ({"HALL_B_PIN": 38}, "not on the headers"),
    "counters that the chip lacks": ({"CHIP": "esp32c3"}, "HAS_PCNT must be False"),
    "another chip's code": ({"MPY_ARCH": "rv32imc"}, "MPY_ARCH must be xtensawin"),
    "a cell straight on a pin": ({"BATTERY_DIVIDER_X1000": 1000}, "a full cell outside"),
    "a clock rate that no chip has": ({"CPU_MHZ": 200}, "CPU_MHZ 200 is none of"),
    "a console of another chip": ({"CONSOLE": "usb"}, "on a chip that lacks USB"),
    "a clock for no HX711": ({"FORCE_CLOCK_PIN": 23}, "a sensor's pin"),
    "an unknown console": ({"CONSOLE": "wifi"}, "CONSOLE 'wifi' is unknown"),
}


@pytest.mark.parametrize("case", MISUSES)
def test_a_misuse_is_found(case: str) -> None:
    changes, words = MISUSES[case]
    board = boards.Board(**{**boards.load("esp32_devkitc").constants(), **changes})
    assert any(words in fault for fault in faults(board)), faults(board)


def test_a_missing_name_is_found() -> None:
    constants = boards.load("esp32_devkitc").constants()
    del constants["CONSOLE"]
    assert faults(boards.Board(**constants)) == ["CONSOLE is missing"]


def test_an_unknown_board_or_chip_is_refused() -> None:
    with pytest.raises(UsageError, match="there is no board 'esp32_unknown'; choose one of virtual, esp32_devkitc"):
        boards.load("esp32_unknown")
    with pytest.raises(UsageError, match="there is no file"):
        boards.load("nowhere/mine.py")
    with pytest.raises(UsageError, match="there is no chip 'esp8266'"):
        chip("esp8266")


def test_a_fifth_board_is_one_file(tmp_path: Path) -> None:
    source = (Path(boards.__file__).parents[2] / "boards/esp32_devkitc.py").read_text()
    own = tmp_path / "esp32_mine.py"
    own.write_text(source.replace('NAME = "esp32_devkitc"', 'NAME = "esp32_mine"').replace("PIN = 25", "PIN = 33"))
    board = boards.load(str(own))
    assert (board.NAME, board.HALL_A_PIN, faults(board)) == ("esp32_mine", 33, [])
