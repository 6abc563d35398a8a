"""Runs first on the chip. Left almost empty on purpose: whatever fails here would lock a developer out."""

import gc

gc.threshold(8192)  # collect early and often: short pauses instead of a long one
