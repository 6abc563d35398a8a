"""Commands on the device's clock: time, time set."""

import time as system_time
from datetime import datetime, timezone
from typing import Any

import typer

from dermaroller import evidence
from dermaroller.cli_device import opened
from dermaroller.device import Device
from dermaroller.errors import DeviceRefused
from dermaroller.evidence import Evidence
from dermaroller.options import BaudOption, JsonOption, PortOption, common
from dermaroller.output import print_json

time_app = typer.Typer(help="Show the device's clock against this computer's, or set it.")


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(time_app, name="time")


@time_app.callback(invoke_without_command=True)
def show(context: typer.Context, port: PortOption = None, baud: BaudOption = None, as_json: JsonOption = False) -> None:
    """Show the device's clock against this computer's, and how surely; `time set` sets it.

    Example: dermaroller -p /dev/ttyUSB0 time
    """
    context.obj = options = common(context, port, baud, as_json)
    if context.invoked_subcommand:
        return
    with opened(options) as device:
        found = _measured(device)
    _print(found, options.as_json)


@time_app.command("set")
def set_time(
    context: typer.Context, port: PortOption = None, baud: BaudOption = None, as_json: JsonOption = False
) -> None:
    """Set the device's clock to this computer's. An open session is dated by it.

    Example: dermaroller -p /dev/ttyUSB0 time set
    """
    options = common(context, port, baud, as_json)
    with opened(options) as device:
        delay_ms = _measured(device).uncertainty_ms  # about what the request is on its way
        device.set_clock(system_time.time() * 1000 + delay_ms)
        found = _measured(device)
    _print(found, options.as_json)


def _measured(device: Device) -> Evidence:
    found = evidence.measure(device)
    if found is None:
        raise DeviceRefused(
            f"{device.name} does not know the request 'time': its firmware is too old. Deploy a new one."
        )
    return found


def _print(found: Evidence, as_json: bool) -> None:
    answer: dict[str, Any] = {
        "device": found.device,
        "boot": found.boot,
        "uptime_s": found.uptime_ms / 1000,
        "clock": _text(found.utc_s * 1000) if found.utc_s is not None else None,
        "computer": _text(found.utc_ms),
        "offset_s": None if found.offset_ms is None else round(found.offset_ms / 1000, 1),
        "uncertainty_s": round(found.uncertainty_ms / 1000, 4),
    }
    if as_json:
        print_json(answer)
        return
    if found.offset_ms is None:
        print("The device's clock has not been set since it got power.")
    else:
        print(f"The device's clock shows {answer['clock']}, {answer['offset_s']:+} s from this computer's (± 0.5 s).")
    boot = f"Boot {found.boot} of {found.device} began {found.uptime_ms / 1000:,.0f} s ago"
    print(f"{boot}, ± {found.uncertainty_ms:.0f} ms.")


def _text(utc_ms: float) -> str:
    return datetime.fromtimestamp(utc_ms / 1000, timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")
