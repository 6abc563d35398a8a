"""Measures what each kind of step costs: many small programs counted, and the costs that explain their totals best."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path
from textwrap import indent

import numpy as np

from dermaroller.cpu import statements, viper_statements
from dermaroller.cpu.cachegrind import ARCH, Counter
from dermaroller.cpu.statements import IN_A_ROW, LONG, SHORT, Table
from dermaroller.cpu.weigh import Names, Scope, Steps, weigh
from dermaroller.sim import mpy
from dermaroller.sim.runtime import find_micropython

# Of one collection of garbage, as if the unix runtime did it: 5 ms at 160 MHz, as an emulated ESP32 takes for the heap
# of the running application. What the runtime itself takes depends on a heap that is not the chip's.
COLLECT = 425_000


def measure(counter: Counter, folder: Path) -> dict[str, dict[str, int]]:
    """{"bytecode": {step: instructions}, "viper": {...}}, measured in `folder`, a scratch one."""
    bytecode = _solve(_totals(counter, folder, statements.BYTECODE, statements.BYTECODE_RUN), statements.BYTECODE)
    viper = _solve(
        _totals(counter, folder, viper_statements.STATEMENTS, viper_statements.RUN),
        viper_statements.STATEMENTS,
        bytecode["function"],
    )
    return {"bytecode": bytecode, "viper": viper, "natives": _natives(counter, folder)}


def _natives(counter: Counter, folder: Path) -> dict[str, int]:
    table: Table = tuple((statement, {}) for statement, _ in statements.NATIVES.values())
    totals = _totals(counter, folder, table, statements.NATIVE_RUN)
    found = {
        name: round(total / size) for (name, (_, size)), total in zip(statements.NATIVES.items(), totals, strict=True)
    }
    found["source_byte"] = _source_byte(counter, folder)
    found["collect"] = COLLECT
    return found


def _source_byte(counter: Counter, folder: Path) -> int:
    """Of loading a compiled module, by the characters that it was compiled from.

    Taken from the firmware's own modules that are loaded when they are wanted, with the rest of it in the heap: each
    name of a module is looked for among all that are known.
    """
    texts = mpy.lean_texts(mpy.firmware_sources("virtual"), mpy.firmware_options())
    texts = {path: text for path, text in texts.items() if path.startswith("roller/")}
    mpy.compile_texts(texts, folder / "firmware", arch=ARCH)
    modules = [path.removesuffix(".py").replace("/", ".") for path in texts if not path.endswith("__init__.py")]
    program = statements.START + statements.LOADING.format(modules=modules)
    path = folder / "loading.py"
    path.write_text(program + "print([name for name in names if name not in sys.modules])\n")
    told = subprocess.run([*find_micropython().command, str(path)], capture_output=True, text=True, cwd=folder)
    wanted = [f"{name.replace('.', '/')}.py" for name in ast.literal_eval(told.stdout)]
    path.write_text(program + f"in_children(lambda n: n > {SHORT} and load())\n")
    without, loaded, _ = counter.marks([str(path)], folder)
    return round((loaded - without) / sum(len(texts[name]) for name in wanted))


def _totals(counter: Counter, folder: Path, table: Table, run: str) -> list[float]:
    """Instructions of each statement, without the loop around it."""
    program = statements.START + statements.BEFORE + viper_statements.BEFORE
    for statement in ("pass", *(each for each, _ in table)):
        program += run.format(body=indent("\n".join([statement] * IN_A_ROW), "        "))
    path = folder / "statements.py"
    path.write_text(program)
    counted = counter.marks(["-X", "heapsize=32m", str(path)])[:-1]
    each = [(long - short) / (LONG - SHORT) / IN_A_ROW for short, long in zip(counted[::2], counted[1::2], strict=True)]
    return [total - each[0] for total in each[1:]]


def _solve(totals: list[float], table: Table, known: int | None = None) -> dict[str, int]:
    """The costs, none below 0, with which the steps of all statements come closest to their totals.

    known: of viper code, what a call of bytecode costs on the other side.
    """
    scope = _scope(known is not None)
    steps = [weigh(ast.parse(statement).body, scope) + Steps(more) for statement, more in table]
    others = [each.pop("bytecode_function", 0) * (known or 0) for each in steps]
    names = sorted({name for each in steps for name in each})
    matrix = np.array([[each[name] for name in names] for each in steps], dtype=float)
    costs = _not_negative(matrix, np.array(totals) - np.array(others))
    return dict(zip(names, (round(cost) for cost in costs), strict=True))


def _not_negative(matrix: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Least squares of relative errors; a cost that would come out below 0 is 0."""
    scale = 1 / np.maximum(wanted, 20)
    free = np.ones(matrix.shape[1], dtype=bool)
    while True:
        costs = np.zeros(matrix.shape[1])
        costs[free] = np.linalg.lstsq(matrix[:, free] * scale[:, None], wanted * scale, rcond=None)[0]
        if (costs >= 0).all():
            return costs
        free &= costs >= 0


def _scope(is_viper: bool) -> Scope:
    tree = ast.parse(statements.BEFORE + viper_statements.BEFORE)
    scope = Scope.of(tree, Names.of([tree]))
    scope.locals = set(
        "n self other a b c zero numbers octets some pair table gen text x y i p q room told told_three".split()
    )
    scope.is_viper = is_viper
    scope.pointers = {"p", "q"}
    return scope
