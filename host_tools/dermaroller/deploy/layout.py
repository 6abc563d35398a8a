"""Where the application lies on the device, and how one file decides which of two copies runs.

Two folders hold a copy each: an archive with all modules (see archive), and beside it the one that mounts it, or the
other copy's if this one is damaged (firmware/boot.py). A file names the folder that runs, and is replaced by renaming,
which littlefs does all at once: a cut leaves the old name or the new one. The other folder is free to be written
meanwhile. `main.py` at the root, which MicroPython starts, only reads that name; it stays the same from version to
version, and starts as well what older tools left, a folder with a file for each module.
"""

FOLDERS = ("app_a", "app_b")
ARCHIVE = "app.bin"
MOUNTER = "boot.mpy"
BUNDLE = "app.new"  # of the archive, what the device has not yet
INDEX = "index"  # what an archive begins with, among its modules' paths
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


def other(folder: str | None) -> str:
    """The folder to write while this one runs."""
    return FOLDERS[1] if folder == FOLDERS[0] else FOLDERS[0]
