"""Lets modules share the names that are private to each: the first one becomes `_a` in all of them, the next `_b`.

Private are names that begin with `_`, and those of arguments. One keeps its text where it could be meant by someone
else: if a text is the same, if it is reached into by another name than `self`, if it is imported, is a keyword of a
call, or belongs to a class that inherits from another module's; an argument's also where an attribute is called so.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from itertools import count, product
from string import ascii_lowercase

from dermaroller.sim.lean import Module, Program


def share_private_names(program: Program, is_api: bool) -> None:
    """Change the trees of all modules. is_api: others call it, so arguments keep their names; for a program of its own
    functions and classes do, for tracebacks.
    """
    taken = {name for module in program.values() for name in _names(module.tree)}
    short = [name for name in _short_names(500) if name not in taken]
    fixed = {name for module in program.values() for name in _fixed(module, program, not is_api)}
    for module in program.values():
        arguments = set() if is_api else _arguments(module.tree)
        names = [
            name
            for name in dict.fromkeys(_names(module.tree))
            if name not in fixed and (_is_private(name) or name in arguments)
        ]
        _Renamer(dict(zip(names, short, strict=False))).visit(module.tree)


def _short_names(n: int) -> list[str]:
    letters = ("".join(each) for length in count(1) for each in product(ascii_lowercase, repeat=length))
    return [f"_{next(letters)}" for _ in range(n)]


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and len(name) > 2


def _arguments(tree: ast.AST) -> set[str]:
    found = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    return {name for name in found if len(name) > 2 and not hasattr(builtins, name) and name != "self"}


def _names(tree: ast.AST) -> Iterator[str]:
    """Every name in a tree, in the order of first appearance."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.ExceptHandler) and node.name:
            yield node.name
        elif isinstance(node, ast.alias) and node.asname:
            yield node.asname
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            yield from node.names


def _fixed(module: Module, program: Program, shows_functions: bool) -> Iterator[str]:
    """Names that this module needs to keep their text, in whatever module they are."""
    bound: set[str] = set()
    used: set[str] = set()
    inherits = False
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute):
            (used if isinstance(node.ctx, ast.Load) else bound).add(node.attr)
            if not isinstance(node.value, ast.Name) or node.value.id != "self" or not _is_private(node.attr):
                yield node.attr
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            bound.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            bound.add(node.name)
            inherits |= isinstance(node, ast.ClassDef) and any(
                _is_foreign(each, module, program) for each in node.bases
            )
            if shows_functions:
                yield node.name
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.arg
        elif isinstance(node, ast.alias):
            yield node.name
    yield from used - bound
    if inherits:
        yield from bound


def _is_foreign(base: ast.expr, module: Module, program: Program) -> bool:
    """Whether a base class is another module's of the program."""
    if isinstance(base, ast.Name):
        return base.id in module.imported
    return isinstance(base, ast.Attribute) and isinstance(base.value, ast.Name) and base.value.id in module.modules


class _Renamer(ast.NodeTransformer):
    def __init__(self, names: dict[str, str]) -> None:
        self._names = names

    def visit(self, node: ast.AST) -> ast.AST:
        for place in ("id", "attr", "arg", "name", "asname"):
            if isinstance(name := getattr(node, place, None), str) and not isinstance(node, ast.keyword):
                setattr(node, place, self._names.get(name, name))
        if isinstance(node, (ast.Global, ast.Nonlocal)):
            node.names = [self._names.get(name, name) for name in node.names]
        return self.generic_visit(node)
