"""Makes one module of several: their names stand in one table, and none has to look into another.

What a module `clock` calls `now` becomes `clock_now` of the whole; classes keep their names. Other modules of the
program ask the whole for it. The order given must be one in which the modules could be loaded.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from dermaroller.sim.lean import SCOPES, Module, Program, bound_in


class MergeError(ValueError):
    """Modules that these rules cannot merge; the text says why."""


def merge(program: dict[str, Module], names: Sequence[str], whole: str) -> None:
    """Replace modules of the program by the module `whole` of the same package, in place."""
    parts = {name: program[name] for name in names}
    table = {name: _new_names(name, module.tree) for name, module in parts.items()}
    for name, module in program.items():
        _Merger(name, module.tree, program, table, whole).visit(module.tree)
    body: list[ast.stmt] = []
    seen: set[str] = set()
    for name in names:
        for statement in program.pop(name).tree.body:
            text = ast.unparse(statement)
            if not isinstance(statement, (ast.Import, ast.ImportFrom)) or text not in seen:
                body.append(statement)
            seen.add(text)
    program[whole] = Module(whole, ast.Module(body, []))
    _check(body)


def _new_names(name: str, tree: ast.Module) -> dict[str, str]:
    """What each name at the top of a module is called in the whole; what it imports is called as before."""
    own = name.rpartition(".")[2]
    imported = {
        (alias.asname or alias.name) for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }  # fmt: skip
    classes = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    found = {}
    for each in bound_in(tree):
        if each in imported or each in classes:
            found[each] = each
        else:
            prefix = own.upper() if each.isupper() else own
            found[each] = f"_{prefix}{each}" if each.startswith("_") else f"{prefix}_{each}"
    return found


def _check(body: list[ast.stmt]) -> None:
    """Classes and what is imported keep their names: no two may share one."""
    taken: dict[str, str] = {}
    for statement in body:
        called: dict[str, str] = {}
        if isinstance(statement, ast.ClassDef):
            called[statement.name] = f"class {len(taken)}"
        elif isinstance(statement, (ast.Import, ast.ImportFrom)):
            source = getattr(statement, "module", "")
            called = {alias.asname or alias.name: f"{source}.{alias.name}" for alias in statement.names}
        for name, meaning in called.items():
            if taken.setdefault(name, meaning) != meaning:
                raise MergeError(f"two things are called {name}")


class _Merger(ast.NodeTransformer):
    """Calls everything in a module by its new name. Names that a function binds itself stay what they are."""

    def __init__(
        self, name: str, tree: ast.Module, program: Program, table: dict[str, dict[str, str]], whole: str
    ) -> None:
        self._own = table.get(name, {})
        self._table = table
        self._package, _, self._whole = whole.rpartition(".")
        self._modules: dict[str, str] = {}  # name in this module -> merged module
        self._things: dict[str, str] = {}  # name in this module -> new name of something in a merged module
        self._find_imports(tree)
        if name not in table:
            self._things = {}  # they are imported by their new names
        self._scopes: list[tuple[bool, set[str]]] = []  # whether it is a class, and what it binds
        self._stored: list[set[str]] = []  # new names that the functions around here bind

    def _find_imports(self, tree: ast.Module) -> None:
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    name = alias.asname or alias.name
                    if f"{node.module}.{alias.name}" in self._table:
                        self._modules[name] = f"{node.module}.{alias.name}"
                    elif node.module in self._table:
                        self._things[name] = self._new(node.module, alias.name)

    def _new(self, module: str, name: str) -> str:
        try:
            return self._table[module][name]
        except KeyError:
            raise MergeError(f"{module} has no {name}") from None

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | None:
        if node.module in self._table:
            if self._own:
                return None
            names = [ast.alias(self._new(node.module, each.name), each.asname or each.name) for each in node.names]
            return ast.ImportFrom(f"{self._package}.{self._whole}", names, 0)
        if node.module == self._package:
            names = [each for each in node.names if f"{node.module}.{each.name}" not in self._table]
            if len(names) < len(node.names) and not self._own:
                names.append(ast.alias(self._whole))
            return ast.ImportFrom(node.module, names, 0) if names else None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        if not self._scopes:
            node.name = self._own.get(node.name, node.name)
        self._stored.append(set())
        self.generic_visit(node)
        if stored := self._stored.pop():
            node.body.insert(0, ast.Global(sorted(stored)))
        return node

    def visit_Global(self, node: ast.Global) -> ast.AST:
        node.names = [self._own.get(name, name) for name in node.names]
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if not self._is_hidden(node.id):
            node.id = self._things.get(node.id) or self._own.get(node.id, node.id)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if isinstance(node.value, ast.Name) and node.value.id in self._modules:
            if self._is_hidden(node.value.id):
                raise MergeError(f"{node.value.id}.{node.attr}: the function has its own {node.value.id}")
            new = self._new(self._modules[node.value.id], node.attr)
            if not self._own:
                return ast.Attribute(ast.Name(self._whole, ast.Load()), new, node.ctx)
            if self._stored and not isinstance(node.ctx, ast.Load):
                self._stored[-1].add(new)
            return ast.Name(new, node.ctx)
        return self.generic_visit(node)

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if not isinstance(node, SCOPES):
            return super().generic_visit(node)
        not_own = set()
        for each in ast.walk(node):
            if isinstance(each, ast.Global):
                not_own.update(each.names)
            elif isinstance(each, ast.ImportFrom) and str(each.module).startswith(self._package):
                not_own.update(alias.asname or alias.name for alias in each.names)
        self._scopes.append((isinstance(node, ast.ClassDef), set(bound_in(node)) - not_own))
        super().generic_visit(node)
        self._scopes.pop()
        return node

    def _is_hidden(self, name: str) -> bool:
        """Whether a function around here, or the class right here, has a name of its own that reads the same."""
        return any(
            name in names
            for depth, (is_class, names) in enumerate(self._scopes, 1)
            if depth == len(self._scopes) or not is_class
        )
