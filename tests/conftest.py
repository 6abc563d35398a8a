"""What many tests need: the MicroPython runtime, found or fetched once."""

import importlib.util
import os
import signal
import sys
from pathlib import Path

import pytest

from dermaroller import packages
from dermaroller.sim import debian
from dermaroller.sim.runtime import Runtime, RuntimeMissingError, find_micropython, probe

# Whoever runs the tests in the background passes on an ignored Ctrl-C, and so would every program that they start.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def state(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for what the command remembers: no test leaves anything in the user's own."""
    folder = tmp_path_factory.mktemp("state")
    monkeypatch.setenv("DERMAROLLER_STATE", str(folder))
    return folder


@pytest.fixture(autouse=True)
def archive_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The archive of the test, which is not there yet: none looks into the user's own."""
    folder = tmp_path_factory.mktemp("archive") / "archive"
    monkeypatch.setenv("DERMAROLLER_ARCHIVE", str(folder))
    return folder


@pytest.fixture(scope="session")
def micropython() -> Runtime:
    """The runtime. Tests skip where it cannot be had, but not in CI, where that would hide half of the tests."""
    try:
        return find_micropython()
    except RuntimeMissingError as error:
        if os.environ.get("CI") and not debian.why_not():
            pytest.fail(str(error))
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def micropython_32bit(micropython: Runtime) -> Runtime:
    """The runtime, if its integers and its heap are those of the chip."""
    if not micropython.is_32bit:
        pytest.skip(f"needs a 32-bit MicroPython; {' '.join(micropython.command)} is a 64-bit one")
    return micropython


@pytest.fixture(scope="session")
def micropython_64bit() -> Runtime:
    """The runtime of the extra `micropython`, of which `make test` installs what it can."""
    if importlib.util.find_spec("micropython_unix"):
        return probe([sys.executable, "-m", "micropython_unix"], "the extra `micropython`")
    why = f"the 64-bit runtime is not installed: {packages.command_to_add('micropython')}"
    if os.environ.get("CI") and not debian.why_not():
        pytest.fail(why)
    pytest.skip(why)
