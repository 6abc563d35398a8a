"""Runs first on the chip. Left empty on purpose: whatever fails here would lock a developer out.

No gc.threshold() here: it would collect after every so many bytes ever taken, also those that large frames give back
at once, and so stall the sampling for nothing. The loop collects while the drum is in the air.
"""
