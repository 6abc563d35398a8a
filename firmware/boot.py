"""Runs first on the chip. Left almost empty on purpose: whatever fails here would lock a developer out."""

import gc

# While modules load: what one leaves behind is filled by the next, so that the free heap stays in one piece.
gc.threshold(1024)
