"""Commands that look at several sessions together: compare, trend."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import dermaroller
from dermaroller import archive, packages
from dermaroller.analysis.trend_types import Unreadable
from dermaroller.archive import find
from dermaroller.cli_files import refuse_damaged
from dermaroller.errors import DermarollerError, IntegrityError, NewerFormat, UsageError
from dermaroller.options import ArchiveOption, JsonOption, common
from dermaroller.output import print_json, say

if TYPE_CHECKING:
    from dermaroller.analysis.compare_types import Compared
    from dermaroller.analysis.trend_types import Trend

PageOption = Annotated[
    Path | None, typer.Option("-o", "--out", metavar="PAGE.html", help="Write a page there, in place of the tables.")
]
_SESSION = "A file, `last`, or the beginning of a hash of `archive list`."


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(compare)
    app.command()(trend)


def compare(
    context: typer.Context,
    a: Annotated[Path, typer.Argument(metavar="A", help=_SESSION)],
    b: Annotated[Path, typer.Argument(metavar="B", help="The other one, likewise.")],
    out: PageOption = None,
    folder: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Two sessions side by side.

    Zones with the bands of their densities, force, strokes, alerts, completeness. Whatever else differs (subject,
    head, serum, plan, firmware) is pointed out; nothing is refused.

    Example: dermaroller compare 00001.drl last -o both.html
    """
    from dermaroller.compare import compare as compared
    from dermaroller.compare_view import view
    from dermaroller.overview import overview

    sessions = [dermaroller.Session.read(archive.resolve(path, folder)) for path in (a, b)]
    found = compared(*(overview(session) for session in sessions))
    if out:
        with packages.needing("report"):
            from dermaroller import compare_page, pages

        pages.write(out, compare_page.render(found))
    _tell(context, as_json, found, out, view)
    refuse_damaged(sessions)


def trend(
    context: typer.Context,
    what: Annotated[list[str], typer.Argument(metavar="SUBJECT | SESSION...", help="A subject's code, or sessions.")],
    out: PageOption = None,
    folder: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """A subject's sessions in time order.

    Densities against target and limit, intervals, force, heads, doubts. A record of what the roller did, not of
    what it did to skin. Sessions whose start is not known are listed apart.

    Example: dermaroller trend P-0042 -o trend.html
    """
    from dermaroller.overview import overview
    from dermaroller.trend import trend as trend_of
    from dermaroller.trend_view import view

    sessions, unreadable = _read(_files(what, folder))
    found = trend_of((overview(session) for session in sessions), [entry for entry, _ in unreadable])
    if out:
        with packages.needing("report"):
            from dermaroller import pages, trend_page

        pages.write(out, trend_page.render(found))
    _tell(context, as_json, found, out, view)
    for _, error in unreadable:
        raise error
    refuse_damaged(sessions)


def _files(what: list[str], folder: Path | None) -> list[Path]:
    """The session files of one subject, or those that the arguments mean, each once."""
    if len(what) > 1 or Path(what[0]).is_file() or what[0].endswith(".drl"):
        return list({path.resolve(): path for path in (archive.resolve(one, folder) for one in what)}.values())
    name = what[0]
    if found := archive.sessions_of(name, folder):
        return found
    if name == find.LAST or re.fullmatch("[0-9a-fA-F]+", name):
        return [archive.resolve(name, folder)]
    root = folder or archive.default_folder()
    raise UsageError(
        f"there is no session of {name} in {root}, and no such file. `dermaroller archive list` shows what is."
    )


def _read(paths: list[Path]) -> "tuple[list[dermaroller.Session], list[tuple[Unreadable, DermarollerError]]]":
    """The sessions that can be read, and of the others their file with the reason, and the error."""
    sessions: list[dermaroller.Session] = []
    unreadable: list[tuple[Unreadable, DermarollerError]] = []
    for path in paths:
        try:
            sessions.append(dermaroller.Session.read(path))
        except (IntegrityError, NewerFormat) as error:
            unreadable.append((Unreadable(str(path), str(error)), error))
    return sessions, unreadable


def _tell(context: typer.Context, as_json: bool, found: "Compared | Trend", page: Path | None, view: Any) -> None:
    """JSON on stdout, or the page's path, or tables."""
    if common(context, as_json=as_json).as_json:
        print_json(found.as_json())
        if page:
            say(f"the page is {page}.")
    elif page:
        print(page)
    else:
        from rich.console import Console

        console = Console()
        console.print(view(found, console.width))
