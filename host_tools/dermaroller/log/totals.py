"""Sums over the strokes of a session, as the device sums them, and whether its footer agrees with them."""

from collections.abc import Iterable

from dermaroller.entries import Stroke
from dermaroller.log.header import Sums
from dermaroller.session import Session


def total_mismatches(session: Session) -> list[str]:
    """A sentence for each total of the footer that is not the sum over the strokes that were read."""
    if session.footer is None:
        return []
    told, read = session.footer.sums, sums(session.entries.strokes)
    return [
        f"The footer says {said} {what}, the strokes add up to {found}."
        for what, said, found in (
            ("passes", told.passes, read.passes),
            ("path counts", told.path_counts, read.path_counts),
            ("effective counts", told.effective_counts, read.effective_counts),
        )
        if said != found
    ]


def sums(strokes: Iterable[Stroke]) -> Sums:
    """What strokes add up to, as the device sums them."""
    passes = path_counts = effective_counts = 0
    for stroke in strokes:
        passes += stroke.counted
        path_counts += stroke.path_counts
        effective_counts += stroke.effective_counts
    return Sums(passes, path_counts, effective_counts)
