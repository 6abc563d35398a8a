"""Commands that ask a device: ports, info, list; and how any command opens one."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

from dermaroller import port
from dermaroller.device import SILENCE_S, Device, Listed
from dermaroller.options import BaudOption, Common, JsonOption, PortOption, common
from dermaroller.output import detail, print_json, print_rich, say

if TYPE_CHECKING:
    from rich.table import Table

FRAME_BITS = 11000  # of the longest usual frame on the line; a slow line gets more time for it


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    for function in (ports, info, list_sessions):
        app.command("list" if function is list_sessions else None)(function)


@contextmanager
def opened(options: Common) -> Iterator[Device]:
    """The device behind the port that the options name."""
    with port.open_port(options.port_name, options.baud_rate) as line:
        silence_s = max(SILENCE_S, 3 * FRAME_BITS / options.baud_rate)
        detail(f"opened {line.name} at {options.baud_rate} baud.")
        device = Device(line, line.name, say, silence_s, detail=detail)
        yield device
    port.remember(line.name)  # it answered


def ports(context: typer.Context, as_json: JsonOption = False) -> None:
    """List the serial ports, those that may be a dermaroller first.

    Example: dermaroller ports
    """
    found = port.ports()
    if common(context, as_json=as_json).as_json:
        print_json({"ports": [asdict(info) for info in found]})
    elif not found:
        say("no serial port on this computer. Plug the device in with a data cable.")
    else:
        from rich.table import Table

        table = Table("port", "description", "USB id", "likely", header_style="dim")
        for each in found:
            usb_id = f"{each.vid:04x}:{each.pid:04x}" if each.vid is not None else ""
            table.add_row(each.path, each.description, usb_id, "yes" if each.is_likely else "")
        print_rich(table)


def info(context: typer.Context, port: PortOption = None, baud: BaudOption = None, as_json: JsonOption = False) -> None:
    """Who the device is, what it is doing, and what it lost.

    Example: dermaroller -p /dev/ttyUSB0 info
    """
    options = common(context, port, baud, as_json)
    with opened(options) as device:
        answer = device.info().raw
    if options.as_json:
        print_json(answer)
    else:
        print_rich(key_table(answer))


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
        from rich.table import Table

        table = Table("session", "bytes", "state", header_style="dim")
        for one in listed:
            table.add_row(str(one.id), f"{one.size_bytes:,}", _state(one))
        print_rich(table)


def _state(one: Listed) -> str:
    return "recording" if one.is_open else "pulled" if one.is_confirmed else "closed"


def _listed_json(one: Listed) -> dict[str, Any]:
    return {"id": one.id, "bytes": one.size_bytes, "open": one.is_open, "confirmed": one.is_confirmed}


def key_table(answer: Mapping[str, Any]) -> "Table":
    """An answer's names and values, one a line."""
    from rich.table import Table

    table = Table.grid(padding=(0, 3))
    for key, value in answer.items():
        if isinstance(value, dict):
            for name, n in value.items():
                table.add_row(f"{key}: {name}".replace("_", " "), str(n))
        else:
            table.add_row(key.replace("_", " "), "–" if value is None else str(value))
    return table
