"""Commands that talk to a device: ports, info, list, pull."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.table import Table

from dermaroller import archive, port
from dermaroller.device import SILENCE_S, Device, Listed
from dermaroller.errors import NothingNew, UsageError
from dermaroller.options import BaudOption, Common, JsonOption, PortOption, common
from dermaroller.output import print_json, say
from dermaroller.session import Session

FRAME_BITS = 11000  # of the longest usual frame on the line; a slow line gets more time for it

ToOption = Annotated[
    Path | None, typer.Option("--to", metavar="DIR", help="Folder for the files instead of the archive.")
]
SessionOption = Annotated[list[int] | None, typer.Option("--session", metavar="ID", help="Only this one; repeatable.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    for function in (ports, info, list_sessions, pull):
        app.command("list" if function is list_sessions else None)(function)


@contextmanager
def opened(options: Common) -> Iterator[Device]:
    """The device behind the port that the options name."""
    with port.open_port(options.port_name, options.baud_rate) as line:
        silence_s = max(SILENCE_S, 3 * FRAME_BITS / options.baud_rate)
        yield Device(line, line.name, say, silence_s)


def ports(context: typer.Context, as_json: JsonOption = False) -> None:
    """List the serial ports; those that look like a dermaroller first.

    Example: dermaroller ports
    """
    found = port.ports()
    if common(context, as_json=as_json).as_json:
        print_json({"ports": [asdict(info) for info in found]})
    elif not found:
        say("no serial port on this computer. Plug the device in with a data cable.")
    else:
        table = Table("port", "description", "USB id", "likely", header_style="dim")
        for each in found:
            usb_id = f"{each.vid:04x}:{each.pid:04x}" if each.vid is not None else ""
            table.add_row(each.path, each.description, usb_id, "yes" if each.is_likely else "")
        Console().print(table)


def info(context: typer.Context, port: PortOption = None, baud: BaudOption = None, as_json: JsonOption = False) -> None:
    """Who the device is, what it is doing, and what it lost.

    Example: dermaroller -p /dev/ttyUSB0 info
    """
    options = common(context, port, baud, as_json)
    with opened(options) as device:
        answer = device.info()
    if options.as_json:
        print_json(answer)
    else:
        Console().print(_key_table(answer))


def list_sessions(
    context: typer.Context, port: PortOption = None, baud: BaudOption = None, as_json: JsonOption = False
) -> None:
    """The sessions in the device's flash.

    Example: dermaroller -p /dev/ttyUSB0 list
    """
    options = common(context, port, baud, as_json)
    with opened(options) as device:
        listed = device.list_sessions()
    if options.as_json:
        print_json({"sessions": [_listed_json(one) for one in listed]})
    elif not listed:
        print("no sessions on the device")
    else:
        table = Table("session", "bytes", "state", header_style="dim")
        for one in listed:
            table.add_row(str(one.id), f"{one.size_bytes:,}", "recording" if one.is_open else "closed")
        Console().print(table)


def pull(
    context: typer.Context,
    to: ToOption = None,
    session: SessionOption = None,
    port: PortOption = None,
    baud: BaudOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring every session that is not here yet, and check each against the device's SHA-256.

    A broken pull goes on where it stopped. Examples: dermaroller pull; dermaroller -p PATH pull --to logs
    """
    options = common(context, port, baud, as_json)
    folder = to or archive.default_folder()
    archive.make_folder(folder)
    with opened(options) as device:
        device_id = str(device.info().get("device", "device"))
        closed = [one for one in _wanted(device.list_sessions(), session) if not one.is_open]
        known = [path for one in closed if (path := archive.known_file(folder, device_id, one))]
        missing = [one for one in closed if not archive.known_file(folder, device_id, one)]
        new = _pull_all(device, device_id, missing, folder)
    damaged = [path for path in new if not Session.read(path).is_as_closed]
    if options.as_json:
        files = [{"file": str(path), "is_new": path in new, "is_damaged": path in damaged} for path in known + new]
        print_json({"new": len(new), "known": len(known), "damaged": len(damaged), "files": files})
    else:
        for path in new:
            print(path)
        print(f"{len(new)} new, {len(known)} known, {len(damaged)} damaged")
    if not new:
        raise NothingNew(f"nothing new on {device.name}; {len(known)} sessions are in {folder} already.")


def _wanted(listed: list[Listed], ids: list[int] | None) -> list[Listed]:
    for one in listed:
        if one.is_open:
            say(f"session {one.id} is still recording; end it with a long press of the button, then pull it.")
    unknown = sorted(set(ids or ()) - {one.id for one in listed})
    if unknown:
        have = ", ".join(str(one.id) for one in listed) or "none"
        raise UsageError(f"session {unknown[0]} is not on the device; it has {have}. See `dermaroller list`.")
    return [one for one in listed if not ids or one.id in ids]


def _pull_all(device: Device, device_id: str, listed: list[Listed], folder: Path) -> list[Path]:
    paths = []
    with _progress() as progress:
        for one in listed:
            task = progress.add_task(f"session {one.id}", total=one.size_bytes)

            def advance(n: int, task: Any = task) -> None:
                progress.advance(task, n)

            paths.append(archive.pull(device, device_id, one, folder, advance))
    return paths


def _progress() -> Progress:
    """Rate and time left, on stderr, and only where someone looks."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty())


def _listed_json(one: Listed) -> dict[str, Any]:
    return {"id": one.id, "bytes": one.size_bytes, "open": one.is_open}


def _key_table(answer: dict[str, Any]) -> Table:
    table = Table.grid(padding=(0, 3))
    for key, value in answer.items():
        if isinstance(value, dict):
            for name, n in value.items():
                table.add_row(f"{key}: {name}".replace("_", " "), str(n))
        else:
            table.add_row(key.replace("_", " "), "–" if value is None else str(value))
    return table
