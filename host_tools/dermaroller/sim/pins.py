"""Renews debian_pins.txt: `make pins`, after a point release of Debian has taken the files of the last one away."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from dermaroller import files
from dermaroller.sim import debian

HEADER = """\
# Debian's packages of MicroPython 1.25 for 32-bit x86, as paths in the pool and their SHA-256. Made by `make pins`.
"""


def renew(pins: Path, apt_folder: Path) -> tuple[set[str], set[str]]:
    """Write what the archive's signed index lists today; the paths that are new, and those that have gone.

    Raises FetchError, and leaves the file as it was.
    """
    if why_not := debian.why_not():
        raise debian.FetchError(why_not)
    with tempfile.TemporaryDirectory(prefix="dermaroller-") as work:
        found = debian.closure(debian.OLDEST_SUITE, Path(work), apt_folder)
    before = debian.read_pins(pins) if pins.exists() else {}
    files.write_whole(pins, (HEADER + "".join(f"{found[path]}  {path}\n" for path in sorted(found))).encode())
    return found.keys() - before.keys(), before.keys() - found.keys()


def main() -> int:
    """Renew them, and say what changed."""
    try:
        new, gone = renew(debian.PINS, debian.APT_FOLDER)
    except debian.FetchError as error:
        print(f"The pins stay as they are: {error}.", file=sys.stderr)
        return 12
    for sign, paths in (("+", new), ("-", gone)):
        for path in sorted(paths):
            print(sign, path)
    print("debian_pins.txt is renewed." if new or gone else "debian_pins.txt was up to date.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
