"""CSV: one file a table; UTF-8, a comma between cells, a newline behind each row, a point in decimals.

A spreadsheet takes a cell that begins with one of FORMULA_STARTS for a formula, and a zone's name may have been written
by anybody. Such text gets an apostrophe before it, and so does text that begins with an apostrophe; so dropping one
leading apostrophe always gives what was there. Numbers are never touched.

Readers and writers of CSV disagree on control characters: Python before 3.11 refuses a NUL, before 3.13 it writes a
carriage return that then ends the row. All but tab and newline are therefore U+FFFD, as on pages.
"""

import csv
import io
from collections.abc import Iterator
from typing import Any

from dermaroller.export.columns import TABLES, TEXT
from dermaroller.export.files import Export
from dermaroller.export.tables import Values, tables
from dermaroller.session import Session

APOSTROPHE = "'"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", APOSTROPHE)

GUARDED = "text that a spreadsheet might take for a formula got an apostrophe before it in the CSV files."
REPLACED = "control characters in text, on which readers of CSV disagree, are � in the CSV files."
_CONTROLS = dict.fromkeys((*range(9), *range(11, 32), 127), "�")


def exports(session: Session, stem: str) -> Iterator[Export]:
    """STEM.session.csv, STEM.zones.csv, ..."""
    for name, values in tables(session).items():
        texts = [str(value) for value in _texts(name, values)]
        notices = [GUARDED] if any(_cell(text).startswith(APOSTROPHE) for text in texts) else []
        notices += [REPLACED] if any(text != text.translate(_CONTROLS) for text in texts) else []
        yield Export(f"{stem}.{name}.csv", _csv(name, values).encode(), " ".join(notices))


def guarded(text: str) -> str:
    """Text as no spreadsheet takes it for a formula."""
    return APOSTROPHE + text if text.startswith(FORMULA_STARTS) else text


def unguarded(text: str) -> str:
    """The way back."""
    return text[1:] if text.startswith(APOSTROPHE) else text


def _csv(table: str, values: Values) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    columns = TABLES[table]
    writer.writerow([column.name for column in columns])
    cells = [_cells(values[column.name], column.type == TEXT) for column in columns]
    writer.writerows(zip(*cells, strict=True))
    return file.getvalue()


def _texts(table: str, values: Values) -> Iterator[Any]:
    for column in TABLES[table]:
        if column.type == TEXT and column.name != "session":
            yield from (value for value in values[column.name] if value is not None)


def _cells(values: Any, is_text: bool) -> list[Any]:
    if is_text:
        return [None if value is None else _cell(str(value)) for value in values]
    if values and isinstance(values[0], bool):
        return ["true" if value else "false" for value in values]
    return list(values)


def _cell(text: str) -> str:
    return guarded(text.translate(_CONTROLS))
