"""The command that brings sessions from devices: pull."""

from pathlib import Path
from typing import Annotated

import typer

from dermaroller import port
from dermaroller.archive import place
from dermaroller.bars import PullBar
from dermaroller.cli_device import opened
from dermaroller.errors import DermarollerError, IntegrityError, NothingNew, UsageError
from dermaroller.folder import Folder
from dermaroller.held import Store
from dermaroller.options import ArchiveOption, BaudOption, Common, JsonOption, PortOption, common
from dermaroller.output import detail, print_json, say
from dermaroller.pull import Pulled, Puller, problems

INTERRUPTED = 130  # what shells report for a program that Ctrl-C ended

ToOption = Annotated[
    Path | None, typer.Option("--to", metavar="DIR", help="Folder for the files instead of the archive.")
]
SessionOption = Annotated[list[int] | None, typer.Option("--session", metavar="ID", help="Only this one; repeatable.")]
AllOption = Annotated[
    bool,
    typer.Option("--all", help="Check the sessions that are here as well; pull again what differs or was forgotten."),
]


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(pull)


def pull(
    context: typer.Context,
    to: ToOption = None,
    archive_folder: ArchiveOption = None,
    session: SessionOption = None,
    is_all: AllOption = False,
    port: PortOption = None,
    baud: BaudOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring every session that is not here yet.

    Each is checked against the device's SHA-256. A broken pull goes on where it stopped. Several devices are pulled
    in turn: all that are found, or `-p A,B`. What was forgotten in the archive stays so, unless --all.
    Examples: dermaroller pull; dermaroller -p PATH pull --to logs; dermaroller pull --session 7
    """
    options = common(context, port, baud, as_json)
    store = store_of(to, archive_folder)
    detail(f"what is not in {store.path} yet will be brought there.")
    place.make_folder(store.path, "--to" if to else "--archive")
    pulled = Pulled()
    names = _ports(options.port_name)
    try:
        for name in names:
            _pull_from(options.with_own(port=name), store, session, is_all, pulled)
    except KeyboardInterrupt:
        say(f"stopped: {pulled}. What came of the next session is kept; pull again to go on.")
        raise typer.Exit(INTERRUPTED) from None
    except DermarollerError:
        if pulled.new:
            say(f"{pulled} so far.")
        raise
    _print(pulled, options.as_json)
    if sentence := problems(pulled):
        raise IntegrityError(sentence)
    if not pulled.new:
        raise NothingNew(
            f"nothing new on {', '.join(names)}; {len(pulled.known)} sessions are in {store.path} already."
        )


def store_of(to: Path | None, archive_folder: Path | None) -> Store:
    """Where sessions are kept: a plain folder, or the archive."""
    if to and archive_folder:
        raise UsageError("--to and --archive exclude each other; give one of them.")
    if to:
        return Folder(to)
    from dermaroller.archive.pulling import ArchiveStore  # its index wants a database

    return ArchiveStore(archive_folder or place.default_folder())


def _ports(spec: str) -> list[str]:
    """The ports to pull from, in turn."""
    if spec == "auto":
        likely = port.candidates()
        return likely if len(likely) > 1 else [port.resolve(spec)]
    return [each.strip() for each in spec.split(",") if each.strip()]


def _pull_from(options: Common, store: Store, ids: list[int] | None, is_all: bool, pulled: Pulled) -> None:
    with opened(options) as device, PullBar() as bar:
        puller = Puller(device, store, bar.say, ids, is_all)
        try:
            puller.run(bar)
        finally:
            pulled.add(puller.pulled)


def _print(pulled: Pulled, as_json: bool) -> None:
    if as_json:
        files = [
            {"file": str(path), "is_new": path in pulled.new, "is_damaged": path in pulled.damaged}
            for path in pulled.known + pulled.new
        ]
        damaged = len(pulled.damaged) + len(pulled.failed)
        counts = {"new": len(pulled.new), "known": len(pulled.known), "damaged": damaged}
        counts["forgotten"] = len(pulled.forgotten)
        print_json({**counts, "failed": pulled.failed, "files": files})
        return
    for path in pulled.new:
        print(path)
    print(pulled)
