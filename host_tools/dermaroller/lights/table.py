"""The table of the light in README.md, between two marks, made from roller.feedback."""

import re

from dermaroller.lights.rhythm import ROWS, STATES, in_words, rhythms
from dermaroller.lights.words import WORDS, title

_MARKED = re.compile(r"(<!-- made: light -->\n).*?(<!-- end -->)", re.DOTALL)


def renewed(text: str) -> str:
    """The page with its table as the constants are now."""
    return _MARKED.sub(lambda found: f"{found[1]}{table()}\n{found[2]}", text)


def table() -> str:
    """A row a state, in the order of priority."""
    rows = [["state", "red, green, blue", "rhythm, ms (**light**, dark)", "", "it means", "so"], ["---"] * 6]
    for state in STATES:
        words = " / ".join(in_words(rhythm) for rhythm in rhythms(state))
        colour = ", ".join(str(part) for part in ROWS[state][1])
        rows.append([f"**{title(state)}**", colour, words, "♪" if ROWS[state][3] else "", *WORDS[state]])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)
