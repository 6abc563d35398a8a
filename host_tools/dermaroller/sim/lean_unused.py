"""Leaves out functions, classes, methods and constants that nothing in the program asks for by name.

Modules that device and host share hold what only the host needs: the device has no use for a reader of frames, nor for
the labels of its board's pins.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from dermaroller.sim.lean import Program

_NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def drop_unused(program: Program, users: Collection[str]) -> None:
    """Change the trees of all modules. users: sources of other programs that ask for something in this one."""
    by_others = {name for text in users for name in _asked_for(ast.parse(text))}
    has_changed = True
    while has_changed:
        asked_for = by_others.union(*(_asked_for(module.tree) for module in program.values()))
        has_changed = False
        for module in program.values():
            scopes: list[ast.Module | ast.ClassDef] = [module.tree]
            scopes += [each for each in module.tree.body if isinstance(each, ast.ClassDef)]
            for scope in scopes:
                kept = [each for each in scope.body if not _is_unused(each, asked_for)]
                has_changed |= len(kept) < len(scope.body)
                scope.body = kept or [ast.Pass()]
            has_changed |= _drop_imports(module.tree, program)


def _asked_for(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _is_unused(statement: ast.stmt, asked_for: Collection[str]) -> bool:
    if isinstance(statement, _NAMED):
        return statement.name not in asked_for and not statement.name.startswith("__")
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        name = statement.targets[0].id
        return len(statement.targets) == 1 and name.isupper() and name not in asked_for and _is_plain(statement.value)
    return False


def _is_plain(expression: ast.expr) -> bool:
    """Whether working it out does nothing else."""
    return not any(isinstance(node, (ast.Call, ast.Await, ast.Yield)) for node in ast.walk(expression))


def _drop_imports(tree: ast.Module, program: Program) -> bool:
    """Leave out what a module imports from the program without a use of its own; true if there was any."""
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    has_changed = False
    for statement in list(tree.body):
        if isinstance(statement, ast.ImportFrom) and (statement.module or "") in program:
            kept = [alias for alias in statement.names if (alias.asname or alias.name) in used]
            if len(kept) < len(statement.names):
                has_changed = True
                statement.names = kept
                if not kept:
                    tree.body.remove(statement)
    return has_changed
