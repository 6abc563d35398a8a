"""Rolls a whole treatment with no hardware: `python -m dermaroller.demo`.

The firmware runs on the virtual board, first under a recorded hand (in a checkout), then under the made-up treatment of
sim/example.py; then the board is served as a serial port and the real command pulls the sessions from it.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from dermaroller import packages
from dermaroller.chips import CPU_MHZ
from dermaroller.cli import run_main
from dermaroller.errors import DermarollerError
from dermaroller.live import LightView
from dermaroller.plan import Plan
from dermaroller.session import Session
from dermaroller.show import print_session
from dermaroller.sim.example import FACE, write_trace
from dermaroller.sim.runtime import find_micropython
from dermaroller.summary import summary

OUT = Path("out") / "demo"
HAND = Path("tests") / "data" / "hand_01.csv"
SERVE_TIMEOUT_S = 20


def demo() -> None:
    """The whole way once. Leaves session files and reports in OUT."""
    with packages.needing("report"):  # said before the rolling, not after it
        import dermaroller.report  # noqa: F401
    console = Console()
    started_s = time.monotonic()
    find_micropython()  # fetched before anything else is shown
    OUT.mkdir(parents=True, exist_ok=True)
    for old in (*OUT.glob("*.drl"), *OUT.glob("*.html"), *OUT.glob("flash.bin")):
        old.unlink()
    flash, trace = OUT / "flash.bin", OUT / "face.csv"
    write_trace(FACE, trace)
    console.print("[bold]A smart dermaroller without hardware.[/] Everything below is simulated.\n")
    if HAND.exists():
        console.print(f"1. A recorded hand rolls freely, without a plan ({HAND}).")
        roll(console, HAND, flash)
    console.print("2. A made-up treatment of ten minutes follows a plan of three zones.")
    roll(console, trace, flash, FACE.plan)
    console.print("3. The board is served as a serial port, and the host tool pulls its sessions.")
    with served(flash) as port:
        pull(console, port)
    finish(console, started_s)


def roll(console: Console, trace: Path, flash: Path, plan: Plan | None = None) -> None:
    """Run one trace on the virtual board, and show its light and counters as it goes."""
    from dermaroller.sim.run import run
    from dermaroller.sim.trace import read_trace

    motion = read_trace(trace)
    plan_bytes = plan.device_bytes() if plan else None
    with LightView(console, motion.end_s) as view:
        run(motion, plan_bytes=plan_bytes, flash=flash, cpu_mhz=CPU_MHZ, progress=view.update, live=True).check()
    console.print()


@contextmanager
def served(flash: Path) -> Iterator[str]:
    """`dermaroller sim serve` on a flash image, as a process of its own; gives the port's path."""
    words = [sys.executable, "-m", "dermaroller", "sim", "serve", "--flash", str(flash)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        if not port:
            raise DermarollerError("the virtual board could not be served as a port; see above for the reason.")
        yield port
    finally:
        process.terminate()
        process.wait(SERVE_TIMEOUT_S)


def pull(console: Console, port: str) -> None:
    """Call the real command, as a user would."""
    console.print(f"   $ dermaroller -p {port} pull --to {OUT}", style="bold", highlight=False)
    words = [sys.executable, "-m", "dermaroller", "-p", port, "pull", "--to", str(OUT)]
    done = subprocess.run(words)
    if done.returncode:
        raise DermarollerError(f"the pull ended with exit code {done.returncode}; see above for the reason.")
    console.print()


def finish(console: Console, started_s: float) -> None:
    """Show what was pulled, and write its report."""
    from dermaroller.report import write_report

    sessions = [Session.read(path) for path in sorted(OUT.glob("*.drl"))]
    for session in sessions:
        print_session(console, summary(session))
        page = write_report(session, Path(session.name).with_suffix(".html"))
    console.print(f"Report of the treatment: [bold]{page.resolve()}[/]", highlight=False, soft_wrap=True)
    console.print(f"{time.monotonic() - started_s:.0f} s in all.", style="dim", highlight=False)


if __name__ == "__main__":
    run_main(demo)
