"""Receipts of pulls, erasures and clocks, beside the session files: one JSON object a line, only ever appended to.

Every receipt has `kind`, `at` (UTC, from this computer's clock) and `device`. A line that a killed program left torn is
stepped over.
"""

import json
import os
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from dermaroller.errors import UsageError

NAME = "receipts.jsonl"
SESSIONS = "sessions"  # the folder of an archive in which its session files lie
CLOCK, PULL, ERASE = "clock", "pull", "erase"
IMPORT, FORGETTING, FORGET = "import", "forgetting", "forget"  # in an archive only

Receipt = dict[str, Any]


def add(folder: Path, kind: str, device: str, **details: Any) -> Receipt:
    """Append one receipt and make it durable. UsageError if the folder cannot be written."""
    receipt = new(kind, device, **details)
    append(folder, [receipt])
    return receipt


def new(kind: str, device: str, **details: Any) -> Receipt:
    """A receipt of this moment."""
    at = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"kind": kind, "at": at, "device": device, **details}


def append(folder: Path, receipts: list[Receipt]) -> None:
    """Append receipts as they are and make them durable. UsageError if the folder cannot be written."""
    text = "".join(json.dumps(receipt, ensure_ascii=False) + "\n" for receipt in receipts)
    try:
        with (folder / NAME).open("ab+") as file:
            if file.tell() and not _ends_with_newline(folder / NAME):
                text = "\n" + text
            file.write(text.encode())  # one write, so that two programs at once do not mix their lines
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise UsageError(
            f"cannot write {folder / NAME}: {error.strerror}. Allow it, or choose another folder."
        ) from error


def read(folder: Path, kind: str = "") -> Iterator[Receipt]:
    """The receipts of a folder in order, or those of one kind."""
    try:
        lines = (folder / NAME).read_bytes().splitlines()
    except OSError:
        return
    word = f'"{kind}"'.encode() if kind else b""
    for line in lines:
        if word in line and (receipt := parse(line)):  # there may be thousands, few of which are wanted
            if kind in ("", receipt.get("kind")):
                yield receipt


def parse(line: bytes) -> Receipt | None:
    """One line as a receipt; None if it is torn."""
    try:
        receipt = json.loads(line)
    except ValueError:
        return None
    return receipt if isinstance(receipt, dict) else None


def folder_of(path: Path) -> Path:
    """The folder whose receipts speak of a session file: its own; for one in the archive, the archive's root."""
    shelf = path.absolute().parent
    return shelf.parent.parent if (shelf.parent.name, len(shelf.name)) == (SESSIONS, 2) else shelf


def _ends_with_newline(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
