"""Commands for whoever builds a device: provision, selftest."""

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dermaroller.cli_device import opened
from dermaroller.errors import DeviceRefused, UsageError
from dermaroller.link.answers import Info
from dermaroller.options import BaudOption, Common, JsonOption, PortOption, common
from dermaroller.output import print_json, print_rich, say
from dermaroller.port import resolve
from dermaroller.selftest import Person, Result, SelfTest
from dermaroller.selftest_record import failed, failure, is_simulated, limits, record
from roller.provisioning import MAX_HW, MAX_NAME

if TYPE_CHECKING:
    from rich.table import Table

HwOption = Annotated[str | None, typer.Option("--hw", metavar="REV", help="The hardware's revision.")]
NameOption = Annotated[str | None, typer.Option("--name", metavar="NAME", help="What the handle is called.")]
RecordOption = Annotated[
    Path | None, typer.Option("--json", metavar="FILE", dir_okay=False, help="Keep the record there, as JSON.")
]
KeepOption = Annotated[
    Path | None,
    typer.Option("--keep", metavar="FILE", dir_okay=False, help="With --bench: write a table of costs refitted to it."),
]
_MARKS = {True: ("good", "green"), False: ("BAD", "bold red"), None: ("", "")}


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(provision)
    app.command()(selftest)


def provision(
    context: typer.Context,
    hw: HwOption = None,
    name: NameOption = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what was written before.")] = False,
    port: PortOption = None,
    baud: BaudOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a handle's hardware revision and name into it.

    Once; without options, they are shown. Deploying and wiping leave them alone. Example: dermaroller provision
    --hw B2 --name "left handle"
    """
    said = _checked(hw, name, force)
    options = common(context, port, baud, as_json)
    with opened(options) as device:
        try:
            answer = device.provision(*said, is_forced=force)
        except DeviceRefused as refused:
            if refused.reason == "provisioned":
                raise DeviceRefused(f"{refused} It is written once; replace it with --force.", refused.reason) from None
            raise
    if options.as_json:
        print_json(answer.raw)
    elif answer.hw is None:
        print("not provisioned yet: give --hw and --name")
    else:
        print(f"{answer.name}, hardware {answer.hw}")


def _checked(hw: str | None, name: str | None, force: bool) -> tuple[str | None, str]:
    """Hardware and name that can be kept; (None, "") if neither is given. UsageError otherwise."""
    if hw is None and name is None and not force:
        return None, ""
    if not hw or not name:
        raise UsageError("provisioning needs both --hw REV and --name NAME.")
    name = " ".join(name.split())
    if not _is_plain(hw) or " " in hw or len(hw) > MAX_HW:
        raise UsageError(f"--hw {hw!r} cannot be kept: up to {MAX_HW} letters, digits and signs, without a space or *.")
    if not name or not _is_plain(name) or len(name) > MAX_NAME:
        raise UsageError(f"--name {name!r} cannot be kept: up to {MAX_NAME} plain (ASCII) characters, without a *.")
    return hw, name


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable() and "*" not in text


def selftest(
    context: typer.Context,
    file: RecordOption = None,
    no_roll: Annotated[bool, typer.Option("--no-roll", help="Nobody turns the drum.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Show the colours, but do not ask who saw them.")] = False,
    bench: Annotated[
        bool, typer.Option("--bench", help="Measure what bytecode costs on this chip instead, and fit its rate.")
    ] = False,
    keep: KeepOption = None,
    roll_s: Annotated[float, typer.Option("--roll-s", min=1, metavar="S", help="How long to wait for the drum.")] = 20,
    port: PortOption = None,
    baud: BaudOption = None,
) -> None:
    """Have a device measure itself, against limits.

    Sensors, timer, heap, flash, serial port, light and encoder. It asks you to look at the light and to turn the
    drum. The exit code is 15 if anything is outside its limits. With --bench the application stops, small loops are
    timed, and the device starts again.
    Example: dermaroller selftest --json handle-1.json
    """
    options = common(context, port, baud)
    if bench:
        _bench(options, file, keep)
        return
    if keep:
        raise UsageError("--keep writes what --bench measures: give both.")
    if not yes and not sys.stdin.isatty():
        raise UsageError("nobody is here to say what the light shows: run it in a terminal, or give --yes.")
    if file and not file.parent.is_dir():
        raise UsageError(f"--json {file}: there is no folder {file.parent}; make it first.")
    person = Person((lambda colour: None) if yes else _ask, say, 0 if no_roll else roll_s)
    with opened(options) as device:
        results = SelfTest(device, person, options.baud_rate, time.monotonic, time.sleep).run()
        info = device.info()
        name = device.name
    kept = record(info, results, options.baud_rate)
    if file:
        file.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if options.as_json:
        print_json(kept)
    else:
        print_rich(_table(info, results))
    if failed(results):
        raise failure(name, results)


def _bench(options: Common, file: Path | None, keep: Path | None) -> None:
    from dermaroller.cpu import bench, bench_table

    for option, path in (("--json", file), ("--keep", keep)):
        if path and not path.parent.is_dir():
            raise UsageError(f"{option} {path}: there is no folder {path.parent}; make it first.")
    found = bench.measure(resolve(options.port_name))
    for path, content in ((file, found.as_dict()), (keep, bench_table.refitted(found))):
        if path:
            path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    if options.as_json:
        print_json(found.as_dict())
    else:
        print_rich(bench_table.shown(found))


def _ask(colour: str) -> bool:
    return typer.confirm(f"Was the light {colour}?", default=True, err=True)


def _table(info: Info, results: list[Result]) -> "Table":
    from rich.table import Table
    from rich.text import Text

    who = " ".join(each for each in (info.name, info.device) if each)
    title = f"self-test of {who}" + (" (simulated)" if is_simulated(info) else "")
    table = Table("item", title=title, title_justify="left", header_style="dim")
    table.add_column("measured", justify="right")
    for column in ("unit", "limits", ""):
        table.add_column(column)
    for each in results:
        value = "–" if each.value is None else f"{each.value:,}"
        mark = ("skipped", "dim") if each.is_skipped else _MARKS[each.is_good]
        table.add_row(each.item, value, each.unit, limits(each), Text(*mark))
    return table
