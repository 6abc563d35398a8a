"""No float on the device: on the chip each would take heap, and lose the last digits of a count.

Read once as source, and once as it runs: in a whole session no local variable, argument, result or attribute of the
firmware may hold a float.
"""

import ast
import sys
from array import array
from pathlib import Path

import pytest
from story import Folder, Handle

from roller import plan as plans
from roller.plan import Zone

FIRMWARE = Path(__file__).parents[2] / "firmware"
SOURCES = sorted(FIRMWARE.rglob("*.py"))
FLOAT_NAMES = {"float", "complex"}
FLOAT_MODULES = {"math", "cmath", "random", "statistics"}


def float_places(tree: ast.AST) -> list[str]:
    """What in a source makes floats: "line 3: division"."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, (float, complex)):
            found.append((node.lineno, f"the constant {node.value}"))
        elif isinstance(node, (ast.BinOp, ast.AugAssign)) and isinstance(node.op, ast.Div):
            found.append((node.lineno, "division"))
        elif isinstance(node, ast.Name) and node.id in FLOAT_NAMES:
            found.append((node.lineno, node.id))
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names = {alias.name for alias in node.names} | {getattr(node, "module", None)}
            found += [(node.lineno, f"import {name}") for name in names & FLOAT_MODULES]
    return [f"line {line}: {what}" for line, what in found]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.relative_to(FIRMWARE).as_posix())
def test_nothing_in_the_source_makes_a_float(source):
    assert float_places(ast.parse(source.read_text())) == []


@pytest.mark.parametrize("code", ["x = 0.5", "x = 1 / 2", "x /= 2", "float(3)", "import math", "from math import pi"])
def test_a_float_in_the_source_is_seen(code):
    assert float_places(ast.parse(code))


class Watch:
    """While it is entered, looks at every value that firmware holds, line by line."""

    def __init__(self) -> None:
        self.found: set[str] = set()
        self.lines = 0

    def __enter__(self):
        sys.settrace(self._enter)
        return self

    def __exit__(self, *_):
        sys.settrace(None)

    def _enter(self, frame, _event, _argument):
        return self._look if frame.f_code.co_filename.startswith(str(FIRMWARE)) else None

    def _look(self, frame, event, argument):
        self.lines += 1
        place = f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}"
        values = list(frame.f_locals.items())
        if event == "return":
            values.append(("result", argument))
        for name, value in values:
            if holds_float(value):
                self.found.add(f"{place} {name}")
        owner = frame.f_locals.get("self")
        if event == "return" and owner is not None:
            for name, value in vars(owner).items() if hasattr(owner, "__dict__") else ():
                if holds_float(value):
                    self.found.add(f"{place} self.{name}")
        return self._look


def holds_float(value) -> bool:
    if isinstance(value, (list, tuple)):
        return any(isinstance(each, float) for each in value)
    if isinstance(value, dict):
        return any(isinstance(each, float) for each in value.values())
    return isinstance(value, float) or (isinstance(value, array) and value.typecode in "fd")


@pytest.mark.slow
def test_no_float_is_created_in_a_whole_session():
    plan = plans.Plan()
    plan.zones = [Zone("a", 300, 1500), Zone("b", 300, 1500)]
    with Folder() as folder, Watch() as watch:
        handle = Handle(folder, plan)
        handle.wait(50)
        for force_mn in (400, 2000, 7000):
            handle.roll(51, 150, force_mn)
            handle.roll(-40, 150, force_mn)
            handle.lift(100)
        handle.press(150)
        handle.roll(30, 100)
        handle.hal.force_raw = 65535  # the sensor breaks, and mends
        handle.wait(40)
        handle.hal.force_raw = None
        handle.lift(100)
        handle.hal.console.incoming = b"list\nget 1 0 10\nhelp\n"
        handle.press(2100)
        assert handle.store.listing()
    assert watch.found == set()
    assert watch.lines > 100_000


def test_a_float_in_a_running_session_is_seen():
    with Folder() as folder, Watch() as watch:
        handle = Handle(folder)
        handle.app.power.battery_mv = 3700.5
        handle.app.light_percent = 50.0
        handle.wait(30)
    assert watch.found
