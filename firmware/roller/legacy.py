"""Sessions of the old kind, each of them a file: NNNNN.part while it is open, NNNNN.drl closed, NNNNN.ok confirmed.

Firmware before the boxes left them. They are read, confirmed and erased where they are, and none is ever made.
"""

import os

OPEN, CLOSED, CONFIRMED = 0, 1, 2
SUFFIXES = (".part", ".drl", ".ok")  # by state
FILE = 511  # stands in the index for the first block


def entries(folder):
    """The index's entries of all files, in no order."""
    found = []
    for name in os.listdir(folder):
        stem, dot, suffix = name.partition(".")
        if dot + suffix in SUFFIXES and stem.isdigit():
            found.append(int(stem) << 11 | FILE << 2 | SUFFIXES.index(dot + suffix))
    return found


def path(folder, session, state):
    return "%s/%05d%s" % (folder, session, SUFFIXES[state])


def size(folder, session, state):
    return os.stat(path(folder, session, state))[6]


def open_file(folder, session, state, mode="rb"):
    return open(path(folder, session, state), mode)


def change(folder, session, state, new_state):
    os.rename(path(folder, session, state), path(folder, session, new_state))


def remove(folder, session, state):
    os.remove(path(folder, session, state))
