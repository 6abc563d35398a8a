"""Commands on the archive: archive list, verify, import, label, forget, backup, rebuild."""

import sys
import time
from dataclasses import asdict, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Annotated

import typer

from dermaroller.archive import backup as backups
from dermaroller.archive import find, labels, place
from dermaroller.archive.importing import Importer
from dermaroller.archive.index_row import Entry
from dermaroller.archive.query import EVERYTHING, Filter
from dermaroller.archive.sources import sources
from dermaroller.archive.store import Archive
from dermaroller.archive.verify import verify as verified
from dermaroller.bars import Bar
from dermaroller.errors import IntegrityError, NothingNew, UsageError
from dermaroller.options import ArchiveOption, JsonOption, common
from dermaroller.output import plural, print_json, say

INTERRUPTED = 130
_DAY = "%Y-%m-%d"

archive_app = typer.Typer(no_args_is_help=True, help="Every session that this computer holds: list, check, back up.")
SinceOption = Annotated[
    datetime | None, typer.Option(formats=[_DAY], metavar="YYYY-MM-DD", help="Begun on this day or later (UTC).")
]
UntilOption = Annotated[
    datetime | None, typer.Option(formats=[_DAY], metavar="YYYY-MM-DD", help="Begun on this day or earlier (UTC).")
]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(archive_app, name="archive")


def _archive(folder: Path | None) -> Archive:
    return Archive(folder or place.default_folder())


@archive_app.command("list")
def list_(
    context: typer.Context,
    subject: Annotated[str | None, typer.Option(help="A subject's code, or its label.")] = None,
    device: Annotated[str | None, typer.Option(help="A device's id, or its name.")] = None,
    head: Annotated[str | None, typer.Option(help="A head's id.")] = None,
    zone: Annotated[str | None, typer.Option(help="A part of a zone's name.")] = None,
    since: SinceOption = None,
    until: UntilOption = None,
    archive_folder: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """The sessions in the archive, the latest last. What stands under `hash` names one in other commands.

    Densities are bands: rolled on the needle tips, to rolled on the drum; behind them the plan's target.
    Example: dermaroller archive list --subject P-0042 --since 2026-01-01
    """
    archive = _archive(archive_folder)
    wanted = Filter(
        subjects=find.codes(archive.root, subject) if subject is not None else None,
        device=device,
        head=head,
        zone=zone,
        since_s=_unix_s(since) if since else None,
        until_s=_unix_s(until + timedelta(days=1)) if until else None,
    )
    with Bar("reading the archive") as progress, archive.reading(progress) as index:
        found = index.sessions(wanted)
    known = labels.read(archive.root)
    entries = [replace(one, label=known.get(one.row.subject or "")) for one in found] if known else found
    if common(context, as_json=as_json).as_json:
        print_json({"archive": str(archive.root), "sessions": [one.as_json() for one in entries]})
    else:
        _print_list(entries)
    if not entries and wanted == EVERYTHING:
        say(f"there is no session in {archive.root} yet: `dermaroller pull`, or `dermaroller archive import`.")


def _print_list(entries: list[Entry]) -> None:
    from rich.console import Console

    from dermaroller import archive_view

    archive_view.print_list(Console(), entries)


def _unix_s(day: datetime) -> float:
    return day.replace(tzinfo=timezone.utc).timestamp()


@archive_app.command()
def verify(context: typer.Context, archive_folder: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """Read every file again, and check it. It is held against its name, the index and the receipts.

    What is wrong is named; the exit code is then 6.
    Example: dermaroller archive verify
    """
    archive = _archive(archive_folder)
    with Bar("checking") as progress:
        verdict = verified(archive, progress)
    if common(context, as_json=as_json).as_json:
        print_json({"archive": str(archive.root), **asdict(verdict)})
    else:
        for problem in verdict.problems:
            print(problem.text)
        for note in verdict.notes:
            print(f"Note: {note}")
        looked_at = (
            f"{plural(verdict.sessions, 'session')}, {verdict.bytes:,} bytes, {plural(verdict.receipts, 'receipt')}"
        )
        problems = plural(len(verdict.problems), "problem")
        print(f"{looked_at}: {problems if verdict.problems else 'all as they should be'}")
    if verdict.problems:
        raise IntegrityError(
            f"{plural(len(verdict.problems), 'problem')} in {archive.root}. {verdict.problems[0].text}"
        )


@archive_app.command("import")
def import_(
    context: typer.Context,
    what: Annotated[list[Path], typer.Argument(metavar="FILE|DIR...", help="Session files, folders, backups (.zip).")],
    archive_folder: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take in session files, with the receipts beside them. The files stay where they are.

    What is here already is left alone; what was forgotten comes back.
    Example: dermaroller archive import logs old/00007.drl
    """
    archive = _archive(archive_folder)
    importer = Importer(archive, sources(what))
    imported = importer.imported
    try:
        with Bar("importing") as progress:
            importer.run(progress)
    except KeyboardInterrupt:
        say(f"stopped: {imported}. Import again to go on.")
        raise typer.Exit(INTERRUPTED) from None
    if common(context, as_json=as_json).as_json:
        counts = {"new": len(imported.new), "known": len(imported.known)}
        print_json({**counts, "refused": imported.refused, "files": [str(path) for path in imported.new]})
    else:
        for sentence in imported.refused:
            print(sentence)
        print(imported)
    if imported.refused:
        raise IntegrityError(f"{plural(len(imported.refused), 'file')} not imported. {imported.refused[0]}")
    if not imported.new:
        raise NothingNew(f"nothing new; {plural(len(imported.known), 'session')} of them in {archive.root} already.")


@archive_app.command()
def label(
    subject: Annotated[str, typer.Argument(metavar="SUBJECT", help="A subject's code.")],
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What it is called here; empty: nothing.")],
    archive_folder: ArchiveOption = None,
) -> None:
    """Give a subject's code a name of this archive. It is in no session, report or export.

    Example: dermaroller archive label P-0042 "Tuesday, 10:30"
    """
    archive = _archive(archive_folder)
    with archive.changing() as index:
        labels.put(archive.root, subject, text.strip())
        found = index.sessions(Filter(subjects=(subject,)))
    print(f"{subject}: {text.strip() or 'no label'}; {plural(len(found), 'session')}")
    if not found:
        say(f"no session in {archive.root} is of {subject} yet.")


@archive_app.command()
def forget(
    subject: Annotated[str | None, typer.Argument(metavar="[SUBJECT]", help="A subject's code, or its label.")] = None,
    session: Annotated[
        list[str] | None,
        typer.Option("--session", metavar="HASH", help="Only this session, by the beginning of its hash; repeatable."),
    ] = None,
    is_yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    archive_folder: ArchiveOption = None,
) -> None:
    """Remove a subject's sessions and label, or single sessions. A receipt stays: when, how many, and their hashes.

    Sessions that are still on a device do not come back with the next pull, unless by --all or by import.
    Examples: dermaroller archive forget P-0042; dermaroller archive forget --session 7bee0db8
    """
    archive = _archive(archive_folder)
    wanted, whose = _to_forget(archive.root, subject, session)
    with archive.reading() as index:
        found = index.sessions(wanted)
    if not found and not set(wanted.subjects or ()) & labels.read(archive.root).keys():
        raise NothingNew(
            f"no session in {archive.root} is of {subject}, and no label either. See `dermaroller archive list`."
        )
    if not is_yes:
        _ask(found, whose, archive.root)
    with archive.changing() as index:
        digests = [one.row.sha256 for one in index.sessions(wanted)]
        archive.forget(index, digests)
        labels.remove(archive.root, set(wanted.subjects or ()))
    print(f"{plural(len(digests), 'session')}{whose} forgotten")
    say("Devices and backups may still hold them: see `dermaroller list`, and back up to the same folder again.")


def _to_forget(root: Path, subject: str | None, sessions: list[str] | None) -> tuple[Filter, str]:
    """What is to go, and whose it is, in words."""
    if (subject is None) == (not sessions):
        raise UsageError("forget wants either a subject or --session. See `dermaroller archive list`.")
    if subject is not None:
        return Filter(subjects=find.codes(root, subject)), f" of {subject}"
    paths = [find.resolve(each, root) for each in sessions or ()]
    for path in paths:
        if (own := place.root_of(path)) is None or own.absolute() != root.absolute():
            raise UsageError(f"{path} is not in the archive {root}: give the beginning of a session's hash.")
    return Filter(digests=tuple(path.stem for path in paths)), ""


def _ask(found: list[Entry], whose: str, root: Path) -> None:
    if not sys.stdin.isatty():
        raise UsageError("nobody is here to say yes: give --yes to forget without being asked.")
    _print_list(found)
    if not typer.confirm(f"Remove {plural(len(found), 'session')}{whose} from {root} for good?"):
        raise typer.Exit(1)


@archive_app.command()
def backup(
    context: typer.Context,
    target: Annotated[Path, typer.Argument(metavar="TARGET", help="A new .zip file, or a folder.")],
    archive_folder: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Copy sessions, receipts and labels. Every copied byte is read again; `archive import` takes the copy back.

    Into the same folder again, only what is new is copied, and what was forgotten here is removed there.
    Example: dermaroller archive backup /media/stick/rollers
    """
    archive = _archive(archive_folder)
    with Bar("copying") as progress:
        done = backups.backup(archive, target, progress)
    if common(context, as_json=as_json).as_json:
        print_json({**asdict(done), "target": str(target)})
    else:
        text = f"{plural(done.sessions, 'session')} ({done.new} new), {done.bytes:,} bytes, "
        text += f"receipts and {plural(done.labels, 'label')} are in {target}; every byte was read again"
        print(text + (f"; {plural(done.removed, 'forgotten session')} removed there" if done.removed else ""))
    if done.altered:
        left_out = f"{plural(len(done.altered), 'session')} left out: {done.altered[0]} is altered"
        raise IntegrityError(f"{left_out}. See `dermaroller archive verify`.")


@archive_app.command()
def rebuild(context: typer.Context, archive_folder: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """Make the index anew from the session files and receipts. It is never the only place where something stands.

    Parts of sessions that nobody has completed for a week are removed.

    Example: dermaroller archive rebuild
    """
    archive = _archive(archive_folder)
    start_s = time.monotonic()
    with Bar("reading sessions") as progress:
        n = archive.rebuild(progress)
    seconds = time.monotonic() - start_s
    if common(context, as_json=as_json).as_json:
        print_json({"archive": str(archive.root), "sessions": n, "seconds": round(seconds, 3)})
    else:
        print(f"{plural(n, 'session')} in the index, in {seconds:.1f} s")
