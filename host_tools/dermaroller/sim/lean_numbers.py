"""Puts named numbers in the places of their names: `LIFT_MS = 60`, in capitals, once, at the top of a module.

Also where another module asks for it, as `contact.LIFT_MS` or imported from there. The definition goes if nobody asks
for it by name any more. A number is left alone if its name is bound in any way that these rules do not know.
"""

from __future__ import annotations

import ast
import operator
from collections import Counter
from collections.abc import Collection

from dermaroller.sim.lean import SCOPES, Module, Program, bound_in

_LARGEST = 2**30 - 1  # that needs no heap on the device
_OPERATIONS = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod, ast.LShift: operator.lshift, ast.RShift: operator.rshift, ast.Pow: operator.pow,
    ast.BitOr: operator.or_, ast.BitAnd: operator.and_, ast.BitXor: operator.xor,
}  # fmt: skip


def put_numbers(program: Program, public: Collection[str]) -> None:
    """Change the trees of all modules. public: modules whose numbers others may ask for."""
    for module in program.values():
        _find_imports(module, program)
    _find_numbers(program)
    for module in program.values():
        _Placer(module, program).visit(module.tree)
    wanted = _wanted(program)
    for module in program.values():
        kept = wanted | {name for name in module.numbers if name[0] != "_" and module.name in public}
        module.tree.body = [each for each in module.tree.body if not _is_done_with(each, module, program, kept)]


def _find_imports(module: Module, program: Program) -> None:
    """What the top of the module imports from the program, unless the name is ever bound again."""
    bound = _bindings(module.tree)
    for statement in module.tree.body:
        if isinstance(statement, ast.ImportFrom):
            for alias in statement.names:
                name = alias.asname or alias.name
                source = statement.module or ""
                whole = f"{source}.{alias.name}"
                if bound[name] == 1 and whole in program:
                    module.modules[name] = whole
                elif bound[name] == 1 and source in program:
                    module.imported[name] = (source, alias.name)
        elif isinstance(statement, ast.Import):
            for alias in statement.names:
                name = alias.asname or alias.name
                if alias.name in program and bound[name] == 1:
                    module.modules[name] = alias.name


def _bindings(tree: ast.Module) -> Counter[str]:
    """How often each name at the top of a module is bound; one that a function declares global counts as often."""
    bound = Counter(bound_in(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            bound.update(node.names * 2)
    return bound


def _find_numbers(program: Program) -> None:
    """Work out the named numbers of all modules; they may be made of each other."""
    attributes = [node for module in program.values() for node in ast.walk(module.tree)
                  if isinstance(node, ast.Attribute)]  # fmt: skip
    stored = {node.attr for node in attributes if not isinstance(node.ctx, ast.Load)}
    waiting = []
    for module in program.values():
        bound = _bindings(module.tree)
        waiting += [
            (module, name, value) for name, value in map(_definition, module.tree.body)
            if value and bound[name] == 1 and name not in stored
        ]  # fmt: skip
    found = None
    while found != 0:
        found = 0
        for module, name, expression in waiting:
            if name not in module.numbers and (number := _evaluate(expression, module, program)) is not None:
                module.numbers[name] = number
                found += 1


def _definition(statement: ast.stmt) -> tuple[str, ast.expr | None]:
    """A name in capitals and the expression that this statement gives it; None for any other statement."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        if isinstance(target, ast.Name) and target.id.isupper():
            return target.id, statement.value
    return "", None


def _evaluate(node: ast.expr, module: Module, program: Program) -> int | None:
    """The whole number that an expression is; None if it is anything else, needs heap, or is not known yet."""
    number = None
    if isinstance(node, ast.Constant):
        number = node.value if type(node.value) is int else None
    elif isinstance(node, (ast.Name, ast.Attribute)):
        number = _number(node, module, program)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "const":
        number = _evaluate(node.args[0], module, program)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        operand = _evaluate(node.operand, module, program)
        number = None if operand is None else -operand
    elif isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
        left, right = (_evaluate(side, module, program) for side in (node.left, node.right))
        if left is not None and right is not None:
            number = _OPERATIONS[type(node.op)](left, right)
    return number if number is not None and abs(number) <= _LARGEST else None


def _number(node: ast.Name | ast.Attribute, module: Module, program: Program) -> int | None:
    """The number that a name at the top of the module, or one of another module, stands for."""
    if isinstance(node, ast.Attribute):
        if isinstance(node.value, ast.Name) and node.value.id in module.modules:
            return program[module.modules[node.value.id]].numbers.get(node.attr)
        return None
    if node.id in module.imported:
        other, name = module.imported[node.id]
        return program[other].numbers.get(name)
    return module.numbers.get(node.id)


class _Placer(ast.NodeTransformer):
    """Puts the numbers in, except where a function or class has a name of its own that reads the same."""

    def __init__(self, module: Module, program: Program) -> None:
        self._module = module
        self._program = program
        self._scopes: list[tuple[ast.AST, set[str]]] = []

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if not isinstance(node, SCOPES):
            return super().generic_visit(node)
        self._scopes.append((node, set(bound_in(node))))
        super().generic_visit(node)
        self._scopes.pop()
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return self._place(node, node.id)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        placed = self._place(node, node.value.id) if isinstance(node.value, ast.Name) else node
        return self.generic_visit(placed) if placed is node else placed

    def _place(self, node: ast.Name | ast.Attribute, name: str) -> ast.AST:
        if isinstance(node.ctx, ast.Load) and not self._is_hidden(name):
            number = _number(node, self._module, self._program)
            if number is not None:
                return ast.Constant(number) if number >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-number))
        return node

    def _is_hidden(self, name: str) -> bool:
        return any(
            name in names
            for depth, (scope, names) in enumerate(self._scopes, 1)
            if depth == len(self._scopes) or not isinstance(scope, ast.ClassDef)
        )


def _wanted(program: Program) -> set[str]:
    """Names that something asks for while the program runs: as an attribute, in a function's import, or in a text."""
    wanted: set[str] = set()
    for module in program.values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute):
                wanted.add(node.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                wanted.add(node.value)
            elif isinstance(node, ast.ImportFrom) and node not in module.tree.body:
                wanted.update(alias.name for alias in node.names)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                wanted.update(module.imported.get(node.id, ("", node.id))[1:])
    return wanted


def _is_done_with(statement: ast.stmt, module: Module, program: Program, kept: Collection[str]) -> bool:
    """Whether a statement only names a number that nobody asks for, or imports nothing else."""
    if isinstance(statement, ast.ImportFrom) and (source := statement.module or "") in program:
        numbers = program[source].numbers
        statement.names = [each for each in statement.names if each.name not in numbers or each.name in kept]
        return not statement.names
    name, _ = _definition(statement)
    return name in module.numbers and name not in kept
