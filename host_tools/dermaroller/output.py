"""The two ways out: one JSON object on stdout, and sentences for people on stderr."""

import io
import json
import os
import sys
from typing import TYPE_CHECKING, Any

from dermaroller import settings

if TYPE_CHECKING:
    from rich.console import RenderableType


def print_json(value: dict[str, Any]) -> None:
    """Print an object as JSON, the same bytes for equal values."""
    print(json_text(value))


def json_text(value: dict[str, Any]) -> str:
    """The text that is printed, without the end of its last line."""
    return json.dumps(value, ensure_ascii=False, indent=1)


def plural(n: int, noun: str, nouns: str = "") -> str:
    """1 block, 2 blocks; `nouns` where an s is not enough."""
    return f"{n:,} {noun if n == 1 else nouns or noun + 's'}"


def print_rich(what: "RenderableType", soft_wrap: bool = False) -> None:
    """Print a table or the like on stdout. Its library is loaded only now: most starts need none."""
    from rich.console import Console

    Console().print(what, soft_wrap=soft_wrap)


def say(sentence: str) -> None:
    """Tell the user something that is no result, unless --quiet is given."""
    if not settings.is_quiet:
        print(f"dermaroller: {sentence}", file=sys.stderr)


def detail(sentence: str) -> None:
    """Tell what is being done, if --verbose is given."""
    if settings.is_verbose:
        print(f"dermaroller: {sentence}", file=sys.stderr)


def shows_progress() -> bool:
    """Whether someone looks at stderr and wants to see how far it is."""
    return sys.stderr.isatty() and not settings.is_quiet


def speak_every_script() -> None:
    """Let stdout and stderr take any character: a name may be in any script, wherever the output goes.

    A file or a pipe gets UTF-8, unless PYTHONIOENCODING says otherwise; a terminal that cannot show a character shows
    a question mark. Without this, Windows writes to files in a code page that lacks most of them.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            is_free = not stream.isatty() and "PYTHONIOENCODING" not in os.environ
            stream.reconfigure(encoding="utf-8" if is_free else stream.encoding, errors="replace")
