"""How hard was pressed, against the session's own window."""

import numpy as np

from dermaroller.analysis.summary_parts import ForceHabits
from dermaroller.session import Session


def force_habits(session: Session) -> ForceHabits:
    """How hard was pressed, against the session's own window; no shares and no mean without samples."""
    window, force_n = session.header.force, session.samples.force_n
    peaks_n = [stroke.force_peak_n for stroke in session.entries.strokes]
    if not len(force_n):
        return ForceHabits(window.low_n, window.high_n, peak_n=round(max(peaks_n), 3) if peaks_n else None)
    light, hard = float(np.mean(force_n < window.low_n)), float(np.mean(force_n > window.high_n))
    return ForceHabits(
        low_n=window.low_n,
        high_n=window.high_n,
        light_fraction=round(light, 4),
        in_window_fraction=round(1 - light - hard, 4),
        hard_fraction=round(hard, 4),
        mean_n=round(float(np.mean(force_n)), 3),
        peak_n=round(max([*peaks_n, float(np.max(force_n, initial=0))]), 3),
    )
