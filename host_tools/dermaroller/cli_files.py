"""Commands that work on session files alone: show, report."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from dermaroller import archive
from dermaroller import show as views
from dermaroller.errors import IntegrityError
from dermaroller.options import ArchiveOption, JsonOption, common
from dermaroller.output import plural, print_json
from dermaroller.session import Session
from dermaroller.summary import summary

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
    """What sessions hold: passes, punctures, density with its band, and what is missing.

    A damaged file is shown as far as it can be read; the exit code is then 6.

    Example: dermaroller show 00001.drl --json
    """
    sessions = [Session.read(archive.resolve(path, archive_folder)) for path in files]
    summaries = [summary(session) for session in sessions]
    if common(context, as_json=as_json).as_json:
        print_json({"sessions": summaries})
    else:
        console = Console()
        for each in summaries:
            views.print_session(console, each)
    refuse_damaged(sessions)


def report(
    files: FilesArgument, out: OutOption = None, as_pdf: PdfOption = False, archive_folder: ArchiveOption = None
) -> None:
    """One page on each session to read, print and hand on: self-contained HTML, or PDF.

    A damaged file still gets its page, which says first what is missing; the exit code is then 6.

    Example: dermaroller report 00001.drl -o session.pdf
    """
    from dermaroller.report import write_report  # the figures' library takes a while to load

    if out and len(files) > 1:
        raise typer.BadParameter("one page can be named only for one session file", param_hint="--out")
    if out and as_pdf and out.suffix.lower() != ".pdf":
        raise typer.BadParameter("with --pdf, the name must end in .pdf", param_hint="--out")
    sessions = [Session.read(archive.resolve(path, archive_folder)) for path in files]
    for session in sessions:
        print(write_report(session, out or archive.beside(session, ".pdf" if as_pdf else ".html")))
    refuse_damaged(sessions)


def refuse_damaged(sessions: list[Session]) -> None:
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
