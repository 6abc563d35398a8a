"""Where the application lies on the device, and how one file decides which of two copies runs.

Two folders hold an application each. A file names the one that runs, and is replaced by renaming, which littlefs does
all at once: a cut leaves the old name or the new one. The other folder is free to be written meanwhile. `main.py` at
the root, which MicroPython starts, only reads that name; it stays the same from version to version.
"""

FOLDERS = ("app_a", "app_b")
POINTER = "app.txt"
LOADER = "main.py"
LOADER_TEXT = '''"""Starts the application in the folder that app.txt names; put there by deploying."""

import sys

with open("/app.txt") as file:
    sys.path.insert(0, "/" + file.read())
for name in ("boot", "main"):  # the application's own, not those beside this file
    sys.modules.pop(name, None)
    __import__(name)
'''


def other(active: str | None) -> str:
    """The folder to write: not the one that runs."""
    return FOLDERS[1] if active == FOLDERS[0] else FOLDERS[0]
