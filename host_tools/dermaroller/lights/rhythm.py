"""Rhythms as spans of time, for whoever draws them."""

from collections.abc import Sequence

from roller import feedback

ROWS = {row[0]: row for row in feedback.STATES}
STATES = tuple(ROWS)


def rhythms(state: str) -> list[tuple[int, ...]]:
    """The state's rhythm; for the progress of a zone one for each quarter."""
    return list(feedback.PROGRESS_RHYTHMS) if state == "progress" else [ROWS[state][2]]


def bright_spans(rhythm: Sequence[int], end_ms: int) -> list[tuple[int, int]]:
    """(from, to) in ms of each bright part within the first end_ms. One part alone is steady light."""
    if len(rhythm) == 1:
        return [(0, end_ms)]
    spans, at_ms = [], 0
    while at_ms < end_ms:
        for i, part_ms in enumerate(rhythm):
            if i % 2 == 0 and at_ms < end_ms:
                spans.append((at_ms, min(at_ms + part_ms, end_ms)))
            at_ms += part_ms
    return spans


def in_words(rhythm: Sequence[int]) -> str:
    """A rhythm as text: milliseconds of light in bold, of dark plain."""
    if len(rhythm) == 1:
        return "steady"
    return " ".join(f"**{ms}**" if i % 2 == 0 else str(ms) for i, ms in enumerate(rhythm))
