"""The command that writes sessions in the formats of other programs."""

from collections import Counter
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

import dermaroller
from dermaroller import archive
from dermaroller.cli_files import refuse_damaged
from dermaroller.options import JsonOption, common
from dermaroller.output import print_json, say

HOMES = {  # of the formats, in dermaroller.export
    "csv": "csv_tables",
    "parquet": "parquet_tables",
    "edf": "edf_signals",
    "fhir-r4b": "fhir_r4b",
    "fhir-r5": "fhir_r5",
    "json": "json_object",
}
_HASH_DIGITS = 64  # a file named by its content, as an archive names them
Format = Enum("Format", {name: name for name in [*HOMES, "all"]}, type=str)  # type: ignore[misc]

SessionsArgument = Annotated[
    list[Path] | None,
    typer.Argument(metavar="SESSION...", help="Files, `last`, or the beginning of a hash of `archive list`."),
]
ToOption = Annotated[Path, typer.Option("--to", metavar="DIR", help="Where to write; else here.")]
FormatOption = Annotated[
    list[Format] | None,
    typer.Option("--format", metavar="FORMAT", help=f"{', '.join(HOMES)} or all; may be repeated; csv if not given."),
]
ForceOption = Annotated[bool, typer.Option("--force", help="Replace files that are there and different.")]
SchemaOption = Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of show --json, and nothing else.")]


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("export")(export)


def export(
    context: typer.Context,
    sessions: SessionsArgument = None,
    to: ToOption = Path("."),
    formats: FormatOption = None,
    force: ForceOption = False,
    must_print_schema: SchemaOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write sessions for other programs.

    Tables, signals, health records or JSON. Exporting again changes nothing. A damaged session is exported as far
    as it can be read and says so inside; the exit code is then 6.

    Example: dermaroller export 00001.drl --to out --format csv --format edf
    """
    if must_print_schema:
        from dermaroller.export import json_object

        print(json_object.schema_text(), end="")
        return
    if not sessions:
        raise typer.BadParameter("name at least one", param_hint="SESSION")
    modules = _modules([each.value for each in formats or [Format("csv")]])
    paths = [archive.resolve(argument) for argument in sessions]
    read = [dermaroller.Session.read(path) for path in paths]
    told = []
    for session, stem in zip(read, stems(paths, read), strict=True):
        told += _exported(session, stem, modules, to, force)
    if common(context, as_json=as_json).as_json:
        print_json({"files": told})
    else:
        for row in told:
            print(row["path"])
    refuse_damaged(read)


def stems(paths: list[Path], sessions: "list[dermaroller.Session]") -> list[str]:
    """What the names of each session's exports begin with: its file's name, if that tells it from the others."""
    from dermaroller.export.tables import session_key

    count = Counter(path.stem.casefold() for path in paths)
    return [
        session_key(session) if count[path.stem.casefold()] > 1 or len(path.stem) == _HASH_DIGITS else path.stem
        for path, session in zip(paths, sessions, strict=True)
    ]


def _modules(formats: list[str]) -> dict[str, Any]:
    """The module of each format, each once. Loading them here tells of a missing package before anything is written."""
    wanted = list(HOMES) if "all" in formats else list(dict.fromkeys(formats))
    return {name: import_module(f"dermaroller.export.{HOMES[name]}") for name in wanted}


def _exported(
    session: "dermaroller.Session", stem: str, modules: dict[str, Any], to: Path, force: bool
) -> list[dict[str, Any]]:
    from dermaroller.export.files import write

    made = [(name, each) for name, module in modules.items() for each in module.exports(session, stem)]
    for notice in sorted({each.notice for _, each in made if each.notice}):
        say(f"{session.name}: {notice}")
    paths = write([each for _, each in made], to, force)
    return [
        {"session": session.name, "format": name, "path": str(path), "bytes": len(each.content)}
        for (name, each), path in zip(made, paths, strict=True)
    ]
