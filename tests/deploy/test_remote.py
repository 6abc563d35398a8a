"""Reaching a device with the real mpremote, whatever the device does at that moment."""

import os
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dermaroller.deploy.remote import LOOK_PATIENCE_S, PATIENCE_S, Remote
from dermaroller.errors import DeviceSilent

pytestmark = [pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals"), pytest.mark.slow]


def test_a_device_that_missed_the_interrupt_as_it_started_is_asked_once_more(
    flash: Path, serve: Callable[..., Any], tmp_path: Path
) -> None:
    """At first the port is one on which nobody hears; once mpremote has asked there for a prompt, it is the board's."""
    with serve() as server:
        nobody, end = os.openpty()
        link = tmp_path / "port"
        link.symlink_to(os.ttyname(end))
        asked = b""

        def hear() -> None:
            nonlocal asked
            while b"\x01" not in asked:  # asks for a raw prompt
                asked += os.read(nobody, 64)
            link.unlink()
            link.symlink_to(server.path)

        hearing = threading.Thread(target=hear, daemon=True)
        hearing.start()
        assert Remote(str(link)).look().version
        hearing.join(10)
        os.close(nobody)
        os.close(end)
    assert b"\x03" in asked


def test_what_only_looks_is_asked_once_more_when_mpremote_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []

    def hangs_once(command: list[str], timeout: float, **options: Any) -> subprocess.CompletedProcess[str]:
        asked.append(timeout)
        if len(asked) == 1:
            raise subprocess.TimeoutExpired(command, timeout)
        return subprocess.CompletedProcess(command, 0, "done", "")

    monkeypatch.setattr(subprocess, "run", hangs_once)
    assert Remote("/dev/none").run(["exec", "pass"], is_harmless=True) == "done"
    assert asked == [LOOK_PATIENCE_S, PATIENCE_S]
    asked.clear()
    with pytest.raises(DeviceSilent):
        Remote("/dev/none").run(["exec", "pass"])
    assert asked == [PATIENCE_S]
