"""The two ways out: one JSON object on stdout, and sentences for people on stderr."""

import json
import sys
from typing import Any


def print_json(value: dict[str, Any]) -> None:
    """Print an object as JSON, the same bytes for equal values."""
    print(json_text(value))


def json_text(value: dict[str, Any]) -> str:
    """The text that is printed, without the end of its last line."""
    return json.dumps(value, ensure_ascii=False, indent=1)


def plural(n: int, noun: str, nouns: str = "") -> str:
    """1 block, 2 blocks; `nouns` where an s is not enough."""
    return f"{n:,} {noun if n == 1 else nouns or noun + 's'}"


def say(sentence: str) -> None:
    """Tell the user something that is no result."""
    print(f"dermaroller: {sentence}", file=sys.stderr)
