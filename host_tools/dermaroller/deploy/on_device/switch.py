"""Runs on the device: makes the new application the one that starts, and sets the clock."""

import os


def main(files, moment):
    """files: pairs of path and text, written in this order. moment: UTC as machine.RTC takes it."""
    import machine

    machine.RTC().datetime(moment)
    for path, text in files:
        replace(path, text)


def replace(path, text):
    """All at once, by renaming: a cut leaves the old file or the new one."""
    with open(path + "~", "w") as file:
        file.write(text)
    os.rename(path + "~", path)
