"""What the options of one call set for the whole program, where the call's context does not reach."""

from pathlib import Path

archive: Path | None = None  # what --archive names
is_quiet = False  # results and errors only
is_verbose = False  # what is being done as well, and where a mistake happened


def reset() -> None:
    """As at the start of a program: a process may make several calls."""
    global archive, is_quiet, is_verbose
    archive, is_quiet, is_verbose = None, False, False
