"""Runs programs on the device and copies files to it, through the program mpremote."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from dermaroller import packages, port
from dermaroller.deploy import layout
from dermaroller.errors import DermarollerError, DeviceSilent

PATIENCE_S = 60.0  # for one program on the device, which takes seconds: what no answer comes from fails sooner
LOOK_PATIENCE_S = 25.0  # for one that only looks, and can be asked again
_COPY_BYTES_PER_S = 1500  # slower than mpremote at 115,200 baud
_NO_PROMPT = "could not enter raw repl"  # says mpremote


class DeployError(DermarollerError):
    """A step of deploying failed; the sentence says what the device has now."""


@dataclass
class Holding:
    """What a device is and holds. mpy: its sys.implementation._mpy. active: the folder that should start. whole: those
    that can. files: folder -> path of a module -> SHA-256.
    """

    version: tuple[int, ...]
    mpy: int
    machine: str
    free_bytes: int
    active: str | None
    loader: str | None
    sessions: int
    files: dict[str, dict[str, str]] = field(default_factory=dict)
    whole: list[str] = field(default_factory=list)

    @property
    def chip(self) -> str:
        """The chip as boards name it: MicroPython says "Generic ESP32C3 module with ESP32C3"."""
        return self.machine.rpartition(" with ")[2].replace("-", "").lower()

    @property
    def starting(self) -> str | None:
        """The folder that does start, or the one that should if none can."""
        return next((each for each in (self.active, layout.other(self.active)) if each in self.whole), self.active)

    def wanted_to_run(self) -> dict[str, str]:
        """The files in the folder that should start."""
        return self.files.get(self.active or "", {})


class Remote:
    """A device behind a port. Each call is one run of mpremote, which stops what runs on the device."""

    def __init__(self, port_name: str) -> None:
        self.port = port_name

    def look(self) -> Holding:
        """What the device is and holds. Raises DeviceSilent, NoDevice, PortBusy and the like."""
        output = self.run(program("look", layout.FOLDERS), is_harmless=True)
        lines = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
        if not lines:
            raise DeviceSilent(f"{self.port} answered, but not as MicroPython does: {output[-200:]!r}.")
        head, files = lines[0], lines[1:]
        holding = Holding(**{**head, "version": tuple(head["version"])})
        for each in files:
            holding.files.setdefault(each["folder"], {})[each["path"]] = each["sha256"]
            holding.whole += [each["folder"]] if each["is_whole"] else []
        return holding

    def copy(self, first: list[str], files: Iterable[tuple[Path, str]]) -> None:
        """Run a step, then copy files: pairs of the local file and the path on the device."""
        command = list(first)
        patience_s = PATIENCE_S
        for local, path in files:
            command += ["+", "fs", "cp", str(local), f":{path}"]
            patience_s += 1 + local.stat().st_size / _COPY_BYTES_PER_S
        self.run(command, patience_s)

    def reset(self) -> None:
        """Start the device as after power on."""
        self.run(["reset"])

    def run(self, steps: list[str], patience_s: float | None = None, *, is_harmless: bool = False) -> str:
        """Run mpremote with these steps; returns what it printed. Raises the error that fits what it said.

        It interrupts the device's program but once or twice, and a device that is just starting may miss that: nothing
        of the steps has run by then, and it is tried once more. Where mpremote waits for ever instead,
        that is done only with steps that change nothing: is_harmless.
        """
        try:
            done = self._mpremote(steps, min(LOOK_PATIENCE_S, PATIENCE_S) if is_harmless else patience_s or PATIENCE_S)
        except DeviceSilent:
            if not is_harmless:
                raise
            done = self._mpremote(steps, PATIENCE_S)
        if done.returncode and _NO_PROMPT in done.stderr + done.stdout:
            done = self._mpremote(steps, patience_s or PATIENCE_S)
        if done.returncode:
            raise self._error(done.stderr + done.stdout)
        return done.stdout

    def _mpremote(self, steps: list[str], patience_s: float) -> subprocess.CompletedProcess[str]:
        command = [*mpremote(), "connect", self.port, *steps]
        try:
            return subprocess.run(
                command, capture_output=True, text=True, errors="replace", timeout=patience_s, stdin=subprocess.DEVNULL
            )
        except subprocess.TimeoutExpired:
            raise DeviceSilent(
                f"{self.port} does not answer, or stopped in the middle of a step. Reset the device and run the "
                "command again; if it never had MicroPython, begin with make flash."
            ) from None

    def _error(self, said: str) -> DermarollerError:
        last = (said.strip().splitlines() or ["it said nothing"])[-1]
        if "failed to access" in said:
            with port.open_port(self.port):  # says why better than mpremote does
                pass
            return DeployError(f"mpremote cannot use {self.port}, though it can be opened: {last}.")
        if _NO_PROMPT in said:
            return DeviceSilent(
                f"{self.port} does not answer as MicroPython does. Put MicroPython on it first, with make flash."
            )
        return DeployError(f"{self.port}: mpremote failed: {last}. Run the command again; it goes on where it stopped.")


def program(name: str, *arguments: Any) -> list[str]:
    """The step that runs a program of on_device/ with these arguments."""
    source = (resources.files(__package__) / "on_device" / f"{name}.py").read_text(encoding="utf-8")
    return ["exec", f"{source}\nmain(*{arguments!r})\n"]


def mpremote() -> list[str]:
    """The command that starts mpremote. Raises PackageMissing if it is not installed."""
    return program_module("mpremote")


def program_module(name: str) -> list[str]:
    """The command that runs an installed package as a program."""
    from importlib.util import find_spec

    if find_spec(name) is None:
        raise packages.missing(name, "device")
    return [sys.executable, "-m", name]
