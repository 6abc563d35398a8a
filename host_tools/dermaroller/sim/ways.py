"""The ways from a served board to its client: a pseudo-terminal here, TCP in tcp.py.

None of them ever waits for the client: what it has no room for is lost, as on a port that nobody reads.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
from pathlib import Path
from typing import Protocol

from dermaroller.errors import UsageError

CHUNK_BYTES = 512  # what a pipe that has room at all takes at once, on any system


class Way(Protocol):
    """path: what a client gives as its port. note: what whoever opens it should know."""

    path: str
    note: str

    def read(self, wait_s: float) -> bytes:
        """Some of what the client has sent; b"" if nothing comes within this time."""

    def write(self, data: bytes) -> None:
        """Send what there is room for."""

    def close(self) -> None:
        """No client can come any more."""


class Terminal:
    """A pseudo-terminal. link: symlink to make to it."""

    note = ""

    def __init__(self, link: Path | None = None) -> None:
        import tty

        try:
            self._ours, self._theirs = os.openpty()  # theirs stays open here, so that no client is no error
        except OSError as error:
            raise UsageError(f"this system gives no pseudo-terminal ({error.strerror}): use --tcp PORT.") from None
        tty.setraw(self._theirs)
        os.set_blocking(self._ours, False)
        self.path = os.ttyname(self._theirs)
        self._link: Path | None = None
        try:
            if link:
                self._make_link(link)
        except BaseException:
            self.close()
            raise

    def _make_link(self, link: Path) -> None:
        with contextlib.suppress(FileNotFoundError):
            if not link.is_symlink():
                link.lstat()
                raise UsageError(f"--link {link} exists and is not a link: name another path.")
            link.unlink()
        link.symlink_to(self.path)
        self._link = link

    def read(self, wait_s: float) -> bytes:
        return os.read(self._ours, CHUNK_BYTES) if is_ready(self._ours, wait_s) else b""

    def write(self, data: bytes) -> None:
        with contextlib.suppress(BlockingIOError):
            os.write(self._ours, data)

    def close(self) -> None:
        for end in (self._ours, self._theirs):
            os.close(end)
        if self._link:
            self._link.unlink(missing_ok=True)


def is_ready(source: int | socket.socket, wait_s: float) -> bool:
    """Whether there is something to read or to accept within this time."""
    return bool(select.select([source], [], [], wait_s)[0])
