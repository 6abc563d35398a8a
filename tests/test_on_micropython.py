"""The tests in tests/roller, which pytest runs under Python, once more under MicroPython."""

import subprocess
from pathlib import Path

import pytest

from dermaroller.sim.runtime import Runtime

TESTS = Path(__file__).parent
# The runtime compiles firmware and tests from source, which takes far more heap than running them on the chip does.
HEAP = "512k"
SLOW = {"test_store", "test_guide", "test_sessions", "test_calibration"}  # seconds each
FILES = [
    pytest.param(file, id=file.stem, marks=[pytest.mark.slow] if file.stem in SLOW else [])
    for file in sorted(TESTS.glob("roller/test_*.py"))
]


@pytest.mark.parametrize("file", FILES)
def test_file_passes_on_micropython(file: Path, micropython: Runtime) -> None:
    done = run(micropython, file)
    if done.returncode != 0:
        pytest.fail(done.stdout + done.stderr, pytrace=False)


def test_a_failure_is_seen(micropython: Runtime, tmp_path: Path) -> None:
    file = tmp_path / "test_example.py"
    file.write_text("def test_good():\n    pass\n\n\ndef test_bad():\n    assert 1 == 2\n")
    done = run(micropython, file)
    assert done.returncode == 1
    assert "test_example.py::test_bad" in done.stdout
    assert "1 passed, 1 failed" in done.stdout


def test_a_file_without_tests_is_a_failure(micropython: Runtime, tmp_path: Path) -> None:
    file = tmp_path / "test_example.py"
    file.touch()
    done = run(micropython, file)
    assert done.returncode == 1
    assert done.stdout.startswith("0 passed, 0 failed")


def run(micropython: Runtime, file: Path) -> subprocess.CompletedProcess[str]:
    command = [*micropython.with_heap(HEAP), str(TESTS / "run_on_micropython.py"), str(file)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)
