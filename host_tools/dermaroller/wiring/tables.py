"""The tables of boards/README.md: each stands between two marks and is made from the constants."""

from __future__ import annotations

import re

from dermaroller import boards, chips
from dermaroller.boards import Board
from dermaroller.wiring.parts import magnet_poles, parts, sensor_angle_deg
from roller.encoder import MAX_IRQ_EDGES_PER_S
from roller.settings import Head

_MARKED = re.compile(r"(<!-- made: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def renewed(text: str) -> str:
    """The page with its tables as the constants are now. Raises KeyError for a mark that names no table."""
    made = {"boards": _boards, "pins": _pins, "wiring": _wiring, "bill": _bill, "magnet": _magnet, "force": _force}
    all_boards = [boards.load(name) for name in boards.names()]
    return _MARKED.sub(lambda found: f"{found[1]}{made[found[2]](all_boards)}\n{found[3]}", text)


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _boards(all_boards: list[Board]) -> str:
    head = ["`BOARD=`", "chip", "`.mpy` for", "image goes to", "counting", "console", "light"]
    rows = [
        [
            f"`{board.NAME}`", board.CHIP, board.MPY_ARCH, f"`{board.FLASH_OFFSET:#x}`",
            "hardware (PCNT)" if board.HAS_PCNT else f"pin interrupts, to {_max_speed_mm_s(board):,} mm/s",
            _CONSOLES[board.CONSOLE].format(baud=board.BAUD), _LIGHTS[board.LED_KIND],
        ]
        for board in all_boards
    ]  # fmt: skip
    oldest, hardware = ("{}.{}".format(*each) for each in (chips.OLDEST_MICROPYTHON, chips.PCNT_MICROPYTHON))
    return _table(head, rows) + (
        f"\n\nMicroPython {oldest} or later; counting in hardware needs {hardware}, before that pin interrupts "
        "do it on every board."
    )


def _max_speed_mm_s(board: Board) -> int:
    """What the reference head's drum may roll at where pin interrupts count."""
    return int(MAX_IRQ_EDGES_PER_S * Head(counts_per_rev=board.COUNTS_PER_REV).nm_per_count) // 1_000_000


def _pins(all_boards: list[Board]) -> str:
    """A row for each use, a column for each board: the label on the board, and where it stands."""
    uses: dict[str, dict[str, str]] = {}
    for board in all_boards:
        for wire in board.wires():
            label = board.label(wire.pin)
            number = "" if label == str(wire.pin) else f" = GPIO {wire.pin}"
            uses.setdefault(wire.role, {})[board.NAME] = f"**{label}** ({board.place(label)}){number}"
    names = [board.NAME for board in all_boards]
    return _table(
        ["", *[f"`{name}`" for name in names]], [[use, *[at.get(n, "") for n in names]] for use, at in uses.items()]
    )


def _wiring(all_boards: list[Board]) -> str:
    return "\n\n".join(f"![Wiring of {board.NAME}](wiring/{board.NAME}.svg)" for board in all_boards)


def _bill(all_boards: list[Board]) -> str:
    bills: dict[str, list[str]] = {}
    for board in all_boards:
        for part in parts(board):
            for line in part.buy:
                bills.setdefault(line, []).append(board.NAME)
    rows = [
        [line, "all" if len(names) == len(all_boards) else ", ".join(f"`{n}`" for n in names)]
        for line, names in bills.items()
    ]
    return _table(["part", "for"], rows)


def _magnet(all_boards: list[Board]) -> str:
    rows = [
        [
            f"`{board.NAME}`",
            str(board.COUNTS_PER_REV),
            str(magnet_poles(board)),
            f"{sensor_angle_deg(board):g}°",
            f"{4 * sensor_angle_deg(board):g}°",
        ]
        for board in all_boards
        if board.ENCODER == "hall"
    ]
    return _table(["board", "counts a turn", "poles", "angle between the sensors", "a pole pair"], rows)


def _force(all_boards: list[Board]) -> str:
    rows = [
        [
            f"`{board.NAME}`", str(board.FORCE_TARE_RAW), str(board.FORCE_NN_PER_COUNT),
            f"{board.FORCE_RAW_MIN} to {board.FORCE_RAW_MAX}",
            f"{(board.FORCE_RAW_MAX - board.FORCE_TARE_RAW) * board.FORCE_NN_PER_COUNT / 1e9:.1f} N",
            f"{board.BATTERY_DIVIDER_X1000 / 1000:g}",
        ]
        for board in all_boards
    ]  # fmt: skip
    return _table(["board", "tare, counts", "nN a count", "in range, counts", "largest force", "battery divider"], rows)


_CONSOLES = {
    "uart": "UART bridge, {baud} baud",
    "usb": "native USB",
    "usb_serial_jtag": "USB-Serial-JTAG",
}
_LIGHTS = {"rgb_pwm": "RGB LED", "pixel": "one NeoPixel", "ring8": "ring of 8 NeoPixels"}
