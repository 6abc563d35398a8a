"""Makes a program charge for its own bytecode: puts into each block the time that its steps take on the chip.

The text of the firmware stays as it is; this changes what is compiled from it for a board that charges, as `lean` does.
`__work__(n)` at the beginning of a function says that n instructions pass; `__branch__(n)` that they do behind a
branch, where the chip looks for callbacks that wait. Viper code has no such places: it counts in an integer of its own
and says so where it returns. What a call into the interpreter costs by the size of its arguments is charged by the
virtual board (boards/virtual/natives.py).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dermaroller.cpu.weigh import LOOKUPS, Names, Scope, Steps, entry, is_range, weigh

WORK, BRANCH = "__work__", "__branch__"
LOADING = "<loading>"  # in the place of a function
_SUM = "__n"  # viper code's own
_LEAVES = (ast.Return, ast.Raise, ast.Break, ast.Continue)
_SMALL = 90  # instructions of a short `if` block: half of them are charged with what stands before it

Price = Callable[[Steps, bool], int]  # of steps, in instructions; True: they are viper code


@dataclass(frozen=True)
class Site:
    """A place that charges: the function that it is in, and how much it charges; what of it is for looking up names."""

    function: str
    instructions: int
    is_entry: bool
    lookups: int = 0


def charge(texts: Mapping[str, str], price: Price, source_byte: int, sites: list[Site] | None = None) -> dict[str, str]:
    """The sources of one whole program by their paths, each charging.

    source_byte: instructions of loading a module, by the characters of its source. sites: with it, each place charges
    by its number in this list instead, which is filled.
    """
    trees = {path: ast.parse(text, path) for path, text in texts.items()}
    names = Names.of(trees.values())
    for path, tree in trees.items():
        charger = _Charger(path.removesuffix(".py"), Scope.of(tree, names), price, sites)
        charger.visit_body(tree, "")
        if path != "board.py":  # which the virtual board itself loads first
            tree.body.insert(0, charger.told(LOADING, len(texts[path]) * source_byte, True))
    return {path: ast.unparse(ast.fix_missing_locations(tree)) + "\n" for path, tree in trees.items()}


class _Charger:
    def __init__(self, module: str, scope: Scope, price: Price, sites: list[Site] | None) -> None:
        self._module = module
        self._scope = scope
        self._price = price
        self._sites = sites

    def visit_body(self, node: ast.AST, place: str) -> None:
        """Charge each function in a module, a class or a function."""
        for each in ast.iter_child_nodes(node):
            if isinstance(each, ast.FunctionDef):
                where = f"{place}{each.name}"
                self.visit_body(each, where + ".")
                _Function(self, where, self._scope.inside(each)).charge(each)
            elif isinstance(each, ast.ClassDef):
                self.visit_body(each, f"{place}{each.name}.")
            elif not isinstance(each, ast.expr):
                self.visit_body(each, place)

    def site(self, function: str, steps: Steps, is_entry: bool, is_viper: bool) -> ast.stmt | None:
        """The statement that charges for these steps."""
        n = self._price(steps, is_viper)
        if not n:
            return None
        if is_viper and self._sites is None:
            return ast.parse(f"{_SUM} += {n}").body[0]
        looked_up = self._price(Steps({name: n for name, n in steps.items() if name in LOOKUPS}), is_viper)
        return self.told(function, n, is_entry, looked_up)

    def told(self, function: str, n: int, is_entry: bool, lookups: int = 0) -> ast.stmt:
        """The statement that charges n instructions."""
        if self._sites is not None:
            self._sites.append(Site(f"{self._module}:{function}", n, is_entry, lookups))
            n = len(self._sites) - 1
        return ast.parse(f"{WORK if is_entry else BRANCH}({n})").body[0]

    def price(self, steps: Steps, is_viper: bool) -> int:
        return self._price(steps, is_viper)


class _Function:
    def __init__(self, charger: _Charger, name: str, scope: Scope) -> None:
        self._charger = charger
        self._name = name
        self._scope = scope

    def charge(self, function: ast.FunctionDef) -> None:
        n = _preamble(function.body)
        before, body = function.body[:n], function.body[n:]
        body = self._block(body, entry(function), is_entry=True)
        if self._scope.is_viper and self._charger._sites is None:
            body = [ast.parse(f"{_SUM} = 0").body[0], *_tell_at_returns(body)]
            if not isinstance(body[-1], ast.Return):
                body.append(_tell())
        function.body = before + body

    def _block(self, body: list[ast.stmt], steps: Steps, is_entry: bool = False) -> list[ast.stmt]:
        """A block that charges for itself. steps: what belongs to it besides its statements."""
        out: list[ast.stmt] = []
        waiting: list[ast.stmt] = []  # those charged for together, at the first of them
        for statement in body:
            steps = steps + weigh([statement], self._scope)
            self._inside(statement, steps)
            waiting.append(statement)
            if not isinstance(statement, (ast.FunctionDef, ast.ClassDef)) and _may_leave(statement):
                out += self._with_site(waiting, steps, is_entry)
                waiting, steps, is_entry = [], Steps(), False
        return out + self._with_site(waiting, steps, is_entry)

    def _with_site(self, statements: list[ast.stmt], steps: Steps, is_entry: bool) -> list[ast.stmt]:
        site = self._charger.site(self._name, steps, is_entry, self._scope.is_viper)
        return [site, *statements] if site else statements

    def _inside(self, statement: ast.stmt, steps: Steps) -> None:
        """Charge the blocks in a statement; what is too small for a place of its own goes into `steps`."""
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            return
        first: Steps = Steps()
        if isinstance(statement, ast.For):
            first = Steps({"range_item" if is_range(statement) else "for_item": 1})
            if not isinstance(statement.target, ast.Name):
                first += weigh([statement.target], self._scope)
        elif isinstance(statement, ast.While):
            first = weigh([statement.test], self._scope) + Steps(branch=1)
        is_loop = isinstance(statement, (ast.For, ast.While))
        for name in ("body", "orelse", "finalbody"):
            block = getattr(statement, name, None)
            if block:
                setattr(statement, name, self._nested(block, first if name == "body" else Steps(), is_loop, steps))
        for handler in getattr(statement, "handlers", ()):
            handler.body = self._block(handler.body, Steps(caught=1))

    def _nested(self, block: list[ast.stmt], first: Steps, is_loop: bool, steps: Steps) -> list[ast.stmt]:
        plain = not any(isinstance(each, ast.stmt) and _blocks(each) for each in block)
        if plain and not is_loop:
            weight = weigh(block, self._scope)
            if self._charger.price(weight, self._scope.is_viper) <= _SMALL:
                for name, n in weight.items():
                    steps[name] += n / 2  # type: ignore[assignment]
                return block
        return self._block(block, first)


def _blocks(statement: ast.stmt) -> bool:
    return any(isinstance(child, ast.stmt) for child in ast.iter_child_nodes(statement))


def _preamble(body: list[ast.stmt]) -> int:
    """How many statements have to stay first: a docstring, `global`."""
    n = 0
    while n < len(body) and (
        isinstance(body[n], (ast.Global, ast.Nonlocal))
        or (isinstance(body[n], ast.Expr) and isinstance(body[n].value, ast.Constant))  # type: ignore[attr-defined]
    ):
        n += 1
    return n


def _may_leave(statement: ast.stmt) -> bool:
    """Whether what stands behind a statement is sometimes stepped over."""
    return _blocks(statement) and any(isinstance(node, _LEAVES) for node in ast.walk(statement))


def _tell_at_returns(body: list[ast.stmt]) -> list[ast.stmt]:
    """Viper code says what it has counted where it returns."""
    told: list[ast.stmt] = []
    for statement in body:
        if isinstance(statement, ast.Return):
            told.append(_tell())
        for name in ("body", "orelse", "finalbody"):
            if getattr(statement, name, None):
                setattr(statement, name, _tell_at_returns(getattr(statement, name)))
        for handler in getattr(statement, "handlers", ()):
            handler.body = _tell_at_returns(handler.body)
        told.append(statement)
    return told


def _tell() -> ast.stmt:
    return ast.parse(f"{WORK}({_SUM})").body[0]
