"""The pipe through which a served board gets what its client sends, and which knows of a Ctrl-C that is not read."""

from __future__ import annotations

import array
import os
import select
import time

_CTRL_C = b"\x03"
_STUCK_S = 2.0


class Inlet:
    """`board_end` is what the board reads from; it does so without waiting, so that its own time goes on."""

    def __init__(self) -> None:
        self.board_end, self._our_end = os.pipe()
        os.set_blocking(self.board_end, False)
        self._sent = 0
        self._asked_s: float | None = None  # when the last Ctrl-C went in
        self._taken = 0  # what had been read by then

    def has_room(self, wait_s: float) -> bool:
        """Whether put() would not wait; false if that is so for all of this time."""
        return bool(select.select([], [self._our_end], [], wait_s)[1])

    def put(self, data: bytes) -> None:
        os.write(self._our_end, data)
        self._sent += len(data)
        if _CTRL_C in data:
            self._asked_s, self._taken = time.monotonic(), self._sent - self._unread()

    def is_ignored(self) -> bool:
        """Whether nothing has been read since a Ctrl-C, for long. Told once: the next one begins anew."""
        if self._asked_s is None or time.monotonic() - self._asked_s < _STUCK_S:
            return False
        self._asked_s = None
        unread = self._unread()
        return unread > 0 and self._sent - unread == self._taken

    def end(self) -> None:
        """The board ends itself when nobody can send it anything any more."""
        os.close(self._our_end)

    def close(self) -> None:
        os.close(self.board_end)

    def _unread(self) -> int:
        import fcntl
        import termios

        count = array.array("i", [0])
        fcntl.ioctl(self.board_end, termios.FIONREAD, count)
        return count[0]
