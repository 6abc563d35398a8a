"""What is not as the schema of the link's verbs says, in words: each function gives a list, which is to be empty."""

import ast
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from dermaroller.errors import DermarollerError
from dermaroller.link import notes, reading
from dermaroller.link.schema import ANSWERS, ANY_NAME, FORMS, LIST_OF, OBJECTS, Entry, answer_to
from roller.answers import BINARY

FIRMWARE = Path(__file__).parents[2] / "firmware"
KEPT = "raw"  # a field that every answer's type has besides its entries


def verbs(dispatched: Iterable[str], page: str) -> list[str]:
    """Of the verbs that the device serves, and of the page that tells them."""
    served = list(dispatched)
    told = [f"{verb} has no form" for verb in served if verb not in FORMS]
    told += [f"{verb} is not served" for verb in FORMS if verb not in served]
    told += [f"{verb} is not in the page" for verb in {*served, *FORMS} if f"\n### {verb}\n" not in page]
    told += [f"{verb} has no note" for verb in served if verb not in notes.VERBS]
    return told + [
        f"{verb} has no answer" for verb in served if not any(name.split()[0] == verb for name in (*ANSWERS, *BINARY))
    ]


def answers(found: Iterable[tuple[str, Any]]) -> list[str]:
    """Of (request, answer) of a device that is of this version: so entries that older ones leave out must be there."""
    told = []
    seen: dict[str, set[str]] = {name: set() for name in ANSWERS}
    for request, answer in found:
        name = answer_to(request)
        if name is None:
            told.append(f"{request} is to be answered by bytes")
            continue
        seen[name] |= answer.keys()
        try:
            if name != "help":
                reading.read(reading.ANSWER_TYPES[name], request, answer)
        except DermarollerError as error:
            told.append(str(error))
            continue
        told += _undeclared(ANSWERS[name], answer, request)
    for name, entries in ANSWERS.items():
        missing = {entry.name for entry in entries} - seen[name] - {ANY_NAME}
        told += [f"{name} never had {entry}" for entry in sorted(missing)]
    return told


def _undeclared(entries: tuple[Entry, ...], value: Mapping[str, Any], place: str) -> list[str]:
    kinds = {entry.name: entry.kind for entry in entries}
    told = []
    for name, each in value.items():
        kind = kinds.get(name, kinds.get(ANY_NAME))
        if kind is None:
            told.append(f"{place}: {name} is not in the schema")
        elif each is not None:
            items = each if kind.startswith(LIST_OF) else [each]
            of = OBJECTS.get(kind.removeprefix(LIST_OF), ())
            told += [line for item in items if of for line in _undeclared(of, item, f"{place}: {name}")]
    return told


def types(answer_types: Mapping[str, type], tables: Mapping[str, tuple[Entry, ...]]) -> list[str]:
    """Of the host's types of these tables."""
    told = [f"{name} has no type" for name in tables if name not in answer_types]
    for name, kind in answer_types.items():
        own = {reading.wire_name(field) for field in fields(kind)} - {KEPT}
        entries = {entry.name for entry in tables[name]} if name in tables else set()
        told += [f"{kind.__name__} has no field of {entry}" for entry in sorted(entries - own)]
        told += [f"{kind.__name__}.{field} is no entry of {name}" for field in sorted(own - entries)]
    return told


def refusals(words: Iterable[str], known: Iterable[str]) -> list[str]:
    """Of the words with which requests are refused."""
    raised, declared = set(words), set(known)
    told = [f"{word} is not in the schema" for word in sorted(raised - declared)]
    return told + [f"nothing is refused as {word}" for word in sorted(declared - raised)]


def words_raised() -> set[str]:
    """The words of each Refused("word", ...) in the firmware."""
    return {word for call, word in _calls("Refused", 0)}


def arguments_named() -> set[str]:
    """The names that whole() is given for arguments."""
    return {word for call, word in _calls("whole", 2)}


def _calls(function: str, at: int) -> Iterable[tuple[ast.Call, str]]:
    for file in sorted(FIRMWARE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function:
                argument = node.args[at]
                if isinstance(argument, ast.Constant):
                    yield node, argument.value
