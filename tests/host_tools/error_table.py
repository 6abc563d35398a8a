"""The errors in host_tools/README.md, made from the sources: `python tests/host_tools/error_table.py`.

The sources are read, not imported: that would take seconds, and every library that a report or an export needs. A
part of a sentence that is filled in at run time stands there as an ellipsis.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeGuard

README = Path(__file__).parents[2] / "host_tools" / "README.md"
SOURCES = README.parent / "dermaroller"
BEGIN, END = "<!-- errors: made by tests/host_tools/error_table.py -->\n", "<!-- errors end -->"
FOR_DEVICES = "on_device"  # programs that run on the device
BASE = "DermarollerError"


@cache
def trees() -> list[ast.Module]:
    """Every module whose errors can end a command."""
    files = (file for file in sorted(SOURCES.rglob("*.py")) if FOR_DEVICES not in file.parts)
    return [ast.parse(file.read_text(encoding="utf-8")) for file in files]


@dataclass(frozen=True)
class Kind:
    """A class of errors. has_own_code: rather than that of its base."""

    exit_code: int
    has_own_code: bool


@cache
def kinds() -> dict[str, Kind]:
    """Every class of errors that can end a command, by name."""
    definitions = [node for tree in trees() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    found: dict[str, Kind] = {}
    while fresh := [one for one in definitions if one.name not in found and _is_kind(one, found)]:
        for one in fresh:
            own = [ast.literal_eval(node.value) for node in one.body if _sets_code(node)]
            inherited = [found[name].exit_code for name in map(_name, one.bases) if name in found]
            found[one.name] = Kind((own or inherited)[0], bool(own))
    return found


def _is_kind(definition: ast.ClassDef, known: dict[str, Kind]) -> bool:
    return definition.name == BASE or bool(known.keys() & set(map(_name, definition.bases)))


def _sets_code(node: ast.stmt) -> TypeGuard[ast.Assign]:
    return isinstance(node, ast.Assign) and [_name(target) for target in node.targets] == ["exit_code"]


def sentences() -> Iterator[tuple[int, str]]:
    """(exit code, sentence) of each place that makes an error."""
    for node in (node for tree in trees() for node in ast.walk(tree)):
        if isinstance(node, ast.Call) and node.args and (kind := kinds().get(_name(node.func))):
            sentence = " ".join(_text(node.args[0]).split())
            if re.search(r"\w\w", sentence):
                yield kind.exit_code, sentence


def table() -> str:
    """The two tables: what each exit code means, and which sentences come with it."""
    lines = ["| exit code | sentence |", "| --- | --- |"]
    for exit_code, sentence in sorted(set(sentences())):
        lines.append(f"| {exit_code} | {sentence.replace('|', '&#124;')} |")
    return "\n".join(lines) + "\n"


def with_table(readme: str) -> str:
    """The README with the table as it is now."""
    before, _, rest = readme.partition(BEGIN)
    return before + BEGIN + "\n" + table() + "\n" + END + rest.partition(END)[2]


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) for part in node.values)
    if isinstance(node, ast.BinOp):
        return _text(node.left) + _text(node.right)
    return "…"


if __name__ == "__main__":
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")
