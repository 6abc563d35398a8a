"""The small programs of viper code whose instructions are counted: see `statements`."""

from __future__ import annotations

from dermaroller.cpu.statements import Table

# Viper code calls others of its kind, and is given whole objects besides numbers and pointers.
BEFORE = """
@micropython.viper
def v_nothing():
    pass
@micropython.viper
def v_one(a: int) -> int:
    return a
@micropython.viper
def v_three(a: int, b: int, c: int) -> int:
    return a
@micropython.viper
def v_pointer(p: ptr32):
    pass
@micropython.viper
def v_pointers(p: ptr32, q: ptr8, r: ptr32):
    pass
"""
RUN = """
@micropython.viper
def run(n: int, room, some, told, told_three):
    p = ptr32(room)
    q = ptr8(room)
    x = 0
    y = 5
    a = 3
    i = 0
    while i < n:
        i += 1
{body}
in_children(lambda n: run(n, array("i", range(64)), (0, 1, 2, 3, 4), nothing, three))
"""

STATEMENTS: Table = (
    ("x = y", {}),
    ("x = y; y = a; x = a", {}),
    ("x = y + a", {}),
    ("x = y + a - a", {}),
    ("x = y // a", {}),
    ("x = y * a >> 4 & 255 | a", {}),
    ("x += y", {}),
    ("x = y if y < a else a", {}),
    ("if y < a: x = y", {"local": 1, "store": 1}),
    ("if y < a: x = y + a", {"local": 2, "store": 1, "binary": 1}),
    ("if a < y: x = y", {"local": 1, "store": 1}),
    ("if a < y and y > a: x = y", {"local": 1, "store": 1}),
    ("if not a: x = y", {}),
    ("if a: x = y", {"local": 1, "store": 1}),
    ("x = p[a]", {}),
    ("x = p[3]", {}),
    ("x = q[a]", {}),
    ("x = p[a] + p[y] - q[a + y]", {}),
    ("p[a] = y", {}),
    ("p[7] = y", {}),
    ("p[a + 1] = y", {}),
    ("p[a] += y", {}),
    ("q[a] = y", {}),
    ("x = 7", {}),
    ("x = int(GLOBAL)", {}),
    ("x = int(some[3])", {}),
    ("p = ptr32(room)", {}),
    ("nothing()", {"bytecode_function": 1}),
    ("told()", {"bytecode_function": 1}),
    ("told_three(a, y, x)", {"bytecode_function": 1}),
    ("told_three(room, some, x)", {"bytecode_function": 1}),
    ("v_nothing()", {"function": 1}),
    ("x = int(v_one(a))", {"function": 1, "int_argument": 1}),
    ("x = int(v_three(a, y, x))", {"function": 1, "int_argument": 3}),
    ("v_pointer(room)", {"function": 1, "pointer_argument": 1}),
    ("v_pointers(room, room, room)", {"function": 1, "pointer_argument": 3}),
    ("for x in range(a): pass", {"range_item": 3}),
    ("for x in range(y): p[x] = a", {"range_item": 5, "local": 15, "store_subscript": 5}),
    ("x = 3\nwhile x: x -= 1", {"branch": 3, "local": 6, "binary": 3, "store": 3, "constant": 3}),
    (
        "x = 0\nwhile x < 3 and x < y: x += 1",
        {"branch": 6, "local": 12, "binary": 3, "store": 3, "constant": 6, "compare": 6},
    ),
)  # fmt: skip
