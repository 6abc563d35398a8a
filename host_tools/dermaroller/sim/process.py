"""One boot of the virtual board: a MicroPython process, what it is told, and the records that it sends.

Power cuts and resets end the process; its last record says why and what the next boot needs, and `BootState.after`
makes that boot's settings.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from dermaroller.cpu import rate
from dermaroller.errors import DermarollerError
from dermaroller.sim import mpy, viper
from dermaroller.sim.runtime import Runtime, find_micropython

CONSOLE, LIGHT, PROGRESS, STEP, DIED, EXIT = b"CLPSDX"
# See Runtime.with_heap. 165 KB are free at the prompt of an emulated ESP32 with the stock image 1.24.0; the stand-ins
# take 27 KB.
HEAP = "192k"
_HEADER_BYTES = 12
_LOOKS = 6

POWER_ON, HARD, WATCHDOG, DEEP_SLEEP, SOFT = range(1, 6)
_CAUSES = {"power_cut": POWER_ON, "reset": HARD, "wdt_reset": WATCHDOG, "deepsleep": DEEP_SLEEP, "soft_reset": SOFT}
# How long the board is dark between two boots: the power comes back after a second, a chip's own reset takes a third of
# one.
_DARK_US = {"power_cut": 1_000_000, "reset": 300_000, "wdt_reset": 300_000, "deepsleep": 300_000, "soft_reset": 50_000}


class BoardError(DermarollerError):
    """The virtual board itself failed, not the firmware on it."""


class ApplicationDied(DermarollerError):
    """The firmware on the virtual board ended with an exception, or lets no time pass any more."""


@dataclass(frozen=True)
class Record:
    """Something the board reported: seconds since its boot, the kind, the payload."""

    t_us: int
    kind: int
    payload: bytes


@dataclass(frozen=True)
class BootState:
    """What a boot starts from. `start_us` is the time of the world."""

    start_us: int = 0
    cause: int = POWER_ON
    rtc_s: int = 0
    rtc_memory: str = ""
    is_raw_repl: bool = False
    received: str = ""

    def after(self, exit_record: dict[str, Any], t_us: int) -> BootState:
        """The state for the boot that follows one which ended at this time since its start."""
        reason = exit_record["reason"]
        dark_us = _DARK_US[reason]
        keeps_power = reason != "power_cut"
        return BootState(
            start_us=self.start_us + t_us + dark_us,
            cause=_CAUSES[reason],
            rtc_s=exit_record.get("rtc_s", 0) if keeps_power else 0,
            rtc_memory=exit_record.get("rtc_memory", "") if keeps_power else "",
            is_raw_repl=exit_record.get("is_raw", False),
            received=exit_record.get("received", "") if reason == "soft_reset" else "",
        )


@dataclass(frozen=True)
class BoardSettings:
    """What stays the same from boot to boot."""

    flash: Path
    board: str = "virtual"
    heap: str = HEAP
    baud: int = 115200
    port_away_ms: tuple[int, int] = (0, 0)  # a USB port is not fetched for the second in each of the first
    speed: float = 0.0  # 1 is real time; 0 is as fast as it goes
    is_stepped: bool = False  # a peer follows it millisecond by millisecond
    live: bool = False  # the application's counters each second
    probes_heap: bool = False
    noise_mn: int = 20
    seed: int = 0
    cpu_mhz: int | None = None  # at which bytecode takes its time; None: it takes none
    flash_page_us: int = 700
    flash_erase_us: int = 45_000
    cut_at_op: int | None = None
    is_torn: bool = False
    patience_s: float = 60.0  # of this computer, for a board at full speed to let a second of its own pass

    def as_json(self) -> dict[str, Any]:
        return {
            "flash": str(self.flash.resolve()),
            "baud": self.baud,
            "port_away_ms": self.port_away_ms,
            "speed_x1000": round(self.speed * 1000),
            "is_stepped": self.is_stepped,
            "live": self.live,
            "probes_heap": self.probes_heap,
            "noise_mn": self.noise_mn,
            "seed": self.seed,
            "page_us": self.flash_page_us,
            "erase_us": self.flash_erase_us,
            **rate.boot_settings(self.cpu_mhz),
            "cut_at": -1 if self.cut_at_op is None else self.cut_at_op,
            "is_torn": self.is_torn,
        }


def compiled(settings: BoardSettings) -> tuple[Runtime, Path, Path]:
    """The runtime that is found, and the folders of the firmware and of the stand-ins, compiled for it if need be.

    The firmware is as it is deployed: line numbers would take heap that a handle has to spare for its sessions.
    """
    micropython = find_micropython()
    arch = viper.native_arch(micropython.mpy)
    firmware = mpy.firmware_tree(settings.board, arch=arch, is_charged=settings.cpu_mhz is not None)
    return micropython, firmware, mpy.stand_in_tree()


@dataclass
class Boot:
    """A running board. Use as a context manager and iterate over its records; `exit` then holds the last one."""

    settings: BoardSettings
    state: BootState
    stream: bytes
    stdin: int = subprocess.DEVNULL
    exit: dict[str, Any] | None = None
    exit_us: int = 0
    stderr: str = ""
    records: BinaryIO = field(init=False)
    _folder: tempfile.TemporaryDirectory[str] = field(init=False)
    _process: subprocess.Popen[bytes] = field(init=False)
    _seen: int = 0  # records
    _last_us: int = 0
    _is_stuck: bool = False
    _is_over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Boot:
        self._folder = tempfile.TemporaryDirectory(prefix="dermaroller-", ignore_cleanup_errors=True)
        folder = Path(self._folder.name)
        micropython, firmware, stand_ins = compiled(self.settings)
        (folder / "world").write_bytes(self.stream)
        read_end, write_end = os.pipe()
        settings = folder / "boot.json"
        settings.write_text(json.dumps(self._boot_json(folder, firmware, stand_ins, write_end)))
        with (folder / "stderr").open("wb") as errors:
            self._process = subprocess.Popen(
                [*micropython.with_heap(self._heap()), str(mpy.start_script()), str(settings)],
                cwd=folder, env={**os.environ, "TZ": "UTC"},
                stdin=self.stdin, stdout=errors, stderr=errors, pass_fds=(write_end,), start_new_session=True,
            )  # fmt: skip
        os.close(write_end)
        self.records = os.fdopen(
            read_end, "rb", buffering=0 if self.settings.speed or self.settings.is_stepped else 65536
        )
        if not (self.settings.speed or self.settings.is_stepped):
            threading.Thread(target=self._watch, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over.set()
        self._process.kill()
        self._process.wait()
        self.records.close()
        self.stderr = (Path(self._folder.name) / "stderr").read_text(errors="replace")
        self._folder.cleanup()
        if self._is_stuck:
            raise ApplicationDied(
                f"the firmware hangs {(self.state.start_us + self._last_us) / 1e6:.0f} s after the start: in"
                f" {self.settings.patience_s:g} s of this computer it neither slept nor looked at the clock."
            )
        if kind is None and self.exit is None:
            lines = self.stderr.strip().splitlines() or [f"exit code {self._process.returncode}"]
            raise BoardError(f"the virtual board stopped without a reason: {' | '.join(lines[-3:])}")

    def _heap(self) -> str:
        """The heap's size; what charging takes of it comes on top, as no chip spends that."""
        if self.settings.cpu_mhz is None:
            return self.settings.heap
        return rate.more_heap(self.settings.heap, self.settings.board)

    def interrupt(self) -> None:
        """Raise KeyboardInterrupt in a program that runs without ever looking at the clock or the port."""
        self._process.send_signal(signal.SIGINT)

    def cut_power(self) -> None:
        """End it in whatever it is doing; there is no last record."""
        self._process.kill()

    def __iter__(self) -> Iterator[Record]:
        while (record := self._read_record()) is not None:
            if record.kind == EXIT:
                self.exit = json.loads(record.payload)
                self.exit_us = record.t_us
                return
            self._seen += 1
            self._last_us = record.t_us
            yield record

    def _watch(self) -> None:
        """End a board that no longer tells each second that its time goes on."""
        seen, idle = -1, 0
        while idle < _LOOKS:  # several, because this program may have been asleep itself
            if self._is_over.wait(self.settings.patience_s / _LOOKS):
                return
            seen, idle = self._seen, idle + 1 if seen == self._seen else 0
        self._is_stuck = True
        self._process.kill()

    def _read_record(self) -> Record | None:
        head = self._read(_HEADER_BYTES)
        if len(head) < _HEADER_BYTES:
            return None
        size, t_s, t_us = (int.from_bytes(head[at:to], "little") for at, to in ((2, 4), (4, 8), (8, 12)))
        return Record(t_s * 1_000_000 + t_us, head[0], self._read(size))

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            chunk = self.records.read(size - len(data))
            if not chunk:
                break
            data += chunk
        return data

    def _boot_json(self, folder: Path, firmware: Path, stand_ins: Path, out: int) -> dict[str, Any]:
        state = self.state
        return {
            **self.settings.as_json(),
            "out": f"/dev/fd/{out}",
            "world": str(folder / "world"),
            "frozen": str(firmware),
            "stand_ins": str(stand_ins),
            "rom": str(mpy.rom_image(stand_ins)),
            "cause": state.cause,
            "rtc_s": state.rtc_s,
            "rtc_memory": state.rtc_memory,
            "is_raw_repl": state.is_raw_repl,
            "received": state.received,
        }
