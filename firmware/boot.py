"""Runs first on the chip. Left empty on purpose: whatever fails here would lock a developer out."""
