"""Sessions as files that other programs read: one module a format, all through files.py onto the disk."""
