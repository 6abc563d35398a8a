"""Pictures of the ring of 8: how it fills while a zone is rolled, and how states look on it.

What is lit is worked out by roller.feedback itself, at the first moment of a state.
"""

import math

from dermaroller.lights.chart import LEFT, document
from dermaroller.lights.colour import hex_on_screen
from dermaroller.lights.words import title
from roller import feedback

GLOW_SHIFT = 4  # pixels that are not reached show a sixteenth of the colour: firmware/lights.py
_CELL, _TOP, _RADIUS, _PIXEL = 112, 84, 32, 9.5

_ROLLING = feedback.ROLLING
# (facts, percent of the target, what stands below)
FILLING = [(_ROLLING, -(-n * 100 // feedback.PIXELS), f"{n * 100 / feedback.PIXELS:g} %") for n in range(9)]
SAMPLES = [
    (_ROLLING | feedback.TOO_LIGHT, 38, ""),
    (_ROLLING | feedback.TOO_HARD, 38, ""),
    (_ROLLING | feedback.PASS_COUNTED, 50, ""),
    (feedback.PROGRESS, 63, ""),
    (_ROLLING | feedback.ZONE_DONE, 100, ""),
    (feedback.NEXT_ZONE | feedback.PROGRESS, 0, ""),
    (_ROLLING | feedback.OVERDOSE | feedback.ZONE_DONE, 100, ""),
    (feedback.CONFIRM_HEAD, 100, ""),
    (feedback.SESSION_DONE, 100, ""),
]


def rings() -> str:
    """The SVG document."""
    body = []
    for row, samples in enumerate((FILLING, SAMPLES)):
        for i, (facts, percent, label) in enumerate(samples):
            body += _ring(LEFT + 46 + i * _CELL, _TOP + 50 + row * 140, facts, percent, label)
    sub = "Above: right force, filling with the zone's target. Below: other states while they are lit."
    return document(LEFT * 2 + 9 * _CELL - 20, _TOP + 268, "The ring of 8", sub, body)


def _ring(x: int, y: int, facts: int, percent: int, label: str) -> list[str]:
    light = feedback.Feedback()
    light.step(0, facts, percent)
    lines = [
        f'<circle cx="{x}" cy="{y}" r="{_RADIUS + 15}" fill="#111827"/>',
        f'<circle cx="{x}" cy="{y}" r="{_RADIUS - 15}" fill="#ffffff"/>',
    ]
    for i in range(feedback.PIXELS):
        colour = light.colour if i < light.lit else tuple(part >> GLOW_SHIFT for part in light.colour)
        angle = 2 * math.pi * i / feedback.PIXELS
        at = f'cx="{x + _RADIUS * math.sin(angle):.1f}" cy="{y - _RADIUS * math.cos(angle):.1f}"'
        if i < light.lit:
            lines.append(f'<circle {at} r="{_PIXEL + 3}" fill="{hex_on_screen(colour)}" fill-opacity="0.3"/>')
        lines.append(f'<circle {at} r="{_PIXEL}" fill="{hex_on_screen(colour)}"/>')
    text = label or title(light.state)
    lines.append(f'<text x="{x}" y="{y + _RADIUS + 36}" text-anchor="middle" class="word">{text}</text>')
    return lines
