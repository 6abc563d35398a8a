"""What subjects are called here: codes to names, in a file of the archive that nothing else is made from."""

import json
from pathlib import Path

from dermaroller.archive import place
from dermaroller.archive.rows import plain
from dermaroller.errors import IntegrityError
from dermaroller.files import write_whole


def read(root: Path) -> dict[str, str]:
    """{subject code: label}. IntegrityError if the file is there but cannot be read."""
    path = root / place.LABELS
    try:
        labels = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(labels, dict):
            raise ValueError("not an object")
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise IntegrityError(
            f"{path} cannot be read ({error}). Mend it or take it away; sessions are not lost."
        ) from error
    return {plain(str(subject)): plain(str(label)) for subject, label in labels.items()}


def put(root: Path, subject: str, label: str) -> None:
    """Give a subject a label, or with an empty one none; only while changing the archive."""
    labels = read(root)
    labels.pop(plain(subject), None)
    if label:
        labels[plain(subject)] = plain(label)
    _write(root, labels)


def remove(root: Path, subjects: set[str | None]) -> None:
    """Take the labels of these subjects away."""
    labels = read(root)
    if subjects & labels.keys():
        _write(root, {subject: label for subject, label in labels.items() if subject not in subjects})


def _write(root: Path, labels: dict[str, str]) -> None:
    text = json.dumps(labels, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    write_whole(root / place.LABELS, text.encode())
