"""How many words a function's frame has: the interpreter takes those of a large one from the heap, at each call."""

from __future__ import annotations

import ast

from dermaroller.sim.lean import bound_in

ON_STACK = 11  # words, as MicroPython's VM_MAX_STATE_ON_STACK
_ITERATOR, _RANGE, _WITH, _HANDLER = 4, 3, 4, 3  # words that stay while a block runs


def is_large(function: ast.FunctionDef) -> bool:
    """Whether a function of bytecode has a frame from the heap."""
    told = {name for node in ast.walk(function) if isinstance(node, ast.Global) for name in node.names}
    return len(set(bound_in(function)) - told) + _of_block(function.body) > ON_STACK


def _of_block(body: list[ast.stmt]) -> int:
    return max((_of_statement(statement) for statement in body), default=0)


def _of_statement(node: ast.stmt) -> int:
    """Words of the stack that a statement needs at the most."""
    held = 0
    if isinstance(node, ast.For):
        held = _RANGE if ast.unparse(node.iter).startswith("range(") else _ITERATOR
    elif isinstance(node, ast.With):
        held = _WITH
    elif isinstance(node, ast.Try):
        held = _HANDLER
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return 1
    own = [_of_expression(child) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
    if isinstance(node, (ast.Assign, ast.AugAssign)):  # what is stored waits for the place where it goes
        own = [max(own), 1 + max(own[:-1])]
    handlers = [handler.body for handler in getattr(node, "handlers", ())]
    blocks = [getattr(node, name, []) for name in ("body", "orelse", "finalbody")] + handlers
    return max([*own, *(held + _of_block(block) for block in blocks)], default=0)


def _of_expression(node: ast.expr) -> int:
    parts = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
    if isinstance(node, ast.Call):
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        first = 2 if isinstance(node.func, ast.Attribute) else 1
        behind = [first + i + _of_expression(each) for i, each in enumerate(given)]
        return max(_of_expression(node.func), first + len(given) + len(node.keywords), *behind, 0)
    if isinstance(node, (ast.BoolOp, ast.IfExp, ast.Lambda)):
        return max((_of_expression(part) for part in parts), default=1)
    if isinstance(node, (ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp)):
        return 2
    return max((i + _of_expression(part) for i, part in enumerate(parts)), default=1)
