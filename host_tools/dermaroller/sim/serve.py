"""Serves the virtual board as a serial port: real time, across resets and power cuts, by one of the ways of ways.py.

The line rate is modelled on the board, whatever rate a client sets. Clients may come and go.
"""

from __future__ import annotations

import os
import signal
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

from dermaroller import boards
from dermaroller.errors import DermarollerError, UsageError
from dermaroller.output import say
from dermaroller.sim import image, process
from dermaroller.sim.carrier import Carrier
from dermaroller.sim.inlet import Inlet
from dermaroller.sim.process import BoardSettings, Boot, BootState
from dermaroller.sim.run import board_pins
from dermaroller.sim.tcp import Tcp
from dermaroller.sim.trace import read_trace
from dermaroller.sim.ways import Terminal, Way
from dermaroller.sim.world import Sensors, make_world, with_noise

_BOOT_S = 15.0  # of this computer, in which a board has shown a light or a prompt
_LOOK_S = 0.1

Watch = Callable[[float, str, list[int]], None]


def serve(**options: Any) -> None:
    """Serve until Ctrl-C or SIGTERM. Prints the port's path as the first line. For `options` see Server."""
    with Server(**options) as server:
        # SIGINT too: whoever started this in the background may have left it ignored.
        signals = (signal.SIGTERM, signal.SIGINT)
        before = [signal.signal(number, signal.default_int_handler) for number in signals]
        try:
            print(server.path, flush=True)
            if server.note:
                say(server.note)
            server.wait()
        except KeyboardInterrupt:
            pass
        finally:
            for number, handler in zip(signals, before, strict=True):
                signal.signal(number, handler)


class Server:
    """A board that runs in the background while the context is open; `path` names its port.

    trace: what the hand does, from the start on; then the world stands still. flash: image to keep; made if missing.
    link: symlink to make to the port. tcp: [HOST:]PORT to be served at, with no pseudo-terminal. speed: 1 is real time.
    baud: of the modelled line. cpu_mhz: at which bytecode takes its time; None: it takes none. cut_at_op: the power
    fails for good at that flash operation, the first since the start being 1; is_torn: in the middle of it. on_light:
    called with (trace time, state, [red, green, blue]).
    """

    def __init__(
        self,
        *,
        trace: Path | None = None,
        plan_bytes: bytes | None = None,
        seed: int = 0,
        flash: Path | None = None,
        link: Path | None = None,
        tcp: str | None = None,
        speed: float = 1.0,
        board: str = "virtual",
        baud: int = 115200,
        heap: str = process.HEAP,
        noise_mn: int | None = None,
        cpu_mhz: int | None = None,
        flash_page_us: int = 700,
        flash_erase_us: int = 45_000,
        cut_at_op: int | None = None,
        is_torn: bool = False,
        on_light: Watch | None = None,
    ) -> None:
        if os.name != "posix":
            raise UsageError(
                "the virtual board needs Linux or macOS: run sim serve --tcp PORT under WSL, and here give -p what it"
                " prints first."
            )
        motion = read_trace(trace) if trace else None
        sensors = with_noise(Sensors(), noise_mn)
        self._start_s = motion.start_s if motion else 0.0
        self._world = make_world(motion, sensors, board_pins(board), seed, is_endless=True)
        self._folder = tempfile.TemporaryDirectory(prefix="dermaroller-")
        image_path = Path(flash) if flash else Path(self._folder.name) / "flash.bin"
        image.ensure_image(image_path)
        if plan_bytes is not None:
            image.put_file(image_path, "/plan.bin", plan_bytes)
        self._settings = BoardSettings(
            flash=image_path, board=board, heap=heap, baud=baud, speed=speed, noise_mn=sensors.noise_mn, seed=seed,
            flash_page_us=flash_page_us, flash_erase_us=flash_erase_us, cut_at_op=cut_at_op, is_torn=is_torn,
            cpu_mhz=cpu_mhz,
        )  # fmt: skip
        self._link, self._tcp = link, tcp
        self._on_light = on_light
        self._boot: Boot | None = None
        self._is_closing = threading.Event()
        self._is_up = threading.Event()
        self._booted_s = time.monotonic()
        self._failure: BaseException | None = None
        self.stderr = ""
        self.exits: list[str] = []
        self.flash_operations = 0  # of the boots that are over

    def __enter__(self) -> Server:
        process.compiled(self._settings)  # before there is a port: whoever opens it asks at once
        self._way = _open_way(self._link, self._tcp)
        self.path, self.note = self._way.path, self._way.note
        self._inlet = Inlet()
        is_uart = boards.load(self._settings.board).CONSOLE == "uart"
        byte_us = 10e6 / self._settings.baud if is_uart else 0.0
        self._carrier = Carrier(self._way.write, byte_us, self._settings.speed)
        self._threads = [
            threading.Thread(target=self._guarded, args=(work,), daemon=True) for work in (self._boots, self._relay)
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_closing.set()
        self._is_up.set()
        for thread in self._threads:
            thread.join(timeout=5)
        self._carrier.close()
        self._inlet.close()
        self._way.close()
        self._folder.cleanup()
        if kind is None and self._failure:
            raise self._failure

    def wait(self) -> None:
        """Until the board fails, which it should not, or has no power any more; Ctrl-C ends the wait."""
        while not self._is_closing.wait(0.2) and not self._failure:
            pass

    def cut_power(self) -> None:
        """Take the power away for good, in whatever the board is doing."""
        self._is_closing.set()
        if self._boot:
            self._boot.cut_power()

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except (DermarollerError, OSError) as error:
            if not self._is_closing.is_set():
                self._failure = error

    def _boots(self) -> None:
        state, settings = BootState(), self._settings
        while not self._is_closing.is_set():
            self._booted_s = time.monotonic()
            with Boot(settings, state, self._world.stream(state.start_us), stdin=self._inlet.board_end) as boot:
                self._boot = boot
                for record in boot:
                    self._take(record, state)
            self._boot = None
            self._is_up.clear()
            self.stderr += boot.stderr
            assert boot.exit is not None
            self.exits.append(boot.exit["reason"])
            operations = boot.exit.get("board", {}).get("flash_operations", 0)
            self.flash_operations += operations
            if boot.exit["reason"] == "closed":
                return
            if settings.cut_at_op is not None:
                if boot.exit["reason"] == "power_cut":
                    self._is_closing.set()
                    return
                settings = replace(settings, cut_at_op=settings.cut_at_op - operations)
            ended_s = time.monotonic()
            after = state.after(boot.exit, boot.exit_us)
            dark_s = (after.start_us - state.start_us - boot.exit_us) / 1e6 / self._settings.speed
            state = after
            self._is_closing.wait(max(0.0, dark_s - (time.monotonic() - ended_s)))

    def _take(self, record: process.Record, state: BootState) -> None:
        self._is_up.set()
        if record.kind == process.CONSOLE:
            self._carrier.send(record.payload, state.start_us + record.t_us)
        elif record.kind == process.LIGHT and self._on_light:
            t_s = self._start_s + (state.start_us + record.t_us) / 1e6
            self._on_light(t_s, record.payload[3:].decode(), list(record.payload[:3]))

    def _relay(self) -> None:
        """Pass on what clients send, as far as the board reads it; wake a program that does not look at its Ctrl-C.

        Not while it boots, until it has said something: the firmware would not see a Ctrl-C of then, as on a chip, but
        on a pseudo-terminal mpremote waits for ever for what its first one does.
        """
        try:
            while not self._is_closing.is_set():
                if not self._is_up.wait(_LOOK_S) and time.monotonic() < self._booted_s + _BOOT_S:
                    continue
                if self._inlet.has_room(_LOOK_S) and (data := self._way.read(_LOOK_S)):
                    self._inlet.put(data)
                if self._inlet.is_ignored() and self._boot:
                    self._boot.interrupt()
        finally:
            self._inlet.end()


def _open_way(link: Path | None, tcp: str | None) -> Way:
    if tcp is None:
        return Terminal(link)
    if link is not None:
        raise UsageError("--link names a pseudo-terminal, and --tcp makes none: give one of them.")
    return Tcp(tcp)
