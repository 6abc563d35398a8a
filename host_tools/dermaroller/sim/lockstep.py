"""The virtual board with a peer in lock step: the host's program lives in the board's time, so that what it measures
does not depend on the speed of this machine, and a pull of minutes takes seconds.

The peer answers at once; between the two lies the modelled line, and a millisecond of latency.
"""

from __future__ import annotations

import contextlib
import os
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from dermaroller.sim import process
from dermaroller.sim.process import BoardSettings, Boot, BootState
from dermaroller.sim.run import board_pins
from dermaroller.sim.trace import read_trace
from dermaroller.sim.world import Sensors, make_world, with_noise

READ_TIMEOUT_US = 50_000
_STEP_US = 1000
_MOST_IN_STEP = 64  # bytes that the board takes at once


class LockStep:
    """A stream for dermaroller.device (read, write) and its clock (now_s). A context manager.

    flash: an image that exists. trace: what the hand does from the start on; then the world stands still. `board`:
    further options of BoardSettings.
    """

    def __init__(
        self,
        flash: Path,
        trace: Path | None = None,
        *,
        baud: int = 115200,
        seed: int = 0,
        noise_mn: int | None = None,
        **board: Any,
    ) -> None:
        sensors = with_noise(Sensors(), noise_mn)
        self._settings = BoardSettings(
            flash=flash, baud=baud, seed=seed, noise_mn=sensors.noise_mn, is_stepped=True, **board
        )
        motion = read_trace(trace) if trace else None
        self._world = make_world(motion, sensors, board_pins(self._settings.board), seed, is_endless=True)
        self._byte_us = 10e6 / baud
        self._state = BootState()
        self._now_us = 0
        self._outbox = bytearray()
        self._credit = 0.0  # bytes that the line could have carried to the board
        self._line: deque[tuple[float, bytes]] = deque()  # on its way from the board: when it is here, and what
        self._line_free_us = 0.0
        self._inbox = bytearray()
        self.led: list[tuple[float, str]] = []  # (time, state) at each change of the light
        self.exits: list[str] = []

    def now_s(self) -> float:
        return self._now_us / 1e6

    def read(self) -> bytes:
        """What has come, b"" if nothing does for a while; then that while has passed."""
        until_us = self._now_us + READ_TIMEOUT_US
        while not self._inbox and self._now_us < until_us:
            self._step()
        data = bytes(self._inbox)
        self._inbox.clear()
        return data

    def write(self, data: bytes) -> None:
        self._outbox += data

    def wait(self, wait_s: float) -> None:
        """Let the board's time go on; what it sends meanwhile can be read afterwards."""
        until_us = self._now_us + round(wait_s * 1e6)
        while self._now_us < until_us:
            self._step()

    def cut_power(self) -> None:
        """Power fails now, and comes back a second later."""
        self._stop()
        self.exits.append("power_cut")
        self._go_on_from(self._state.after({"reason": "power_cut"}, self._now_us - self._state.start_us))

    def __enter__(self) -> LockStep:
        self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _start(self) -> None:
        theirs, self._stdin = os.pipe()
        boot = Boot(self._settings, self._state, self._world.stream(self._state.start_us), stdin=theirs)
        self._boot = boot.__enter__()
        os.close(theirs)
        self._records: Iterator[process.Record] = iter(boot)

    def _stop(self) -> None:
        os.close(self._stdin)
        self._boot.__exit__(KeyboardInterrupt, None, None)  # it need not have come to an end

    def _step(self) -> None:
        """One millisecond of the board."""
        for record in self._records:
            self._now_us = self._state.start_us + record.t_us
            if record.kind == process.CONSOLE:
                self._carry(record.payload)
            elif record.kind == process.LIGHT:
                self.led.append((self.now_s(), record.payload[3:].decode()))
            elif record.kind == process.STEP:
                self._send()
                self._deliver()
                return
        self._boot_again()

    def _carry(self, data: bytes) -> None:
        self._line_free_us = max(self._line_free_us, self._now_us) + len(data) * self._byte_us
        self._line.append((self._line_free_us, data))

    def _deliver(self) -> None:
        while self._line and self._line[0][0] <= self._now_us:
            self._inbox += self._line.popleft()[1]

    def _send(self) -> None:
        per_step = _STEP_US / self._byte_us
        self._credit = min(self._credit + per_step, max(per_step, 1.0) * 2)
        n = min(int(self._credit), len(self._outbox), _MOST_IN_STEP)
        self._credit -= n
        with contextlib.suppress(BrokenPipeError):
            os.write(self._stdin, bytes((n,)) + self._outbox[:n])
        del self._outbox[:n]

    def _boot_again(self) -> None:
        exit_record, exit_us = self._boot.exit, self._boot.exit_us
        self._stop()
        if exit_record is None:
            raise process.BoardError(f"the virtual board stopped without a reason: {self._boot.stderr[-300:]}")
        self.exits.append(exit_record["reason"])
        self._go_on_from(self._state.after(exit_record, exit_us))

    def _go_on_from(self, state: BootState) -> None:
        self._state = state
        self._now_us = state.start_us
        self._outbox.clear()
        self._line.clear()
        self._start()
