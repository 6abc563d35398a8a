"""The command that rebuilds sessions from a raw flash dump."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dermaroller.errors import IntegrityError, UsageError
from dermaroller.options import JsonOption, common
from dermaroller.output import plural, print_json

if TYPE_CHECKING:
    from dermaroller.recover import Recovered

DumpArgument = Annotated[Path, typer.Argument(metavar="DUMP.bin", help="The whole flash, or its file system.")]
FolderOption = Annotated[Path, typer.Option("--to", metavar="DIR", help="Where to write the sessions.")]
CarveOption = Annotated[bool, typer.Option("--carve", help="Ignore the file system: erased sessions may come back.")]


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("recover")(recover_command)


def recover_command(
    context: typer.Context,
    dump: DumpArgument,
    to: FolderOption = Path("recovered"),
    must_carve: CarveOption = False,
    as_json: JsonOption = False,
) -> None:
    """Rebuild sessions from a raw dump of a device's flash.

    It says what is missing. The dump comes from: esptool read-flash 0 ALL dump.bin. If the file system in it cannot
    be read, sessions are put together block by block. The exit code is 6 if any session is not whole.

    Example: dermaroller recover dump.bin --to rescued
    """
    from dermaroller.recover import recover, write

    try:
        content = dump.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {dump}: {error.strerror or error}. Check the file name.") from error
    recovery = recover(content, str(dump), must_carve)
    paths = write(recovery, to)
    if common(context, as_json=as_json).as_json:
        rows = [_row(session, path) for session, path in zip(recovery.sessions, paths, strict=True)]
        print_json({"file_system_intact": recovery.is_file_system_intact, "sessions": rows})
    else:
        print(f"file system: {'intact' if recovery.is_file_system_intact else 'not readable throughout; carved'}")
        for session, path in zip(recovery.sessions, paths, strict=True):
            print(f"{path}: {_verdict(session)}")
    broken = [session for session in recovery.sessions if not session.is_whole]
    if broken:
        raise IntegrityError(
            f"{plural(len(broken), 'session')} of {len(recovery.sessions)} in {dump} not whole. "
            "What is missing stands above; `dermaroller show` reads the rest."
        )


def _row(session: "Recovered", path: Path) -> dict[str, object]:
    return {
        "id": session.id,
        "device": session.device,
        "file": str(path),
        "bytes": len(session.data),
        "is_whole": session.is_whole,
        "missing_blocks": session.missing_blocks,
        "has_footer": session.has_footer,
        "conflicting_blocks": session.conflicts,
    }


def _verdict(session: "Recovered") -> str:
    if session.is_whole:
        return "whole"
    missing = [f"at least {plural(session.missing_blocks, 'block')} missing"] if session.missing_blocks else []
    missing += ["no footer"] if not session.has_footer else []
    missing += [f"{plural(session.conflicts, 'block')} of another session of that number"] if session.conflicts else []
    return ", ".join(missing)
