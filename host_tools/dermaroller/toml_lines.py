"""Finds the line of a TOML text at which a key or table stands, for error messages; a parser keeps no such thing."""

import re

_TABLE = re.compile(r"\s*\[\s*([\w.\"' -]+?)\s*\]\s*(#.*)?$")
_LIST_TABLE = re.compile(r"\s*\[\[\s*([\w.\"' -]+?)\s*\]\]\s*(#.*)?$")
_KEY = re.compile(r"\s*(\"[^\"]*\"|'[^']*'|[\w-]+)\s*=")


def line_of(text: str, place: tuple[str | int, ...]) -> int | None:
    """The 1-based line of `place`, such as ("head", "needles") or ("zone", 1, "area_cm2").

    That of its table if the key is not there, None if neither is.
    """
    found: dict[tuple[str | int, ...], int] = {}
    table: tuple[str | int, ...] = ()
    lists: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if match := _LIST_TABLE.match(line):
            name = _bare(match[1])
            lists[name] = lists.get(name, -1) + 1
            table = (name, lists[name])
            found.setdefault((name,), number)
        elif match := _TABLE.match(line):
            table = (_bare(match[1]),)
        elif match := _KEY.match(line):
            found.setdefault((*table, _bare(match[1])), number)
            continue
        else:
            continue
        found.setdefault(table, number)
    for length in range(len(place), 0, -1):
        if place[:length] in found:
            return found[place[:length]]
    return None


def _bare(key: str) -> str:
    return key.strip("\"'")
