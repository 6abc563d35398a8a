"""Places the board's headers and the parts beside them, and leads each wire so that few cross."""

from __future__ import annotations

from dataclasses import dataclass

from dermaroller.boards import Board
from dermaroller.wiring.parts import Part, Terminal, parts

PITCH = 24  # between two pins, and two terminals
PART_WIDTH = 250
PART_GAP = 22
PART_HEAD = 50  # above the first terminal's line
PART_FOOT = 12
BOARD_WIDTH = 190
CHANNEL = 150  # between a header and the parts, for the wires
MARGIN = 26
TOP = 96
BOARD_HEAD = 112  # for the module above the first pin


@dataclass(frozen=True)
class Placed:
    """A part with its upper left corner."""

    part: Part
    x: float
    y: float

    @property
    def height(self) -> float:
        return part_height(self.part)

    def terminal_y(self, i: int) -> float:
        return self.y + PART_HEAD + PITCH * i + PITCH / 2


@dataclass(frozen=True)
class WirePath:
    """From a pin over a vertical stretch at x to a terminal."""

    kind: str
    start: tuple[float, float]
    x: float
    end: tuple[float, float]


@dataclass(frozen=True)
class Sheet:
    """Everything in its place. Lengths in pixels."""

    board: Board
    width: float
    height: float
    board_x: float
    board_y: float
    placed: tuple[Placed, ...]
    wires: tuple[WirePath, ...]

    def pin_xy(self, side: int, row: int) -> tuple[float, float]:
        return _pin_xy(self.board_x, self.board_y, side, row)


def sheet(board: Board) -> Sheet:
    """Place all of a board."""
    sides = _by_side(board)
    rows = max(len(labels) for labels in board.headers())
    board_height = BOARD_HEAD + rows * PITCH + 40
    heights = [_column_height(column) for column in sides]
    inner = max(board_height, *heights)
    board_x = MARGIN + PART_WIDTH + CHANNEL
    board_y = TOP + (inner - board_height) / 2
    placed = tuple(each for side in (0, 1) for each in _place(board, board_y, sides[side], side, inner))
    wires = tuple(wire for side in (0, 1) for wire in _wires(board, board_x, board_y, placed, side))
    width = 2 * (MARGIN + PART_WIDTH + CHANNEL) + BOARD_WIDTH
    return Sheet(board, width, TOP + inner + 64, board_x, board_y, placed, wires)


def part_height(part: Part) -> float:
    return PART_HEAD + PITCH * len(part.terminals) + PART_FOOT


def position(board: Board, pin: int) -> tuple[int, int]:
    """Side (0 left, 1 right) and row of a pin on the headers."""
    label = board.label(pin)
    side = 0 if label in board.headers()[0] else 1
    return side, board.headers()[side].index(label)


def _by_side(board: Board) -> list[list[Part]]:
    """The parts beside the header on which their first pin is, in the order of the pins."""
    sides: list[list[Part]] = [[], []]
    for part in sorted(parts(board), key=lambda part: min(position(board, pin)[1] for pin in part.pins())):
        side = position(board, part.pins()[0])[0]
        sides[side].append(_in_order(board, part))
    return sides


def _in_order(board: Board, part: Part) -> Part:
    """The part with its terminals in the order of the pins, supplies last."""
    signals = sorted((t for t in part.terminals if isinstance(t.to, int)), key=lambda t: position(board, int(t.to)))
    rest = [t for t in part.terminals if not isinstance(t.to, int)]
    return Part(part.kind, part.title, part.note, (*signals, *rest), part.buy)


def _column_height(column: list[Part]) -> float:
    return sum(part_height(part) for part in column) + PART_GAP * max(0, len(column) - 1)


def _place(board: Board, board_y: float, column: list[Part], side: int, inner: float) -> list[Placed]:
    """Each part as near to the height of its pins as its neighbours leave it."""
    x = MARGIN if side == 0 else MARGIN + PART_WIDTH + 2 * CHANNEL + BOARD_WIDTH
    placed: list[Placed] = []
    top = float(TOP)
    for i, part in enumerate(column):
        rows = [position(board, pin)[1] for pin in part.pins()]
        wanted = _pin_xy(0, board_y, side, 0)[1] + PITCH * sum(rows) / len(rows) - PART_HEAD - PITCH * len(rows) / 2
        last = TOP + inner - _column_height(column[i:])
        y = min(max(wanted, top), last)
        placed.append(Placed(part, x, y))
        top = y + part_height(part) + PART_GAP
    return placed


def _wires(board: Board, board_x: float, board_y: float, placed: tuple[Placed, ...], side: int) -> list[WirePath]:
    ends = []
    for each in placed:
        for i, terminal in enumerate(each.part.terminals):
            if isinstance(terminal.to, int) and position(board, terminal.to)[0] == side and _is_on(each, side):
                start = _pin_xy(board_x, board_y, side, position(board, terminal.to)[1])
                x = each.x + PART_WIDTH if side == 0 else each.x
                ends.append((each.part.kind, start, (x, each.terminal_y(i))))
    ends.sort(key=lambda end: end[1][1])
    return [
        WirePath(kind, start, _channel_x(start[0], side, rank, len(ends)), end)
        for rank, (kind, start, end) in zip(_ranks(ends), ends, strict=True)
    ]


def _ranks(ends: list[tuple[str, tuple[float, float], tuple[float, float]]]) -> list[int]:
    """How far from the header each wire turns: wires that go down in reverse order, those that go up in order."""
    down = [i for i, (_, start, end) in enumerate(ends) if end[1] > start[1]]
    up = [i for i in range(len(ends)) if i not in down]
    order = {i: rank for rank, i in enumerate([*reversed(down)])}
    order.update({i: rank for rank, i in enumerate(up)})
    return [order[i] for i in range(len(ends))]


def _channel_x(header_x: float, side: int, rank: int, n: int) -> float:
    away = 46 + rank * min(16.0, (CHANNEL - 70) / max(1, n - 1))
    return header_x - away if side == 0 else header_x + away


def _is_on(each: Placed, side: int) -> bool:
    return (each.x > MARGIN) == (side == 1)


def _pin_xy(board_x: float, board_y: float, side: int, row: int) -> tuple[float, float]:
    return board_x + (0 if side == 0 else BOARD_WIDTH), board_y + BOARD_HEAD + PITCH * row + PITCH / 2


def is_wired(sheet: Sheet, each: Placed, terminal: Terminal) -> bool:
    """Whether a wire leads to this terminal; otherwise its label says where it goes."""
    return isinstance(terminal.to, int) and _is_on(each, position(sheet.board, terminal.to)[0])
