"""Where the application lies on the device, and how one file decides which of two copies runs.

Two folders hold a copy of the application each, in one file (see archive). Another file names the folder that runs, and
is replaced by renaming, which littlefs does all at once: a cut leaves the old name or the new one. The other folder is
free to be written meanwhile. `main.py` at the root, which MicroPython starts, reads that name and mounts the archive,
or that of the other folder if this one is damaged. It also starts what older tools left, a folder with a file for each
module: so it is brought before the name is changed.
"""

from importlib import resources

FOLDERS = ("app_a", "app_b")
ARCHIVE = "app.bin"
BUNDLE = "app.new"  # of that, what the device has not yet
INDEX = "index"  # what an archive begins with, among its modules' paths
POINTER = "app.txt"
LOADER = "main.py"
LOADER_TEXT = (resources.files(__package__) / "on_device" / "loader.py").read_text(encoding="utf-8")


def other(folder: str | None) -> str:
    """The folder to write while this one runs."""
    return FOLDERS[1] if folder == FOLDERS[0] else FOLDERS[0]
