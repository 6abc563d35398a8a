"""Prepares functions on integers, marked `@micropython.viper`, for the two kinds of build: machine code and bytecode.

What a module imports from roller.native only serves Python: MicroPython's compiler knows those names by itself. The
twin in bytecode is the same function without mark, annotations and casts.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

STAND_IN = "roller.native"
CASTS = ("ptr8", "ptr16", "ptr32", "int", "uint")
# Architectures, as mpy-cross names them, for which machine code is made. Not x64: there, `ptr32` reads a negative
# number as one above 2**31 (MicroPython 1.28).
NATIVE = ("x86", "xtensawin", "rv32imc")
# As sys.implementation._mpy numbers them: docs.micropython.org, "MicroPython .mpy files".
_ARCHITECTURES = (
    "", "x86", "x64", "armv6", "armv6m", "armv7m", "armv7em", "armv7emsp", "armv7emdp", "xtensa", "xtensawin",
    "rv32imc", "rv64imc",
)  # fmt: skip
MPY_VERSION = (6, 3)  # of the files that mpy-cross writes; machine code is only taken by a runtime of the same


def native_arch(mpy: int) -> str:
    """The architecture of machine code for a runtime with this sys.implementation._mpy; "" if bytecode it must be."""
    arch = mpy >> 10 & 15
    name = _ARCHITECTURES[arch] if arch < len(_ARCHITECTURES) else ""
    return name if name in NATIVE and (mpy & 255, mpy >> 8 & 3) == MPY_VERSION else ""


def prepare(texts: Mapping[str, str], *, is_native: bool) -> dict[str, str]:
    """The sources of a program by their paths, as machine code or as bytecode; without the stand-ins themselves."""
    own = STAND_IN.replace(".", "/") + ".py"
    return {path: _prepared(text, path, is_native) for path, text in texts.items() if path != own}


def _prepared(text: str, path: str, is_native: bool) -> str:
    if STAND_IN not in text:
        return text
    tree = ast.parse(text, path)
    tree.body = [each for each in tree.body if not (isinstance(each, ast.ImportFrom) and each.module == STAND_IN)]
    return ast.unparse(tree if is_native else _plain(tree)) + "\n"


def plain(texts: Mapping[str, str]) -> dict[str, str]:
    """Sources that were prepared for machine code, for bytecode."""
    return {path: ast.unparse(_plain(ast.parse(text, path))) + "\n" for path, text in texts.items()}


def _plain(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any(map(_is_mark, node.decorator_list)):
            _make_plain(node)
    return tree


def _is_mark(decorator: ast.expr) -> bool:
    return ast.unparse(decorator) == "micropython.viper"


def _make_plain(function: ast.FunctionDef) -> None:
    function.decorator_list = [each for each in function.decorator_list if not _is_mark(each)]
    function.returns = None
    for each in function.args.args:
        each.annotation = None
    for statement in function.body:
        _Uncast().visit(statement)


class _Uncast(ast.NodeTransformer):
    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        return node.args[0] if isinstance(node.func, ast.Name) and node.func.id in CASTS else node
