"""What all pages share: the environment that renders them, the filters for their numbers, and writing them whole."""

from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from dermaroller.errors import UsageError
from dermaroller.files import write_whole
from dermaroller.output import plural
from dermaroller.show import band, clock

DASH = "–"
_CONTROLS = dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(127, 160), *range(55296, 57344)), "�")


def render(template: str, context: dict[str, Any]) -> str:
    """The page that a template makes of its context; a name that the context lacks is a bug, and raises."""
    return _environment().get_template(template).render(context)


def number(value: float | None, digits: int = 0) -> str:
    """1234.5 as "1,234" or, with digits=1, "1,234.5"; a dash where there is no number."""
    return DASH if value is None else f"{value:,.{digits}f}"


def printable(value: Any) -> Any:
    """JSON values with each control character in a text as U+FFFD: no page may hold one."""
    if isinstance(value, str):
        return value.translate(_CONTROLS)
    if isinstance(value, list):
        return [printable(each) for each in value]
    return {key: printable(each) for key, each in value.items()} if isinstance(value, dict) else value


def write(path: Path, content: str | bytes) -> Path:
    """Write a page under its final name only once it is whole; return the path. UsageError if it cannot be written."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    try:
        write_whole(path, data)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}. Choose another place with --out.") from error
    return path


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("dermaroller", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters.update(clock=clock, band=band, number=number, plural=plural)
    return environment
