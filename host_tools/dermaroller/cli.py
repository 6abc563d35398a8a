"""The `dermaroller` command: reads options, calls the modules that do the work, prints what they return.

JSON goes to stdout and everything else that is no result to stderr; an error is one line and an exit code (errors.py).
"""

import os
import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

from dermaroller import settings
from dermaroller.errors import DermarollerError
from dermaroller.lazy import LazyGroup
from dermaroller.options import ArchiveOption, BaudOption, Common, JsonOption, PortOption
from dermaroller.output import speak_every_script

TRACEBACK = "DERMAROLLER_TRACEBACK"  # set: a mistake shows where it happened


COMMANDS = {  # the module, whose add_to() registers the command, and what its help begins with
    "ports": ("cli_device", "List the serial ports, those that may be a dermaroller first."),
    "doctor": ("cli_doctor", "Find out why the device cannot be reached, and what to do."),
    "info": ("cli_device", "Who the device is, what it is doing, and what it lost."),
    "list": ("cli_device", "The sessions in the device's flash."),
    "pull": ("cli_pull", "Bring every session that is not here yet."),
    "erase": ("cli_erase", "Erase sessions on the device that are held here."),
    "show": ("cli_files", "What sessions hold, and what is missing."),
    "report": ("cli_files", "A page on each session to read, print and hand on."),
    "compare": ("cli_compare", "Two sessions side by side."),
    "trend": ("cli_compare", "A subject's sessions in time order."),
    "export": ("cli_export", "Write sessions for other programs."),
    "archive": ("cli_archive", "Every session that this computer holds: list, check, back up."),
    "recover": ("cli_recover", "Rebuild sessions from a raw dump of a device's flash."),
    "plan": ("cli_plan", "Treatment plans: check, push to a device, show what it holds."),
    "monitor": ("cli_live", "Watch a device at work."),
    "light": ("cli_live", "The brightness of the device's light, or set it for good."),
    "time": ("cli_clock", "Show the device's clock against this computer's, or set it."),
    "calibrate": ("cli_calibrate", "Calibrate a device with known weights, or with a ruler."),
    "provision": ("cli_selftest", "Write a handle's hardware revision and name into it."),
    "selftest": ("cli_selftest", "Have a device measure itself, against limits."),
    "sim": ("cli_sim", "The firmware on a virtual board, without hardware."),
}


class Commands(LazyGroup):
    """All commands."""

    homes = COMMANDS
    shared = ("--quiet", "--verbose")


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain text reads better on 80 columns, and rich would double what `--help` costs
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        from importlib.metadata import version

        print(f"dermaroller {version('dermaroller')}")
        raise typer.Exit


def _be_quiet(is_wanted: bool) -> None:
    settings.is_quiet = settings.is_quiet or is_wanted


def _be_verbose(is_wanted: bool) -> None:
    settings.is_verbose = settings.is_verbose or is_wanted


QuietOption = Annotated[
    bool,
    typer.Option(
        "-q", "--quiet", callback=_be_quiet, expose_value=False, help="No progress and no hints, only errors."
    ),
]
VerboseOption = Annotated[
    bool,
    typer.Option(
        "-v", "--verbose", callback=_be_verbose, expose_value=False, help="Say what is done, and where a mistake is."
    ),
]
VersionOption = Annotated[
    bool, typer.Option("--version", "-V", callback=_print_version, is_eager=True, help="Print the version and exit.")
]


@app.callback()
def options(
    context: typer.Context,
    port: PortOption = None,
    baud: BaudOption = None,
    as_json: JsonOption = False,
    archive_folder: ArchiveOption = None,
    _quiet: QuietOption = False,
    _verbose: VerboseOption = False,
    _version: VersionOption = False,
) -> None:
    """Pull, check, show and report what a smart dermaroller recorded, or try it all on a virtual board.

    Not a medical device. Without hardware: dermaroller sim serve, and in another terminal dermaroller -p PATH list.
    """
    context.obj = Common(port, baud, as_json)
    settings.archive = archive_folder


def main(arguments: list[str] | None = None) -> None:
    """Run the command; leaves by SystemExit."""
    settings.reset()
    run_main(lambda: app(arguments, prog_name="dermaroller"))


def run_main(function: Callable[[], Any]) -> None:
    """Call a program's main function; if something goes wrong, leave with one line on stderr and its exit code."""
    speak_every_script()
    try:
        function()
    except DermarollerError as error:
        _leave(str(error), error.exit_code)
    except BrokenPipeError:  # the reader of our output has gone, as in `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        _leave(f"{error.filename or 'the system'}: {error.strerror or error}.", DermarollerError.exit_code)
    except Exception as error:
        if settings.is_verbose or os.environ.get(TRACEBACK):
            raise
        mistake = f"{type(error).__name__}: {error}"
        _leave(f"this is a mistake in dermaroller ({mistake}). Give -v or set {TRACEBACK}=1 to see where.", 1)


def _leave(sentence: str, exit_code: int) -> None:
    print(f"dermaroller: {' '.join(sentence.split())}", file=sys.stderr)
    sys.exit(exit_code)


if __name__ == "__main__":
    main()
