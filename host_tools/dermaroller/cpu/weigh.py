"""What bytecode a piece of source becomes, as counts of a few kinds of step; `constructs` measures what each costs.

Steps are the interpreter's, not the source's: `a.b(c)` is a local, a method, a local, a call. Where the source does not
tell what a thing is, the whole program does: a name that some class defines with `def` is a method of ours, one that is
only ever assigned is a function kept in an attribute, any other belongs to a type of the interpreter.
"""

from __future__ import annotations

import ast
import builtins
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from dermaroller.cpu import frames
from dermaroller.sim.lean import bound_in

Steps = Counter[str]

# What is looked up by name. A small program finds all of it in the interpreter's cache; a whole one does not.
LOOKUPS = "attribute store_attribute method method_native module_attribute global store_global builtin".split()
_ITERATIONS = 6  # of a comprehension: nobody counts them
_SIZED = ("min", "max", "abs", "len", "isinstance", "next", "sorted", "str", "bytes", "bytearray", "memoryview")
_POINTERS = ("ptr8", "ptr16", "ptr32")
_CASTS = ("int", "uint", "bool", *_POINTERS)  # of viper code: no calls
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass
class Names:
    """What the whole program calls its things."""

    methods: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    properties: set[str] = field(default_factory=set)

    @staticmethod
    def of(trees: Iterable[ast.AST]) -> Names:
        found = Names()
        for node in (node for tree in trees for node in ast.walk(tree)):
            if isinstance(node, ast.ClassDef):
                for each in node.body:
                    if isinstance(each, ast.FunctionDef):
                        is_property = any(isinstance(d, ast.Name) and d.id == "property" for d in each.decorator_list)
                        (found.properties if is_property else found.methods).add(each.name)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                found.attributes.add(node.attr)
        return found


@dataclass
class Scope:
    """Where a piece of source stands: which of its names are local, which are global, which are modules.

    pointers: of viper code, the locals that it indexes without asking the interpreter.
    """

    names: Names
    locals: set[str] = field(default_factory=set)
    globals: set[str] = field(default_factory=set)
    modules: set[str] = field(default_factory=set)
    is_viper: bool = False
    pointers: set[str] = field(default_factory=set)

    def inside(self, function: ast.AST) -> Scope:
        """The scope of a function in this one."""
        told = {name for node in ast.walk(function) if isinstance(node, ast.Global) for name in node.names}
        viper = is_viper(function)
        pointers = set(_pointers_in(function)) if viper else set()
        return Scope(self.names, set(bound_in(function)) - told, self.globals, self.modules, viper, pointers)

    @staticmethod
    def of(module: ast.Module, names: Names) -> Scope:
        imported = [node for node in ast.walk(module) if isinstance(node, (ast.Import, ast.ImportFrom))]
        aliases = {alias.asname or alias.name for node in imported for alias in node.names}
        modules = {name for name in aliases if name.islower()}
        return Scope(names, globals=set(bound_in(module)) | aliases, modules=modules)


def is_viper(function: ast.AST) -> bool:
    return any("viper" in ast.unparse(each) for each in getattr(function, "decorator_list", ()))


def entry(function: ast.FunctionDef) -> Steps:
    """The steps of a call that are the function's own: its frame or, of viper code, arguments made machine words."""
    steps: Steps = Counter(function=1)
    if not is_viper(function) and frames.is_large(function):
        steps["frame"] = 1
    if is_viper(function):
        for each in function.args.args:
            kind = ast.unparse(each.annotation) if each.annotation else ""
            if kind in _CASTS:
                steps["pointer_argument" if kind in _POINTERS else "int_argument"] += 1
    return steps


def _pointers_in(function: ast.AST) -> Iterable[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.arg) and node.annotation and ast.unparse(node.annotation) in _POINTERS:
            yield node.arg
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            if ast.unparse(node.value.func) in _POINTERS:
                yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def weigh(nodes: Iterable[ast.AST], scope: Scope) -> Steps:
    """The steps of expressions and simple statements, and of what compound statements do besides their blocks."""
    steps: Steps = Counter()
    for node in nodes:
        _weigh(node, scope, steps)
    return steps


def _weigh(node: ast.AST, scope: Scope, steps: Steps) -> None:
    if isinstance(node, ast.Name):
        steps[_of_name(node, scope)] += 1
    elif isinstance(node, ast.Constant):
        steps["constant"] += 1
    elif isinstance(node, ast.Attribute):
        _weigh_attribute(node, scope, steps)
    elif isinstance(node, ast.Call):
        _weigh_call(node, scope, steps)
    elif isinstance(node, ast.Lambda):
        steps["lambda"] += 1
    elif isinstance(node, _COMPREHENSIONS):
        _weigh_comprehension(node, scope, steps)
    elif isinstance(node, ast.FunctionDef):
        steps["lambda"] += 1
    elif isinstance(node, ast.arguments):
        pass
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        pass  # a docstring
    else:
        _weigh_other(node, scope, steps)
        for child in _own_children(node):
            _weigh(child, scope, steps)


def _own_children(node: ast.AST) -> list[ast.AST]:
    """What belongs to a statement itself: neither the blocks in it nor, of a loop over a range, the call."""
    if isinstance(node, ast.For):
        return [*node.iter.args] if is_range(node) else [node.iter]  # type: ignore[attr-defined]
    blocks = (ast.stmt, ast.ExceptHandler)
    return [child for child in ast.iter_child_nodes(node) if not isinstance(child, blocks)]


def is_range(node: ast.For) -> bool:
    """Whether a loop counts: MicroPython makes no object of such a range."""
    call = node.iter
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "range"


def _of_name(node: ast.Name, scope: Scope) -> str:
    is_load = isinstance(node.ctx, ast.Load)
    if node.id in scope.locals:
        return "local" if is_load else "store"
    if node.id in scope.globals or not hasattr(builtins, node.id):
        return "global" if is_load else "store_global"
    return "builtin"


def _weigh_attribute(node: ast.Attribute, scope: Scope, steps: Steps) -> None:
    _weigh(node.value, scope, steps)
    if not isinstance(node.ctx, ast.Load):
        steps["module_attribute" if _is_module(node.value, scope) else "store_attribute"] += 1
    elif _is_module(node.value, scope):
        steps["module_attribute"] += 1
    else:
        steps["property" if node.attr in scope.names.properties else "attribute"] += 1


def _is_module(node: ast.AST, scope: Scope) -> bool:
    return isinstance(node, ast.Name) and node.id in scope.modules and node.id not in scope.locals


def _weigh_call(node: ast.Call, scope: Scope, steps: Steps) -> None:
    for argument in node.args:
        _weigh(argument, scope, steps)
    for keyword in node.keywords:
        steps["keyword"] += 1
        _weigh(keyword.value, scope, steps)
    function = node.func
    if scope.is_viper and not (isinstance(function, ast.Name) and function.id in _CASTS):
        steps["argument"] += len(node.args)
    if isinstance(function, ast.Name) and scope.is_viper and function.id in _CASTS:
        steps["pointer" if function.id in _POINTERS else "cast"] += 1
    elif isinstance(function, ast.Name):
        _weigh(function, scope, steps)
        is_native = function.id not in scope.locals | scope.globals
        steps[function.id if is_native and function.id in _SIZED else "call"] += 1
        if function.id == "next":
            steps["generator"] += 1
    elif isinstance(function, ast.Attribute):
        _weigh(function.value, scope, steps)
        names = scope.names
        if _is_module(function.value, scope):
            steps["module_attribute"] += 1
        elif function.attr in names.methods:
            steps["method"] += 1
        else:
            steps["attribute" if function.attr in names.attributes else "method_native"] += 1
        steps["call"] += 1
    else:
        _weigh(function, scope, steps)
        steps["call"] += 1


def _weigh_comprehension(node: ast.AST, scope: Scope, steps: Steps) -> None:
    inner = Scope(scope.names, scope.locals | set(bound_in(node)), scope.globals, scope.modules)
    each: Steps = Counter(comprehension_item=1)
    for generator in node.generators:  # type: ignore[attr-defined]
        _weigh(generator.iter, scope, steps)
        for test in generator.ifs:
            _weigh(test, inner, each)
            each["branch"] += 1
    for name in ("elt", "key", "value"):
        if hasattr(node, name):
            _weigh(getattr(node, name), inner, each)
    steps["comprehension"] += 1
    for name, n in each.items():
        steps[name] += n * _ITERATIONS


def _weigh_other(node: ast.AST, scope: Scope, steps: Steps) -> None:
    if isinstance(node, ast.BinOp):
        is_text = isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant)
        steps["format" if is_text and isinstance(node.left.value, (str, bytes)) else "binary"] += 1  # type: ignore
    elif isinstance(node, ast.AugAssign):
        steps["binary"] += 1
        _weigh_loaded(node.target, scope, steps)
    elif isinstance(node, ast.UnaryOp):
        steps["unary"] += 1
    elif isinstance(node, ast.BoolOp):
        steps["branch"] += len(node.values) - 1
    elif isinstance(node, ast.Compare):
        for operator in node.ops:
            steps[_COMPARISONS.get(type(operator), "compare")] += 1
    elif isinstance(node, ast.Subscript):
        if isinstance(node.slice, ast.Slice):
            steps["slice"] += 1
        else:
            kind = "subscript" if isinstance(node.ctx, ast.Load) else "store_subscript"
            is_object = scope.is_viper and not (isinstance(node.value, ast.Name) and node.value.id in scope.pointers)
            steps[f"object_{kind}" if is_object else kind] += 1
    elif isinstance(node, (ast.Tuple, ast.List, ast.Dict)) and isinstance(getattr(node, "ctx", None), ast.Store):
        steps["unpack"] += 1
    elif isinstance(node, (ast.Tuple, ast.List)):
        if not all(isinstance(each, ast.Constant) for each in node.elts) or isinstance(node, ast.List):
            steps[type(node).__name__.lower()] += 1
    elif isinstance(node, ast.Dict):
        steps["dictionary"] += 1
        steps["store_subscript"] += max(len(node.keys) - 1, 0)
    elif isinstance(node, (ast.If, ast.IfExp, ast.While)):
        steps["branch"] += 1
    elif isinstance(node, ast.For):
        steps["for_range" if is_range(node) else "for"] += 1
    elif isinstance(node, ast.Try):
        steps["try"] += 1
    elif isinstance(node, ast.With):
        steps["with"] += 1
    elif isinstance(node, ast.Raise):
        steps["raise"] += 1
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        steps["import"] += 1
    elif isinstance(node, (ast.Yield, ast.YieldFrom)):
        steps["yield"] += 1


def _weigh_loaded(target: ast.expr, scope: Scope, steps: Steps) -> None:
    """What `target += ...` reads before it stores."""
    kinds = {ast.Attribute: "attribute", ast.Subscript: "subscript"}
    name = kinds.get(type(target), "local")
    steps[name] += 1


_COMPARISONS: dict[type, str] = {ast.Is: "identity", ast.IsNot: "identity", ast.In: "contains", ast.NotIn: "contains"}
