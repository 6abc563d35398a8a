"""Lets one process at a time change an archive; the system frees the lock of a process that dies."""

import os
import time
from pathlib import Path
from typing import IO

from dermaroller.errors import PortBusy, UsageError

TIMEOUT_S = 60.0
_POLL_S = 0.01


class Lock:
    """`with Lock(path)`: held by this process alone. It waits for another one that holds it, up to the timeout.

    PortBusy if it is still held then; OSError if the file cannot be opened.
    """

    def __init__(self, path: Path, timeout_s: float = TIMEOUT_S) -> None:
        self._path = path
        self._timeout_s = timeout_s
        self._file: IO[bytes] | None = None

    def __enter__(self) -> "Lock":
        deadline = time.monotonic() + self._timeout_s
        while not self.try_to_take():
            if time.monotonic() > deadline:
                raise PortBusy(f"another program has been changing {self._path.parent} for long. Wait, and try again.")
            time.sleep(_POLL_S)
        return self

    def try_to_take(self) -> bool:
        """Take it if nobody has it."""
        file = self._path.open("ab")
        try:
            _lock(file)
        except BlockingIOError:
            file.close()
            return False
        except OSError as error:
            file.close()
            raise UsageError(
                f"{self._path.parent} lies on a drive that cannot lock files ({error.strerror}): "
                "choose a local folder with --archive, and back it up to that drive."
            ) from error
        self._file = file
        return True

    def __exit__(self, *_: object) -> None:
        if self._file:
            self._file.close()  # which unlocks it
            self._file = None


if os.name == "nt":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except PermissionError as error:  # what Windows says when another process has it
            raise BlockingIOError from error

else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
