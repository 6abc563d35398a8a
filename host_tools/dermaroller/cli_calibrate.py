"""Commands that calibrate a device: calibrate force, encoder, show."""

import sys
import time
from dataclasses import asdict
from datetime import datetime, timezone
from typing import Annotated, Any

import typer

from dermaroller import calibrate, weights
from dermaroller.cli_device import key_table, opened
from dermaroller.device import Device
from dermaroller.errors import NothingNew, UsageError
from dermaroller.fitting import Fit, diameter_mm
from dermaroller.options import BaudOption, JsonOption, PortOption, common
from dermaroller.output import print_json, print_rich, say
from roller.calibration import LINEAR, TABLE

WeightsOption = Annotated[
    str | None, typer.Option("--weights", metavar="200g,500g,...", help="Known weights, each in g, kg, N or mN.")
]
TableOption = Annotated[bool, typer.Option("--table", help="For force resistors: a table of 3 to 8 weights.")]
LengthOption = Annotated[float, typer.Option("--length-mm", min=50, max=2000, help="How far each run rolls.")]
RunsOption = Annotated[int, typer.Option("--runs", min=1, max=20, help="How often it is rolled.")]
YesOption = Annotated[bool, typer.Option("--yes", help="Keep a good calibration without asking.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Only measure and show.")]

calibrate_app = typer.Typer(no_args_is_help=True, help="Calibrate a device with known weights, or with a ruler.")


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(calibrate_app, name="calibrate")


@calibrate_app.command()
def force(
    context: typer.Context,
    given: WeightsOption = None,
    is_table: TableOption = False,
    is_yes: YesOption = False,
    is_dry_run: DryRunOption = False,
    port: PortOption = None,
    baud: BaudOption = None,
    as_json: JsonOption = False,
) -> None:
    """Calibrate the force sensor with known weights on the drum.

    At least 2, or 3 to 8 with --table. Each step waits for Enter. Weights in g and kg count at 9.80665 m/s². A
    weight that is given twice shows how well it repeats. Example: dermaroller calibrate force --weights
    100g,200g,500g
    """
    options = common(context, port, baud, as_json)
    forces_mn = weights.forces_mn(given or _line("Known weights, as 100g,200g,500g: "))
    with opened(options) as device:
        calibrate.check_idle(device)
        result = calibrate.measure_force(device, TABLE if is_table else LINEAR, forces_mn, _ask)
        if not options.as_json:
            _print_force(result)
        is_kept = _keep(device, result.fit, is_yes, is_dry_run)
    if options.as_json:
        print_json({**_fit_json(result.fit, "mn"), "tare": asdict(result.tare), "is_kept": is_kept})


@calibrate_app.command()
def encoder(
    context: typer.Context,
    length_mm: LengthOption = 300,
    runs: RunsOption = calibrate.RUNS,
    is_yes: YesOption = False,
    is_dry_run: DryRunOption = False,
    port: PortOption = None,
    baud: BaudOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure the travel per count along a ruler.

    The counts of ten revolutions are checked before. Each step waits for Enter. Example: dermaroller calibrate
    encoder --length-mm 300
    """
    options = common(context, port, baud, as_json)
    with opened(options) as device:
        calibrate.check_idle(device)
        result = calibrate.measure_travel(device, length_mm, runs, _ask)
        if not options.as_json:
            _print_travel(result)
        is_kept = _keep(device, result.fit, is_yes, is_dry_run)
    if options.as_json:
        counts = {"counts_per_rev": result.turn_counts / calibrate.TURNS, "runs": result.runs}
        rolled_mm = diameter_mm(result.fit.kept["nm_per_count"], result.head.counts_per_rev)
        print_json({**_fit_json(result.fit, "mm"), **counts, "diameter_mm": round(rolled_mm, 3), "is_kept": is_kept})


@calibrate_app.command()
def show(context: typer.Context, port: PortOption = None, baud: BaudOption = None, as_json: JsonOption = False) -> None:
    """The calibration that the device works with, and its date.

    Example: dermaroller calibrate show
    """
    options = common(context, port, baud, as_json)
    with opened(options) as device:
        held = device.calibration()
    if options.as_json:
        print_json(held.raw)
        return
    utc_s = held.utc_s
    date = f"{datetime.fromtimestamp(utc_s, timezone.utc):%Y-%m-%d %H:%M} UTC" if utc_s else "never: the board's values"
    print_rich(key_table({**held.raw, "utc_s": utc_s, "calibrated": date}))


def _ask(text: str) -> None:
    _line(f"{text}, then press Enter: ")


def _line(text: str) -> str:
    """A line from whoever is at the handle, or from a script; the question goes to stderr. UsageError at its end."""
    print(text, end="", file=sys.stderr, flush=True)
    line = sys.stdin.readline()
    if not line:
        raise UsageError(
            "the answers ended before the calibration did; nothing was written. Answer each step by Enter."
        )
    return line.strip()


def _keep(device: Device, fit: Fit, is_yes: bool, is_dry_run: bool) -> bool:
    if is_dry_run:
        say("nothing was written.")
        return False
    if not is_yes and _line("Keep this calibration? [y/N] ").lower() not in ("y", "yes"):
        raise NothingNew(f"{device.name} keeps the calibration that it had.")
    session = calibrate.keep(device, fit.kept, int(time.time()))
    if session is not None:
        say(f"session {session} on the device holds nothing but this calibration; it is no treatment.")
    say(f"{device.name} holds the new calibration.")
    return True


# What a residual says, by the unit of what was wanted: how much that was, how much the fit makes of it, the difference.
_RESIDUAL_KEYS = {"mn": ("wanted_mn", "fitted_mn", "error_mn"), "mm": ("wanted_mm", "fitted_mm", "error_mm")}


def _fit_json(fit: Fit, unit: str) -> dict[str, Any]:
    wanted, fitted, error = _RESIDUAL_KEYS[unit]
    rows = [
        {
            wanted: round(each.wanted, 3),
            "read": round(each.read, 2),
            fitted: round(each.fitted, 3),
            error: round(each.error, 3),
            "error_percent": round(each.percent, 3),
        }
        for each in fit.residuals
    ]
    limits = {"max_error_percent": round(fit.max_residual_percent, 3), "limit_percent": fit.limit_percent}
    return {"calibration": fit.kept, "residuals": rows, **limits}


def _print_force(result: calibrate.ForceResult) -> None:
    kept, tare = result.fit.kept, result.tare
    print(f"tare {kept['tare_raw']}, from {tare.n:,} readings within {tare.noise_raw} counts")
    if "nn_per_count" in kept:
        print(f"slope {kept['nn_per_count'] / 1e6:.6f} mN per count")
    _print_residuals(result.fit, ("weight, mN", "reading", "fit, mN", "error, mN", "% of full scale"))


def _print_travel(result: calibrate.TravelResult) -> None:
    nm, counts_per_rev = result.fit.kept["nm_per_count"], result.head.counts_per_rev
    per_rev = result.turn_counts / calibrate.TURNS
    print(f"{per_rev:.2f} counts in a revolution, {counts_per_rev} by the head")
    print(f"travel {nm / 1e6:.4f} mm per count: the drum rolls on {diameter_mm(nm, counts_per_rev):.2f} mm")
    _print_residuals(result.fit, ("ruler, mm", "counts", "fit, mm", "error, mm", "% of the mean"))


def _print_residuals(fit: Fit, headings: tuple[str, ...]) -> None:
    from rich.table import Table

    table = Table(header_style="dim")
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    for each in fit.residuals:
        values = (f"{each.wanted:.1f}", f"{each.read:.1f}", f"{each.fitted:.1f}")
        table.add_row(*values, f"{each.error:+.1f}", f"{each.percent:+.2f}")
    print_rich(table)
    print(f"greatest error {fit.max_residual_percent:.2f} %; the limit is {fit.limit_percent:g} %")
