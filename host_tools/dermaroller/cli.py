"""The `dermaroller` command: reads options, calls the modules that do the work, prints what they return.

JSON goes to stdout and everything else that is no result to stderr; an error is one line and an exit code (errors.py).
"""

import os
import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

from dermaroller import (
    cli_archive,
    cli_calibrate,
    cli_clock,
    cli_compare,
    cli_device,
    cli_doctor,
    cli_erase,
    cli_export,
    cli_files,
    cli_live,
    cli_plan,
    cli_pull,
    cli_recover,
    cli_selftest,
    cli_sim,
)
from dermaroller.archive import place
from dermaroller.errors import DermarollerError
from dermaroller.options import ArchiveOption, BaudOption, Common, JsonOption, PortOption
from dermaroller.output import speak_every_script

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _commands in (cli_device, cli_pull, cli_erase, cli_clock, cli_doctor):
    _commands.add_to(app)
cli_files.add_to(app)
cli_archive.add_to(app)
cli_compare.add_to(app)
cli_export.add_to(app)
cli_recover.add_to(app)
cli_plan.add_to(app)
cli_calibrate.add_to(app)
cli_live.add_to(app)
cli_selftest.add_to(app)
cli_sim.add_to(app)


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        from importlib.metadata import version

        print(f"dermaroller {version('dermaroller')}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    port: PortOption = None,
    baud: BaudOption = None,
    as_json: JsonOption = False,
    archive_folder: ArchiveOption = None,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Pull, check, show and report what a smart dermaroller recorded, or try it all on a virtual board.

    Not a medical device. Example without hardware: dermaroller sim serve, then dermaroller -p PATH pull.
    """
    context.obj = Common(port, baud, as_json)
    place.choose(archive_folder)


def main(arguments: list[str] | None = None) -> None:
    """Run the command; leaves by SystemExit."""
    run_main(lambda: app(arguments))


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
        if os.environ.get("DERMAROLLER_TRACEBACK"):
            raise
        place = f"{type(error).__name__}: {error}"
        _leave(f"this is a mistake in dermaroller ({place}). Set DERMAROLLER_TRACEBACK=1 to see where.", 1)


def _leave(sentence: str, exit_code: int) -> None:
    print(f"dermaroller: {' '.join(sentence.split())}", file=sys.stderr)
    sys.exit(exit_code)


if __name__ == "__main__":
    main()
