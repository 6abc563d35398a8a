"""The tests in tests/roller, which pytest runs under Python, once more under MicroPython.

Those of what has functions on integers run twice: with their machine code, and with their twins in bytecode.
"""

import subprocess
from pathlib import Path

import pytest

from dermaroller.sim import mpy, viper
from dermaroller.sim.runtime import Runtime

TESTS = Path(__file__).parent
# The runtime compiles firmware and tests from source, which takes far more heap than running them on the chip does.
HEAP = "512k"
SLOW = {"test_store", "test_guide", "test_sessions", "test_calibration"}  # seconds each
FILES = [
    pytest.param(file, id=file.stem, marks=[pytest.mark.slow] if file.stem in SLOW else [])
    for file in sorted(TESTS.glob("roller/test_*.py"))
]


# These reach every function on integers; the others would say the same twice.
ON_INTEGERS = ("bits", "callback", "guide", "pauses", "races", "records", "rolling", "sensing", "sessions", "strip")


@pytest.fixture(scope="module")
def machine_code(micropython: Runtime, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The firmware for this runtime, in machine code where it takes that."""
    return written(tmp_path_factory.mktemp("native"), is_native=bool(viper.native_arch(micropython.mpy)))


@pytest.fixture(scope="module")
def bytecode(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("bytecode"), is_native=False)


def written(folder: Path, *, is_native: bool) -> Path:
    mpy.write_readable_tree(folder, is_native=is_native)
    return folder


@pytest.mark.parametrize("file", FILES)
def test_file_passes_on_micropython(file: Path, micropython: Runtime, machine_code: Path) -> None:
    done = run(micropython, machine_code, file)
    if done.returncode != 0:
        pytest.fail(done.stdout + done.stderr, pytrace=False)


@pytest.mark.slow
@pytest.mark.parametrize("file", [TESTS / f"roller/test_{name}.py" for name in ON_INTEGERS], ids=lambda file: file.stem)
def test_file_passes_in_bytecode(file: Path, micropython: Runtime, bytecode: Path) -> None:
    if not viper.native_arch(micropython.mpy):
        pytest.skip(f"{' '.join(micropython.command)} takes no machine code: all tests above ran in bytecode")
    done = run(micropython, bytecode, file)
    if done.returncode != 0:
        pytest.fail(done.stdout + done.stderr, pytrace=False)


def test_a_failure_is_seen(micropython: Runtime, bytecode: Path, tmp_path: Path) -> None:
    file = tmp_path / "test_example.py"
    file.write_text("def test_good():\n    pass\n\n\ndef test_bad():\n    assert 1 == 2\n")
    done = run(micropython, bytecode, file)
    assert done.returncode == 1
    assert "test_example.py::test_bad" in done.stdout
    assert "1 passed, 1 failed" in done.stdout


def test_a_file_without_tests_is_a_failure(micropython: Runtime, bytecode: Path, tmp_path: Path) -> None:
    file = tmp_path / "test_example.py"
    file.touch()
    done = run(micropython, bytecode, file)
    assert done.returncode == 1
    assert done.stdout.startswith("0 passed, 0 failed")


def run(micropython: Runtime, firmware: Path, file: Path) -> subprocess.CompletedProcess[str]:
    command = [*micropython.with_heap(HEAP), str(TESTS / "run_on_micropython.py"), str(firmware), str(file)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)
