"""Makes the device's sources lean before they are compiled: the same program, with less for the heap to hold.

On the device every name takes room for good: about 20 bytes for its text, and more wherever it stands in a table of
names. The sources need not suffer from that: `lean_numbers` puts named numbers in the places of their names,
`lean_unused` leaves out what only the host needs, `lean_names` lets modules share the names private to each, and
`lean_merge` makes one module of several.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

SCOPES = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef,
    ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
)  # fmt: skip


@dataclass
class Module:
    """One source file of a program.

    name: it is imported by this. numbers: by the names that the module gives them. imported: what a name of the
    module's stands for, a module and a name in that. modules: the same for names of whole modules.
    """

    name: str
    tree: ast.Module
    numbers: dict[str, int] = field(default_factory=dict)
    imported: dict[str, tuple[str, str]] = field(default_factory=dict)
    modules: dict[str, str] = field(default_factory=dict)


Program = Mapping[str, Module]  # by the modules' names


def lean(
    texts: Mapping[str, str],
    *,
    public: Collection[str] = (),
    users: Collection[str] | None = None,
    merged: Sequence[str] = (),
    whole: str = "",
) -> dict[str, str]:
    """The sources of one whole program by their paths ("roller/app.py"), each made lean.

    public: modules that other programs know and use, so that numbers keep their names there, and arguments anywhere.
    users: sources of the only programs that may ask for something in this one; what nobody asks for is left out then.
    merged: modules to be made one, called `whole`.
    """
    from dermaroller.sim.lean_merge import merge
    from dermaroller.sim.lean_names import share_private_names
    from dermaroller.sim.lean_numbers import put_numbers
    from dermaroller.sim.lean_unused import drop_unused

    modules = {path: Module(module_name(path), ast.parse(text, path)) for path, text in texts.items()}
    program = {module.name: module for module in modules.values()}
    if merged:
        merge(program, merged, whole)
        modules = {path: module for path, module in modules.items() if module.name in program}
        modules[whole.replace(".", "/") + ".py"] = program[whole]
    if users is not None:
        drop_unused(program, users)
    put_numbers(program, public)
    share_private_names(program, is_api=bool(public))
    return {path: ast.unparse(module.tree) + "\n" for path, module in modules.items()}


def with_numbers(texts: Mapping[str, str]) -> dict[str, str]:
    """The sources of a program with numbers in the places of their names, and else as they are: functions on integers
    cannot look up another module's.
    """
    from dermaroller.sim.lean_numbers import put_numbers

    modules = {path: Module(module_name(path), ast.parse(text, path)) for path, text in texts.items()}
    program = {module.name: module for module in modules.values()}
    put_numbers(program, public=program.keys())
    return {path: ast.unparse(module.tree) + "\n" for path, module in modules.items()}


def module_name(path: str) -> str:
    """What a source is imported by."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def bound_in(scope: ast.AST) -> Iterator[str]:
    """Each name that a scope binds, once for each time; what is inside of the functions and classes in it is theirs."""
    arguments = getattr(scope, "args", None)
    if isinstance(arguments, ast.arguments):
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        yield from (each.arg for each in every if each)
    waiting = list(ast.iter_child_nodes(scope))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.ExceptHandler) and node.name:
            yield node.name
        if not isinstance(node, SCOPES):
            waiting += ast.iter_child_nodes(node)
