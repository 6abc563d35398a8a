"""The commands behind make flash, deploy, verify, repl, wipe and size; each also works as a command of its own."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from dermaroller import boards, port
from dermaroller.deploy import flash as flashing
from dermaroller.deploy.build import build
from dermaroller.deploy.deploy import deploy as deploy_application
from dermaroller.deploy.deploy import verify as verify_application
from dermaroller.deploy.remote import DeployError, Remote, mpremote, program
from dermaroller.errors import DermarollerError, UsageError
from dermaroller.options import PORT_ENVIRONMENT
from dermaroller.output import plural

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)

BoardOption = Annotated[str, typer.Option("--board", metavar="NAME", help="A name in boards/, or the path of a file.")]
PortOption = Annotated[
    str, typer.Option("--port", metavar="PORT", envvar=PORT_ENVIRONMENT, help="A path, COMx, or auto.")
]


def _needed(board: str) -> str:
    if not board:
        raise UsageError(f"which board? Give BOARD=NAME, one of {', '.join(boards.names())}.")
    return board


@app.command()
def flash(
    image: Annotated[str, typer.Option("--image", metavar="FILE", help="The .bin from MicroPython's download page.")],
    board: BoardOption = "",
    port_name: PortOption = "auto",
) -> None:
    """Write a MicroPython image to the chip, if it is for that chip and not too old."""
    target = boards.load(_needed(board))
    if not image:
        raise UsageError("which image? Download the .bin for the chip from micropython.org/download; give IMAGE=FILE.")
    found = flashing.check_image(Path(image), target)
    print(f"{image}: MicroPython {'.'.join(map(str, found.version))} for the {found.chip}", flush=True)
    flashing.flash(Path(image), target, port.resolve(port_name))


@app.command()
def deploy(
    board: BoardOption = "",
    port_name: PortOption = "auto",
    force: Annotated[bool, typer.Option("--force", help="Even if a session is being recorded.")] = False,
) -> None:
    """Bring the application to the device: only what changed, checked, switched over all at once."""
    application = build(_needed(board))
    deploy_application(
        application, port.resolve(port_name), _say, is_forced=force, build=lambda arch: build(board, arch=arch)
    )


@app.command()
def verify(board: BoardOption = "", port_name: PortOption = "auto") -> None:
    """Check that the device runs what is here, module by module."""
    application = build(_needed(board))
    n = verify_application(application, Remote(port.resolve(port_name)), lambda arch: build(board, arch=arch))
    _say(f"{plural(n, 'module')} on the device are as here: application {application.version}")


@app.command()
def repl(port_name: PortOption = "auto") -> None:
    """MicroPython's prompt on the device; Ctrl-] leaves it."""
    sys.exit(subprocess.run([*mpremote(), "connect", port.resolve(port_name), "repl"]).returncode)


@app.command()
def wipe(
    port_name: PortOption = "auto",
    yes: Annotated[bool, typer.Option("--yes", help="Remove its sessions, too.")] = False,
) -> None:
    """Remove application, plan and sessions from the device; MicroPython, identity and calibration stay."""
    remote = Remote(port.resolve(port_name))
    sessions = remote.look().sessions
    if sessions and not yes:
        remote.reset()
        raise DeployError(f"{plural(sessions, 'session')} on the device: pull them first, or give YES=1 to lose them.")
    remote.run(program("wipe"))
    remote.reset()
    _say(f"removed all files, {plural(sessions, 'session')} among them")


@app.command()
def size() -> None:
    """The bytes of each compiled file for each chip, and the heap that the application leaves."""
    from dermaroller.deploy.size import print_sizes

    print_sizes()


def _say(sentence: str) -> None:
    print(sentence, flush=True)


def main(arguments: list[str] | None = None) -> None:
    """Run a command. Leaves by SystemExit; an error is one line on stderr and its exit code."""
    try:
        app(arguments, prog_name="python -m dermaroller.deploy")
    except DermarollerError as error:
        print(f"dermaroller: {' '.join(str(error).split())}", file=sys.stderr)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
