"""What many tests need: the MicroPython runtime, found or fetched once; and in which order and how often they run."""

import gc
import importlib.util
import itertools
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from dermaroller import packages
from dermaroller.cli import main
from dermaroller.cpu import cachegrind
from dermaroller.sim import debian
from dermaroller.sim.runtime import Runtime, RuntimeMissingError, find_micropython, probe

# Whoever runs the tests in the background passes on an ignored Ctrl-C, and so would every program that they start.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A test says by how much its examples exceed the profile's. No deadline, and no complaint that making them is slow:
# a busy computer misses the one and earns the other, most of all when hypothesis first lists a Python's characters.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same", PATIENT, max_examples=50, derandomize=True, database=None)
settings.register_profile("soak", PATIENT, max_examples=5000)
settings.load_profile("same")  # `--hypothesis-profile=soak` asks for the other


# tests/roller cannot import pytest, so that its marks stand here.
SLOW_IN_ROLLER = {"test_races.py"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first: the last thing that one process does alone is then a short one."""
    for item in items:
        if item.path.name in SLOW_IN_ROLLER and item.path.parent.name == "roller":
            item.add_marker("slow")
    slow_files = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow_files)


@pytest.fixture(autouse=True)
def no_garbage_but_its_own() -> Iterator[None]:
    """The firmware collects garbage every second of its time: let it not look through the whole test run."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A new folder each time: tmp_path_factory would look through all of its folders for the next number."""
    root = tmp_path_factory.mktemp("homes")
    return (root / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def state(homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for what the command remembers: no test leaves anything in the user's own."""
    folder = next(homes)
    folder.mkdir()
    monkeypatch.setenv("DERMAROLLER_STATE", str(folder))
    return folder


@pytest.fixture(autouse=True)
def archive_folder(homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The archive of the test, which is not there yet: none looks into the user's own."""
    folder = next(homes) / "archive"
    folder.parent.mkdir()
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
def countable(micropython_32bit: Runtime) -> Runtime:
    """A runtime whose instructions can be counted. Tests skip without, but not in CI: a check skipped is not passed."""
    why = cachegrind.why_not()
    if why:
        if os.environ.get("CI") and not os.environ.get("NOT_COUNTED"):
            pytest.fail(why)
        pytest.skip(why)
    return micropython_32bit


@pytest.fixture(scope="session")
def micropython_64bit() -> Runtime:
    """The runtime of the extra `micropython`, of which `make test` installs what it can."""
    if importlib.util.find_spec("micropython_unix"):
        return probe([sys.executable, "-m", "micropython_unix"], "the extra `micropython`")
    why = f"the 64-bit runtime is not installed: {packages.command_to_add('micropython')}"
    if os.environ.get("CI") and not debian.why_not():
        pytest.fail(why)
    pytest.skip(why)


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """command("show", path) -> (exit code, stdout, stderr), in this process."""

    def run(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return int(left.value.code or 0), printed.out, printed.err

    return run
