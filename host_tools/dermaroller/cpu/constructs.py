"""Measures what each kind of step costs: many small programs counted, and the costs that explain their totals best."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path
from textwrap import indent

import numpy as np

from dermaroller.cpu.cachegrind import Counter
from dermaroller.cpu.weigh import Names, Scope, Steps, weigh
from dermaroller.sim import mpy
from dermaroller.sim.runtime import find_micropython

Table = tuple[tuple[str, dict[str, int]], ...]

_SHORT, _LONG = 100, 300  # turns of the loop: what both have in common is no step
_IN_A_ROW = 8
# Of one collection of garbage, as if the unix runtime did it: 5 ms at 160 MHz, which is what an emulated ESP32 takes for
# the heap of the running application. The runtime's own depends on a heap that is not the chip's.
COLLECT = 425_000

# One program holds all statements; each is run in two children of it, which end at a count of their own.
_START = """
import gc
gc.disable()
import ffi
libc = ffi.open(None)
fork = libc.func("i", "fork", "")
wait = libc.func("i", "waitpid", "ipi")
leave = libc.func("v", "_exit", "i")
def in_children(run):
    for n in (%d, %d):
        child = fork()
        if not child:
            run(n)
            leave(0)
        wait(child, None, 0)
""" % (_SHORT, _LONG)

# What each program has before its loop. Objects are about as large as the firmware's.
_BEFORE = """
import sys
import micropython
from array import array
class Other:
    def __init__(self):
        self.v = 3
    def __enter__(self):
        pass
    def __exit__(self, kind, error, trace):
        pass
    @property
    def prop(self):
        return 5
class Thing:
    def __init__(self):
        for i in range(24):
            setattr(self, "slot%d" % i, i)
        self.x = 5
        self.y = 6
        self.speed_mm_s = self._window_ms = self.is_faulty = self._sum = self.count = 1
        self.bound = self.nothing
        self.other = Other()
    def nothing(self):
        pass
    def one(self, a):
        pass
    def step(self): pass
    def _judge(self): pass
    def _change(self): pass
    def restart(self): pass
    def change_zone(self): pass
    def _roll(self): pass
    def clear_dose(self): pass
    def _now_and_then(self): pass
    def _stall(self): pass
    def _stroked(self): pass
def nothing():
    pass
def one(a):
    pass
def three(a, b, c):
    pass
def looping(n):
    while n:
        yield None
def caught():
    try:
        raise ValueError
    except ValueError:
        pass
GLOBAL = 5
SET = 5
"""

_BYTECODE_RUN = """
def run(n, self, other, a, b, c, zero, numbers, octets, some, pair, table, gen, text):
    global SET
    x = y = 0
    i = 0
    while i < n:
        i += 1
{body}
in_children(lambda n: run(n, Thing(), Other(), 5, 6, 7, 0, array("i", range(64)), bytearray(64), [1, 2, 3, 4, 5, 6],
    (1, 2), {{"one": 1, "two": 2, 3: 4}}, looping(1), "one two three"))
"""

_VIPER_RUN = """
@micropython.viper
def run(n: int, room):
    p = ptr32(room)
    q = ptr8(room)
    x = 0
    y = 5
    a = 3
    i = 0
    while i < n:
        i += 1
{body}
in_children(lambda n: run(n, array("i", range(64))))
"""

# A statement, and the steps in it that `weigh` does not count, as it weighs a function's insides where it is called.
BYTECODE: Table = (
    ("x = a", {}),
    ("x = b; y = c; x = a", {}),
    ("x = 7", {}),
    ("x = GLOBAL", {}),
    ("SET = a", {}),
    ("x = len", {}),
    ("x = self.x", {}),
    ("x = self.y; x = self._sum; x = self.count; x = self.is_faulty", {}),
    ("x = self.slot3; x = self.slot9; x = self.slot14; x = self.slot20; x = self.slot23", {}),
    ("x = self.speed_mm_s; x = self._window_ms", {}),
    ("self.x = a", {}),
    ("self.x = self.y = a", {}),
    ("self._sum = a; self.count = b; self.is_faulty = c", {}),
    ("self._window_ms = self.slot5 = self.slot11 = a", {}),
    ("x = sys.platform", {}),
    ("x = other.prop", {}),
    ("x = a + b", {}),
    ("x = a * b - c", {}),
    ("x = a // b", {}),
    ("x = a < b", {}),
    ("x = a == b", {}),
    ("x = a is b", {}),
    ("x = a in pair", {}),
    ("x = -a", {}),
    ("x = not a", {}),
    ("if a: x = b", {"local": 1, "store": 1}),
    ("if a < b: x = b", {"local": 1, "store": 1}),
    ("x = numbers[a]", {}),
    ("x = octets[a]", {}),
    ("x = pair[1]", {}),
    ("numbers[a] = b", {}),
    ("octets[a] = b", {}),
    ("x = octets[a:b]", {}),
    ("x = (a,)", {}),
    ("x = [a]", {}),
    ("x = {a: b}", {}),
    ("x, y = pair", {}),
    ("nothing()", {"function": 1}),
    ("one(a)", {"function": 1}),
    ("three(a, b, c)", {"function": 1}),
    ("one(a=a)", {"function": 1}),
    ("self.nothing()", {"function": 1}),
    ("self.one(a)", {"function": 1}),
    ("self.step()", {"function": 1}),
    ("self._judge()", {"function": 1}),
    ("self._roll()", {"function": 1}),
    ("self.change_zone()", {"function": 1}),
    ("self.restart()", {"function": 1}),
    ("self.bound()", {"function": 1}),
    ("text.isdigit()", {}),
    ("x = len(some)", {}),
    ("x = min(a, b)", {}),
    ("x = max(a, b)", {}),
    ("x = abs(a)", {}),
    ("x = isinstance(a, Thing)", {}),
    ("for y in range(a): pass", {"range_item": 5}),
    ("for y in range(a): x = y", {"range_item": 5, "local": 5, "store": 5}),
    ("for y in some: pass", {"for_item": 6}),
    ("for y in pair: pass", {"for_item": 2}),
    ("x = [a for y in some]", {}),
    ("next(gen)", {"local": 1, "branch": 1, "yield": 1, "constant": 1}),
    ("try: x = a\nexcept ValueError: pass", {"local": 1, "store": 1}),
    ("with other: pass", {"function": 2}),
    ("caught()", {"function": 1, "try": 1, "raise": 1, "builtin": 2, "caught": 1}),
    ("from array import array as y", {}),
    ("from micropython import const as y", {}),
    ('x = "%d %s" % (a, text)', {}),
    ('x = "%d" % (a,)', {}),
    ("x = lambda: a", {}),
    ("x = bytes(octets)", {}),
    ("x = bytearray(8)", {}),
    ("x = memoryview(octets)", {}),
    ("x = str(a)", {}),
    ("x = sorted(pair)", {}),
    ("while zero: pass", {}),
)  # fmt: skip

VIPER: Table = (
    ("x = y", {}),
    ("x = y + a", {}),
    ("x = y + a - a", {}),
    ("x = y // a", {}),
    ("if y < a: x = y", {"local": 1, "store": 1}),
    ("if y < a: x = y + a", {"local": 2, "store": 1, "binary": 1}),
    ("x = p[a]", {}),
    ("x = q[a]", {}),
    ("p[a] = y", {}),
    ("q[a] = y", {}),
    ("x = 7", {}),
    ("x = int(GLOBAL)", {}),
    ("nothing()", {"bytecode_function": 1}),
    ("while x: pass", {}),
)


# What the interpreter does by the size of what it is given: a statement, and the bytes that it is about.
NATIVES: dict[str, tuple[str, int]] = {
    "crc32_byte": ("crc32(block)", 2048),
    "sha256_byte": ("digest.update(block)", 2048),
    "json_byte": ("dumps(answer)", 221),
    "parsed_byte": ("loads(text)", 221),
    "text_byte": ("hexlify(block)", 2048),
}
_NATIVE_RUN = """
from binascii import crc32, hexlify
from hashlib import sha256
from json import dumps, loads
answer = {{"entry%d" % i: [i * 1000, "text", None] for i in range(7)}}
text = dumps(answer)
assert len(text) == 221, len(text)
block = bytearray(2048)
digest = sha256()
def run(n):
    i = 0
    while i < n:
        i += 1
{body}
in_children(run)
"""
_LOADING = """
import sys
sys.path[:] = ["firmware"]
names = {modules}
import roller.app
def load():
    for name in names:
        if name not in sys.modules:
            __import__(name)
"""


def measure(counter: Counter, folder: Path) -> dict[str, dict[str, int]]:
    """{"bytecode": {step: instructions}, "viper": {...}}, measured in `folder`, a scratch one."""
    bytecode = _solve(_totals(counter, folder, BYTECODE, _BYTECODE_RUN), BYTECODE)
    viper = _solve(_totals(counter, folder, VIPER, _VIPER_RUN), VIPER, bytecode["function"])
    return {"bytecode": bytecode, "viper": viper, "natives": _natives(counter, folder)}


def _natives(counter: Counter, folder: Path) -> dict[str, int]:
    table = tuple((statement, {}) for statement, _ in NATIVES.values())
    totals = _totals(counter, folder, table, _NATIVE_RUN)
    found = {name: round(total / size) for (name, (_, size)), total in zip(NATIVES.items(), totals, strict=True)}
    found["source_byte"] = _source_byte(counter, folder)
    found["collect"] = COLLECT
    return found


def _source_byte(counter: Counter, folder: Path) -> int:
    """Of loading a compiled module, by the characters that it was compiled from.

    Taken from the firmware's own modules that are loaded when they are wanted, with the rest of it in the heap: each
    name of a module is looked for among all that are known.
    """
    texts = {path: text for path, text in mpy.firmware_texts("virtual").items() if path.startswith("roller/")}
    mpy.compile_texts(texts, folder / "firmware")
    modules = [path.removesuffix(".py").replace("/", ".") for path in texts if not path.endswith("__init__.py")]
    program = _START + _LOADING.format(modules=modules)
    path = folder / "loading.py"
    path.write_text(program + "print([name for name in names if name not in sys.modules])\n")
    told = subprocess.run([*find_micropython().command, str(path)], capture_output=True, text=True, cwd=folder)
    wanted = [f"{name.replace('.', '/')}.py" for name in ast.literal_eval(told.stdout)]
    path.write_text(program + "in_children(lambda n: n > %d and load())\n" % _SHORT)
    without, loaded, _ = counter.marks([str(path)], folder)
    return round((loaded - without) / sum(len(texts[name]) for name in wanted))


def _totals(counter: Counter, folder: Path, table: Table, run: str) -> list[float]:
    """Instructions of each statement, without the loop around it."""
    program = _START + _BEFORE
    for statement in ("pass", *(each for each, _ in table)):
        program += run.format(body=indent("\n".join([statement] * _IN_A_ROW), "        "))
    path = folder / "statements.py"
    path.write_text(program)
    counted = counter.marks(["-X", "heapsize=64m", str(path)])[:-1]
    each = [(long - short) / (_LONG - _SHORT) / _IN_A_ROW for short, long in zip(counted[::2], counted[1::2], strict=True)]
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
    tree = ast.parse(_BEFORE)
    scope = Scope.of(tree, Names.of([tree]))
    scope.locals = set("n self other a b c zero numbers octets some pair table gen text x y i p q room".split())
    scope.is_viper = is_viper
    return scope
