"""The errors in host_tools/README.md, made from the sources: `python tests/host_tools/error_table.py`.

A part of a sentence that is filled in at run time stands there as an ellipsis.
"""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import dermaroller
from dermaroller.errors import DermarollerError

README = Path(__file__).parents[2] / "host_tools" / "README.md"
BEGIN, END = "<!-- errors: made by tests/host_tools/error_table.py -->\n", "<!-- errors end -->"
FOR_DEVICES = "on_device"  # programs that run on the device


def classes() -> dict[str, type[DermarollerError]]:
    """Every error that can end a command, by name."""
    for module in pkgutil.walk_packages(dermaroller.__path__, "dermaroller."):
        if FOR_DEVICES not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found: dict[str, type[DermarollerError]] = {}
    waiting = [DermarollerError]
    while waiting:
        one = waiting.pop()
        found[one.__name__] = one
        waiting += one.__subclasses__()
    return found


def sentences() -> Iterator[tuple[int, str]]:
    """(exit code, sentence) of each place that makes an error."""
    known = classes()
    for file in sorted(Path(dermaroller.__path__[0]).rglob("*.py")):
        if FOR_DEVICES in file.parts:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and (error := known.get(_name(node.func))):
                sentence = " ".join(_text(node.args[0]).split())
                if re.search(r"\w\w", sentence):
                    yield error.exit_code, sentence


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
