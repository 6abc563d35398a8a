"""Options that every command shares; each may stand before or after the command's name."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

PORT_ENVIRONMENT = "DERMAROLLER_PORT"
DEFAULT_BAUD = 115200

PortOption = Annotated[
    str | None,
    typer.Option(
        "-p",
        "--port",
        metavar="PORT",
        help="A path, COMx, auto, socket://host:port or rfc2217://host:port. Else $DERMAROLLER_PORT, else auto.",
    ),
]
BaudOption = Annotated[
    int | None,
    typer.Option("--baud", metavar="RATE", min=300, max=4_000_000, help=f"Line rate; {DEFAULT_BAUD} if not given."),
]
ArchiveOption = Annotated[
    Path | None,
    typer.Option("--archive", metavar="DIR", help="The archive. Else $DERMAROLLER_ARCHIVE, else the user's own."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout, nothing else.")]


@dataclass(frozen=True)
class Common:
    """What was given, before or after the command's name."""

    port: str | None = None
    baud: int | None = None
    as_json: bool = False

    def with_own(self, port: str | None = None, baud: int | None = None, as_json: bool = False) -> "Common":
        """The same, with a command's own options taking precedence."""
        return Common(port or self.port, baud or self.baud, as_json or self.as_json)

    @property
    def port_name(self) -> str:
        return self.port or os.environ.get(PORT_ENVIRONMENT) or "auto"

    @property
    def baud_rate(self) -> int:
        return self.baud or DEFAULT_BAUD


def common(context: typer.Context, port: str | None = None, baud: int | None = None, as_json: bool = False) -> Common:
    """The options of this call: those before the command's name, overridden by those behind it."""
    given: Common = context.obj or Common()
    return given.with_own(port, baud, as_json)
