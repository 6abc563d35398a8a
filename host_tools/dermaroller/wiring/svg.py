"""Draws a sheet as SVG: the board with its headers as one sees it, the parts, a coloured wire for each signal."""

from __future__ import annotations

from html import escape

from dermaroller.boards import GROUND, POWER
from dermaroller.wiring.layout import (
    BOARD_HEAD,
    BOARD_WIDTH,
    PART_WIDTH,
    PITCH,
    Placed,
    Sheet,
    WirePath,
    is_wired,
    position,
)
from dermaroller.wiring.parts import Terminal

COLOURS = {
    "encoder": "#2563eb",
    "force": "#9333ea",
    "battery": "#ca8a04",
    "button": "#0d9488",
    "light": "#db2777",
    "buzzer": "#ea580c",
}
RAILS = {"3V3": "#dc2626", "5V": "#b91c1c", "GND": "#1f2937", "cell": "#78716c"}
_RADIUS = 7
_STYLE = """
text { font-family: "Helvetica Neue", Arial, "Liberation Sans", sans-serif; fill: #1f2937; }
.title { font-size: 24px; font-weight: 700; }
.sub { font-size: 14px; fill: #4b5563; }
.part { font-size: 16px; font-weight: 700; }
.note { font-size: 12.5px; fill: #4b5563; }
.terminal { font-size: 14px; }
.through { font-size: 12.5px; fill: #4b5563; font-style: italic; }
.tag { font-size: 12px; font-weight: 700; fill: #ffffff; }
.pin { font-size: 13px; font-weight: 700; fill: #ffffff; }
.free { font-size: 12px; fill: #94a3b8; }
.module { font-size: 15px; font-weight: 700; fill: #334155; }
"""


def draw(sheet: Sheet) -> str:
    """The SVG document."""
    width, height = sheet.width, sheet.height
    body = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" role="img" aria-label="Wiring of {sheet.board.NAME}">',
        f"<style>{_STYLE}</style>",
        f'<rect width="{width:g}" height="{height:g}" fill="#ffffff"/>',
        *_heading(sheet),
        *_board(sheet),
        *[_wire(wire) for wire in sheet.wires],
        *[line for each in sheet.placed for line in _part(sheet, each)],
        *_pins(sheet),
        *_legend(sheet),
        "</svg>",
    ]
    return "\n".join(body) + "\n"


def _text(x: float, y: float, text: str, kind: str, anchor: str = "start") -> str:
    return f'<text x="{x:g}" y="{y:g}" class="{kind}" text-anchor="{anchor}">{escape(text)}</text>'


def _box(x: float, y: float, width: float, height: float, look: str, radius: float = 8) -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{radius:g}" {look}/>'


def _heading(sheet: Sheet) -> list[str]:
    board = sheet.board
    counted = "counts in hardware" if board.HAS_PCNT else "counts by pin interrupts"
    port = {"uart": "USB over a UART bridge", "usb": "native USB", "usb_serial_jtag": "USB-Serial-JTAG"}[board.CONSOLE]
    return [
        _text(28, 42, f"Wiring: {board.NAME}", "title"),
        _text(28, 66, f"{board.CHIP}, {port}, {counted}. Seen from above, antenna up, USB socket down.", "sub"),
    ]


def _board(sheet: Sheet) -> list[str]:
    x, y = sheet.board_x, sheet.board_y
    rows = max(len(labels) for labels in sheet.board.headers())
    height = BOARD_HEAD + rows * PITCH + 40
    middle = x + BOARD_WIDTH / 2
    antenna = f"M{middle - 44:g},{y + 26:g} v-14 h12 v10 h12 v-10 h12 v10 h12 v-10 h12 v10 h12 v-10 h14"
    return [
        _box(x - 14, y, BOARD_WIDTH + 28, height, 'fill="#1e293b"', 14),
        _box(middle - 58, y + 6, 116, 98, 'fill="#e2e8f0"', 5),
        f'<path d="{antenna}" fill="none" stroke="#94a3b8" stroke-width="3"/>',
        _text(middle, y + 74, sheet.board.CHIP, "module", "middle"),
        _box(middle - 26, y + height - 26, 52, 34, 'fill="#cbd5e1" stroke="#94a3b8"', 5),
        _text(middle, y + height - 5, "USB", "note", "middle"),
    ]


def _pins(sheet: Sheet) -> list[str]:
    """The headers: used pins in the colour of their part, supplies in theirs, all others pale."""
    used = {position(sheet.board, pin): each.part.kind for each in sheet.placed for pin in each.part.pins()}
    lines = []
    for side, labels in enumerate(sheet.board.headers()):
        for row, label in enumerate(labels):
            x, y = sheet.pin_xy(side, row)
            fill, kind = _pin_look(label, used.get((side, row)))
            lines.append(
                f'<circle cx="{x:g}" cy="{y:g}" r="{7.5 if kind == "pin" else 5:g}" fill="{fill}" stroke="#f8fafc"/>'
            )
            lines.append(_text(x + (14 if side == 0 else -14), y + 4.5, label, kind, "start" if side == 0 else "end"))
    return lines


def _pin_look(label: str, part: str | None) -> tuple[str, str]:
    if part:
        return COLOURS[part], "pin"
    rail = "GND" if label in GROUND else label if label in POWER else ""
    return (RAILS[rail], "free") if rail else ("#475569", "free")


def _wire(wire: WirePath) -> str:
    (x0, y0), (x1, y1) = wire.start, wire.end
    colour = COLOURS[wire.kind]
    path = _rounded(x0, y0, wire.x, x1, y1)
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="3"/>'


def _rounded(x0: float, y0: float, x: float, x1: float, y1: float) -> str:
    """Out, along, in; the corners rounded as far as there is room."""
    if abs(y1 - y0) < 0.5:
        return f"M{x0:g},{y0:g} H{x1:g}"
    r = min(_RADIUS, abs(y1 - y0) / 2)
    out, down = (1 if x > x0 else -1), (1 if y1 > y0 else -1)
    return (
        f"M{x0:g},{y0:g} H{x - out * r:g} Q{x:g},{y0:g} {x:g},{y0 + down * r:g} "
        f"V{y1 - down * r:g} Q{x:g},{y1:g} {x + out * r:g},{y1:g} H{x1:g}"
    )


def _part(sheet: Sheet, each: Placed) -> list[str]:
    part, colour = each.part, COLOURS[each.part.kind]
    lines = [
        _box(each.x, each.y, PART_WIDTH, each.height, f'fill="#ffffff" stroke="{colour}" stroke-width="2"'),
        _text(each.x + 14, each.y + 23, part.title, "part"),
        _text(each.x + 14, each.y + 41, part.note, "note"),
    ]
    is_left = each.x < sheet.board_x
    for i, terminal in enumerate(part.terminals):
        lines += _terminal(sheet, each, terminal, each.terminal_y(i), is_left)
    return lines


def _terminal(sheet: Sheet, each: Placed, terminal: Terminal, y: float, is_left: bool) -> list[str]:
    """Its label, what lies in the wire to it, and where it goes: a dot at the wire, or a tag."""
    edge = each.x + PART_WIDTH if is_left else each.x
    inward = -1 if is_left else 1
    anchor = "end" if is_left else "start"
    lines = []
    if is_wired(sheet, each, terminal):
        lines.append(f'<circle cx="{edge:g}" cy="{y:g}" r="5.5" fill="{COLOURS[each.part.kind]}" stroke="#ffffff"/>')
        lines += _tag(edge + inward * 38, y, sheet.board.label(int(terminal.to)), COLOURS[each.part.kind])
    else:
        rail = str(terminal.to) if isinstance(terminal.to, str) else sheet.board.label(terminal.to)
        lines += _tag(edge + inward * 38, y, rail, RAILS.get(rail, COLOURS[each.part.kind]))
    label_x = edge + inward * 72
    lines.append(_text(label_x, y + 5, terminal.label, "terminal", anchor))
    if terminal.through:
        lines.append(
            _text(edge + inward * (PART_WIDTH - 14), y + 5, terminal.through, "through", "start" if is_left else "end")
        )
    return lines


def _tag(x: float, y: float, text: str, colour: str) -> list[str]:
    return [_box(x - 24, y - 10, 48, 20, f'fill="{colour}"', 10), _text(x, y + 4.5, text, "tag", "middle")]


def _legend(sheet: Sheet) -> list[str]:
    y = sheet.height - 26
    words = "Tags name the label on the board. All GND are one. The cell feeds the 5V pin through its step-up module."
    return [_text(28, y, words, "sub")]
