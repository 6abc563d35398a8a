"""Commands that work on session files alone: show, report."""

from pathlib import Path
from typing import Annotated

import typer

import dermaroller
from dermaroller import archive, packages
from dermaroller.errors import IntegrityError
from dermaroller.options import ArchiveOption, JsonOption, common
from dermaroller.output import detail, plural, print_json, print_rich

FilesArgument = Annotated[
    list[Path],
    typer.Argument(metavar="SESSION...", help="Files, `last`, or the beginning of a hash of `archive list`."),
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--out",
        metavar="PAGE.html|.pdf",
        help="Where to write, in the format of its name; else beside the session.",
    ),
]
PdfOption = Annotated[bool, typer.Option("--pdf", help="PDF/A-3 with the log and its summary attached.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(show)
    app.command()(report)


def show(
    context: typer.Context, files: FilesArgument, archive_folder: ArchiveOption = None, as_json: JsonOption = False
) -> None:
    """What sessions hold, and what is missing.

    Passes, punctures, zones with the bands of their density, force, alerts. A damaged file is shown as far as it
    can be read; the exit code is then 6.

    Example: dermaroller show 00001.drl --json
    """
    sessions = _read(files, archive_folder)
    summaries = [session.summary() for session in sessions]
    if common(context, as_json=as_json).as_json:
        print_json({"sessions": [each.as_json() for each in summaries]})
    else:
        from dermaroller.show import session_view

        for each in summaries:
            print_rich(session_view(each))
    refuse_damaged(sessions)


def report(
    files: FilesArgument, out: OutOption = None, as_pdf: PdfOption = False, archive_folder: ArchiveOption = None
) -> None:
    """A page on each session to read, print and hand on.

    It is HTML in one file, or PDF. A damaged file still gets its page, which says first what is missing; the exit
    code is then 6.

    Example: dermaroller report 00001.drl -o session.pdf
    """
    if out and len(files) > 1:
        raise typer.BadParameter("one page can be named only for one session file", param_hint="--out")
    if out and as_pdf and out.suffix.lower() != ".pdf":
        raise typer.BadParameter("with --pdf, the name must end in .pdf", param_hint="--out")
    suffix = out.suffix.lower() if out else ".pdf" if as_pdf else ".html"
    with packages.needing("pdf" if suffix == ".pdf" else "report"):
        from dermaroller.report import write_report
    sessions = _read(files, archive_folder)
    for session in sessions:
        print(write_report(session, out or archive.beside(session, suffix)))
    refuse_damaged(sessions)


def _read(files: list[Path], archive_folder: Path | None) -> "list[dermaroller.Session]":
    paths = [archive.resolve(path, archive_folder) for path in files]
    detail(f"reading {', '.join(map(str, paths))}.")
    return [dermaroller.Session.read(path) for path in paths]


def refuse_damaged(sessions: "list[dermaroller.Session]") -> None:
    """IntegrityError for the first session that is not as the device closed it; what can be read was shown before."""
    for session in sessions:
        if session.is_as_closed:
            continue
        if session.damage:
            lost = session.damage
            what = (
                f"is damaged {lost.place}: lost {plural(lost.bytes, 'byte')}, at least {plural(lost.blocks, 'block')}"
            )
        elif session.footer is None:
            what = f"ends at byte {session.size_bytes} without a footer"
        else:
            what = "does not have the SHA-256 that its footer promises"
        raise IntegrityError(f"{session.name} {what}. Pull it again from the device.")
