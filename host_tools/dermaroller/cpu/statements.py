"""The small programs whose instructions are counted: statements, and what stands around them."""

from __future__ import annotations

Table = tuple[tuple[str, dict[str, int]], ...]

SHORT, LONG = 100, 300  # turns of the loop around a statement: what both have in common is no step
IN_A_ROW = 8

# One program holds all statements; each is run in two children of it, which end at a count of their own.
START = """
import gc
gc.disable()
import ffi
libc = ffi.open(None)
fork = libc.func("i", "fork", "")
wait = libc.func("i", "waitpid", "ipi")
leave = libc.func("v", "_exit", "i")
def in_children(run):
    for n in TURNS:
        child = fork()
        if not child:
            run(n)
            leave(0)
        wait(child, None, 0)
""".replace("TURNS", f"({SHORT}, {LONG})")

# What each program has before its loop. Objects are about as large as the firmware's.
BEFORE = """
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
        self.native = "one".isdigit
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
def ten():
    a = b = c = d = e = f = g = h = i = j = 5
def sixteen():
    a = b = c = d = e = f = g = h = i = j = k = l = m = n = o = p = 5
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

BYTECODE_RUN = """
def run(n, self, other, a, b, c, zero, numbers, octets, some, pair, table, gen, text, native):
    global SET
    x = y = 0
    i = 0
    while i < n:
        i += 1
{body}
in_children(lambda n: run(n, Thing(), Other(), 5, 6, 7, 0, array("i", range(64)), bytearray(64), [1, 2, 3, 4, 5, 6],
    (1, 2), {{"one": 1, "two": 2, 3: 4}}, looping(1), "one two three",
    "one".isdigit))
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
    ("ten()", {"function": 1, "frame": 1, "store": 10, "constant": 1}),
    ("sixteen()", {"function": 1, "frame": 1, "store": 16, "constant": 1}),
    ("self.nothing()", {"function": 1}),
    ("self.one(a)", {"function": 1}),
    ("self.step()", {"function": 1}),
    ("self._judge()", {"function": 1}),
    ("self._roll()", {"function": 1}),
    ("self.change_zone()", {"function": 1}),
    ("self.restart()", {"function": 1}),
    ("self.bound()", {"function": 1}),
    ("text.isdigit()", {}),
    ("native()", {}),
    ("self.native()", {}),
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

# What the interpreter does by the size of what it is given: a statement, and the bytes that it is about.
NATIVES: dict[str, tuple[str, int]] = {
    "crc32_byte": ("crc32(block)", 2048),
    "sha256_byte": ("digest.update(block)", 2048),
    "json_byte": ("dumps(answer)", 221),
    "parsed_byte": ("loads(text)", 221),
    "text_byte": ("hexlify(block)", 2048),
}
NATIVE_RUN = """
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
LOADING = """
import sys
sys.path[:] = ["firmware"]
names = {modules}
import roller.app
def load():
    for name in names:
        if name not in sys.modules:
            __import__(name)
"""
