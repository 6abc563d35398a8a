"""Functions on integers are built as machine code where the runtime takes it, and as bytecode that does the same."""

import subprocess
from pathlib import Path

import pytest

from dermaroller.sim import mpy, viper
from dermaroller.sim.runtime import Runtime

SOURCE = """from roller.native import micropython, ptr16, ptr32

OFFSET = 7

@micropython.viper
def total(numbers: ptr16, n: int, out: ptr32) -> int:
    found = 0
    for i in range(n):
        number = int(numbers[i])
        if number > 32767:
            number -= 65536
        found += number
    out[0] = found
    return found + OFFSET
"""
PROGRAM = """import sys
from array import array
sys.path[:] = [{tree!r}]
from sums import total
out = array("i", [0])
print(total(array("h", [5, -9, 30000]), 3, out), out[0], type(total).__name__)
"""


def test_the_twin_is_the_same_function_without_marks() -> None:
    (text,) = viper.prepare({"sums.py": SOURCE}, is_native=False).values()
    assert "def total(numbers, n, out):" in text
    assert "number = numbers[i]" in text
    assert "viper" not in text and "import" not in text


def test_machine_code_keeps_the_marks_but_not_the_stand_ins() -> None:
    prepared = viper.prepare({"sums.py": SOURCE, "roller/native.py": "class micropython: pass"}, is_native=True)
    assert list(prepared) == ["sums.py"]
    assert "@micropython.viper" in prepared["sums.py"] and "ptr16" in prepared["sums.py"]
    assert "import" not in prepared["sums.py"]


def test_what_has_no_such_functions_stays_as_it_is() -> None:
    texts = {"plain.py": "x = int(3)  # as written\n"}
    assert viper.prepare(texts, is_native=False) == texts


@pytest.mark.parametrize(
    ("told", "arch"),
    [
        (6 | 3 << 8 | 1 << 10, "x86"),
        (6 | 3 << 8 | 10 << 10, "xtensawin"),
        (6 | 3 << 8 | 11 << 10, "rv32imc"),
        (6 | 2 << 8 | 10 << 10, ""),  # an older machine code
        (5 | 3 << 8 | 10 << 10, ""),
        (6 | 3 << 8, ""),  # none at all
        (6 | 3 << 8 | 2 << 10, ""),  # of 64 bit
        (6 | 3 << 8 | 15 << 10, ""),  # of a kind that nobody knows yet
        (0, ""),
    ],
)
def test_the_runtime_says_what_it_takes(told: int, arch: str) -> None:
    assert viper.native_arch(told) == arch


@pytest.mark.parametrize("arch", ["x86", ""])
def test_both_builds_give_the_same(arch: str, tmp_path: Path, micropython: Runtime) -> None:
    if arch != viper.native_arch(micropython.mpy) and arch:
        pytest.skip(f"{' '.join(micropython.command)} takes no machine code for {arch}")
    source = tmp_path / "sums.py"
    source.write_text(SOURCE)
    tree = mpy.compiled_tree({"sums.py": source}, arch=arch, made_lean={"users": ["total"]})
    program = tmp_path / "program.py"
    program.write_text(PROGRAM.format(tree=str(tree)))
    done = subprocess.run([*micropython.command, str(program)], capture_output=True, text=True)
    assert done.stdout.split()[:2] == ["30003", "29996"], done.stderr


@pytest.mark.parametrize("arch", viper.NATIVE)
def test_the_firmware_has_machine_code_for_every_chip(arch: str) -> None:
    tree = mpy.firmware_tree("virtual", arch=arch)
    features = (tree / "roller/series.mpy").read_bytes()[2]
    assert features >> 2 & 15 == viper._ARCHITECTURES.index(arch)
    assert not (tree / "roller/native.mpy").exists()
    assert (mpy.firmware_tree("virtual") / "roller/series.mpy").read_bytes()[2] >> 2 == 0
