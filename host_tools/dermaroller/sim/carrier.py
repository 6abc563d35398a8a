"""Hands bytes on when a modelled line has carried them: what stands in a UART's FIFO has not arrived yet."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable


class Carrier:
    """A line that calls `deliver(data)` from a thread of its own. byte_us: time of a byte; 0 for none at all."""

    def __init__(self, deliver: Callable[[bytes], None], byte_us: float, speed: float = 1.0) -> None:
        self._deliver = deliver
        self._byte_us = byte_us
        self._speed = speed
        self._free_us = 0.0  # when the line has carried all that was sent
        self._under_way: queue.Queue[tuple[float, bytes] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._carry, daemon=True)
        self._thread.start()

    def send(self, data: bytes, t_us: int) -> None:
        """Bytes that the board has just written, at its time t_us."""
        self._free_us = max(self._free_us, t_us) + len(data) * self._byte_us
        self._under_way.put((time.monotonic() + (self._free_us - t_us) / 1e6 / self._speed, data))

    def close(self) -> None:
        """Drop what is under way."""
        self._under_way.put(None)
        self._thread.join(timeout=5)

    def _carry(self) -> None:
        while (item := self._under_way.get()) is not None:
            due_s, data = item
            wait_s = due_s - time.monotonic()
            if wait_s > 0:
                time.sleep(wait_s)
            self._deliver(data)
