"""Commands on what a device does now: monitor, light."""

import contextlib
import json
from typing import Annotated

import typer

from dermaroller.cli_device import opened
from dermaroller.errors import UsageError
from dermaroller.options import BaudOption, JsonOption, PortOption, common
from dermaroller.output import print_json

SecondsOption = Annotated[float | None, typer.Option("--seconds", min=0.1, metavar="N", help="End after so long.")]
BrightnessOption = Annotated[int | None, typer.Option("--brightness", min=1, max=100, help="Percent of full.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(monitor)
    app.command()(light)


def monitor(
    context: typer.Context,
    seconds: SecondsOption = None,
    port: PortOption = None,
    baud: BaudOption = None,
    as_json: JsonOption = False,
) -> None:
    """Watch a device at work.

    Light, force, passes and zones, ten times a second, until Ctrl-C. The recording goes on undisturbed. With
    --json, one object a line. Example: dermaroller -p PATH monitor
    """
    from dermaroller.monitor import Monitor

    options = common(context, port, baud, as_json)
    with contextlib.suppress(KeyboardInterrupt), opened(options) as device:
        watched = Monitor(device)
        if options.as_json:
            for reading in watched.readings(seconds):
                print(json.dumps(reading.as_json(), ensure_ascii=False), flush=True)
            return
        from rich.console import Console
        from rich.live import Live

        from dermaroller.monitor_view import view

        with Live(console=Console(), auto_refresh=False) as screen:
            for reading in watched.readings(seconds):
                screen.update(view(watched, reading, device.name), refresh=True)


def light(
    context: typer.Context,
    brightness: BrightnessOption = None,
    night: Annotated[bool, typer.Option("--night", help="Dim, for a dark room.")] = False,
    day: Annotated[bool, typer.Option("--day", help="Full brightness.")] = False,
    port: PortOption = None,
    baud: BaudOption = None,
    as_json: JsonOption = False,
) -> None:
    """The brightness of the device's light, or set it for good.

    Example: dermaroller -p PATH light --night
    """
    if (brightness is not None) + night + day > 1:
        raise UsageError("--brightness, --night and --day exclude each other; give one of them.")
    options = common(context, port, baud, as_json)
    wanted = "night" if night else "day" if day else brightness
    with opened(options) as device:
        answer = device.light(wanted)
    if options.as_json:
        print_json(answer.raw)
    else:
        print(f"brightness {answer.light_percent} %")
