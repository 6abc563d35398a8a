"""The rhythm chart as SVG: a row a state, in the order of priority, with its colour, its meaning and four seconds."""

from html import escape

from dermaroller.lights.colour import hex_on_screen
from dermaroller.lights.rhythm import ROWS, STATES, bright_spans, rhythms
from dermaroller.lights.words import WORDS, title
from roller import feedback

SHOWN_MS = 4000
WIDTH, ROW, TOP, LEFT = 1060, 34, 92, 24
_TRACK_X, _TRACK_WIDTH, _TRACK_HEIGHT = 556, 480, 14
_RIM = 5  # of black above and below, on which white light shows as well
STYLE = """
text { font-family: "Helvetica Neue", Arial, "Liberation Sans", sans-serif; fill: #1f2937; }
.title { font-size: 24px; font-weight: 700; }
.sub { font-size: 14px; fill: #4b5563; }
.name { font-size: 15px; font-weight: 700; }
.word { font-size: 14px; fill: #374151; }
.axis { font-size: 12px; fill: #6b7280; }
"""


def chart() -> str:
    """The SVG document."""
    rows = [(state, i, rhythm) for state in STATES for i, rhythm in enumerate(rhythms(state))]
    height = TOP + ROW * len(rows) + 30
    body = [*_axis(TOP + ROW * len(rows))]
    for i, (state, quarter, rhythm) in enumerate(rows):
        body += _row(TOP + ROW * i, state, quarter, rhythm)
    return document(
        WIDTH,
        height,
        "Every state of the light: colour and rhythm",
        "Of all that hold, the topmost is shown. ♪: the buzzer sounds with the light.",
        body,
    )


def document(width: int, height: int, heading: str, sub: str, body: list[str]) -> str:
    """An SVG sheet with a title; `body` is drawn on it."""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{escape(heading)}">',
        f"<style>{STYLE}</style>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="38" class="title">{escape(heading)}</text>',
        f'<text x="{LEFT}" y="60" class="sub">{escape(sub)}</text>',
        *body,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _axis(bottom: int) -> list[str]:
    lines = []
    for second in range(SHOWN_MS // 1000 + 1):
        x = _x(second * 1000)
        lines += [
            f'<line x1="{x:g}" y1="{TOP - 8}" x2="{x:g}" y2="{bottom}" stroke="#e5e7eb"/>',
            f'<text x="{x:g}" y="{TOP - 13}" text-anchor="middle" class="axis">{second} s</text>',
        ]
    return lines


def _row(y: int, state: str, quarter: int, rhythm: tuple[int, ...]) -> list[str]:
    """Swatch, name, meaning and track; a zone's later quarters show the track alone."""
    colour = hex_on_screen(ROWS[state][1])
    middle = y + ROW / 2
    lines = []
    if quarter == 0:
        lines += [
            f'<line x1="{LEFT}" y1="{y}" x2="{WIDTH - LEFT}" y2="{y}" stroke="#e5e7eb"/>',
            f'<circle cx="{LEFT + 12}" cy="{middle:g}" r="11" fill="{colour}" stroke="#374151" stroke-width="1.5"/>',
            f'<text x="{LEFT + 36}" y="{middle + 5:g}" class="name">{escape(title(state))}</text>',
        ]
        if ROWS[state][3]:
            lines.append(f'<text x="{LEFT + 156}" y="{middle + 5:g}" class="word">♪</text>')
    words = WORDS[state][0] if quarter == 0 else f"… quarter {quarter + 1}"
    lines.append(f'<text x="{LEFT + 184}" y="{middle + 5:g}" class="word">{escape(words)}</text>')
    return lines + _track(middle - _TRACK_HEIGHT / 2, state, colour, rhythm)


def _track(y: float, state: str, colour: str, rhythm: tuple[int, ...]) -> list[str]:
    """Four seconds of light on black; what happens once is not repeated."""
    size = f'height="{_TRACK_HEIGHT}"'
    black = f'y="{y - _RIM:g}" height="{_TRACK_HEIGHT + 2 * _RIM}" fill="#111827"'
    lines = [f'<rect x="{_TRACK_X - _RIM}" width="{_TRACK_WIDTH + 2 * _RIM}" rx="3" {black}/>']
    spans = bright_spans(rhythm, SHOWN_MS)
    if state == "asleep":
        return lines
    if rhythm is feedback.ONCE:
        after = f'x="{_x(sum(rhythm)):g}" width="{_x(SHOWN_MS) - _x(sum(rhythm)):g}"'
        lines.append(f'<rect {after} y="{y:g}" {size} fill="#9ca3af" fill-opacity="0.45"/>')
        lines.append(
            f'<text x="{_x(sum(rhythm)) + 10:g}" y="{y + 11:g}" class="axis" style="fill:#f9fafb">'
            "then again what was shown before</text>"
        )
        spans = spans[:1]
    lines += [
        f'<rect x="{_x(start):.1f}" y="{y:g}" width="{_x(end) - _x(start):.1f}" {size} fill="{colour}"/>'
        for start, end in spans
    ]
    return lines


def _x(at_ms: int) -> float:
    return _TRACK_X + _TRACK_WIDTH * at_ms / SHOWN_MS
