"""Reads a motion trace, a CSV file with the header `t_s,position_mm,force_n` and perhaps `event`; refuses a bad one.

Whatever is wrong gives a TraceError that names the file, the line and what to do.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, TextIO

import numpy as np
from numpy.typing import NDArray

from dermaroller.errors import TraceError
from dermaroller.sim.events import parse_event

COLUMNS = ("t_s", "position_mm", "force_n")
MAX_SPEED_MM_S = 20_000  # far beyond any hand: a slip of units
MAX_DURATION_S = 24 * 3600

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Trace:
    """What a hand did. Arrays of one length: time (s, strictly increasing), drum travel (mm, signed), force (N).

    events: (time in s, what stands in the file's column `event`); see `dermaroller.sim.events`.
    """

    name: str
    t_s: Floats
    position_mm: Floats
    force_n: Floats
    events: tuple[tuple[float, str], ...] = ()

    @property
    def start_s(self) -> float:
        return float(self.t_s[0])

    @property
    def end_s(self) -> float:
        return float(self.t_s[-1])


def read_trace(path: Path) -> Trace:
    """Read and check a trace file. Raises TraceError."""
    try:
        with Path(path).open(newline="", encoding="utf-8-sig") as file:
            return _parse(file, str(path))
    except OSError as error:
        _refuse(f"{path} cannot be read ({error.strerror}): name a CSV file with the columns {','.join(COLUMNS)}.")
    except UnicodeDecodeError:
        _refuse(f"{path} is not a text file: name a CSV file with the columns {','.join(COLUMNS)}.")
    except csv.Error as error:
        _refuse(f"{path} is not CSV ({error}): export it again as comma-separated text.")


def _parse(file: TextIO, name: str) -> Trace:
    reader = csv.reader(file, strict=True)
    header = [cell.strip() for cell in next(reader, [])]
    if not header:
        _refuse(f"{name} is empty: the first line must be {','.join(COLUMNS)}, with rows below it.")
    has_event = _check_header(header, name)
    rows: list[tuple[float, float, float]] = []
    events: list[tuple[float, str]] = []
    for row, where in _rows(reader, name):
        values, event = _parse_row(row, header, has_event, where)
        if rows:
            _check_step(rows[-1], values, where)
        rows.append(values)
        if event:
            events.append((values[0], event))
    if not rows:
        _refuse(f"{name} has a header but no rows: add at least one row of {','.join(COLUMNS)}.")
    t_s, position_mm, force_n = np.array(rows, dtype=np.float64).T
    _check_length(t_s, name)
    return Trace(name, t_s, position_mm, force_n, tuple(events))


def _rows(reader: Iterator[list[str]], name: str) -> Iterator[tuple[list[str], str]]:
    for row in reader:
        if row and any(cell.strip() for cell in row):
            yield row, f"{name} line {reader.line_num}"  # type: ignore[attr-defined]


def _check_header(header: list[str], name: str) -> bool:
    missing = [column for column in COLUMNS if column not in header]
    if missing:
        _refuse(f"{name} line 1 lacks the column {missing[0]} (it has {', '.join(header)}): name it so in the header.")
    unknown = [column for column in header if column not in (*COLUMNS, "event")]
    if unknown:
        _refuse(f"{name} line 1 has an unknown column {unknown[0]!r}: remove it; known are {','.join(COLUMNS)},event.")
    if len(set(header)) != len(header):
        _refuse(f"{name} line 1 names a column twice: keep one of each.")
    return "event" in header


def _parse_row(
    row: list[str], header: list[str], has_event: bool, where: str
) -> tuple[tuple[float, float, float], str]:
    if len(row) not in (len(header), len(header) - has_event):
        _refuse(f"{where} has {len(row)} cells instead of {len(header)}: fill them in or remove the line.")
    cells = dict(zip(header, row, strict=False))
    event = (cells.get("event") or "").strip()
    if event:
        parse_event(event, where)
    t_s, position_mm, force_n = (_number(cells, column, where) for column in COLUMNS)
    return (t_s, position_mm, force_n), event


def _number(cells: dict[str, str], column: str, where: str) -> float:
    text = cells.get(column, "").strip()
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        _refuse(f"{where}: {column} is {text!r}, not a finite number: correct it or remove the line.")
    return value


def _check_step(before: tuple[float, float, float], row: tuple[float, float, float], where: str) -> None:
    step_s = row[0] - before[0]
    if step_s <= 0:
        _refuse(
            f"{where}: t_s is {row[0]:g} after {before[0]:g}: times must increase from row to row; sort or thin them."
        )
    if abs(row[1] - before[1]) > MAX_SPEED_MM_S * max(step_s, 1e-3):
        _refuse(
            f"{where}: position_mm jumps from {before[1]:g} to {row[1]:g} in {step_s:g} s: "
            "check that it is in millimetres and t_s in seconds."
        )


def _check_length(t_s: Floats, name: str) -> None:
    if t_s[-1] - t_s[0] > MAX_DURATION_S:
        _refuse(f"{name} lasts {t_s[-1] - t_s[0]:.0f} s, more than a day: check that t_s is in seconds.")


def _refuse(message: str) -> NoReturn:
    raise TraceError(message)
