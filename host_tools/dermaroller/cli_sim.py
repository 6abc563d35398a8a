"""Commands of the virtual board: at full speed, in real time as a port, and which MicroPython it runs on."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

import dermaroller
from dermaroller.analysis.summary_types import Summary
from dermaroller.chips import CPU_MHZ
from dermaroller.options import DEFAULT_BAUD, BaudOption, JsonOption, common
from dermaroller.output import print_json
from dermaroller.plan import Plan

TraceArgument = Annotated[Path, typer.Argument(metavar="TRACE.csv", help="t_s,position_mm,force_n and optional event.")]
PlanOption = Annotated[Path | None, typer.Option("--plan", metavar="PLAN.toml", help="The plan that the board holds.")]
SeedOption = Annotated[int, typer.Option("--seed", min=0, help="Seed of the sensors' noise and spacing errors.")]
FlashOption = Annotated[
    Path | None, typer.Option("--flash", metavar="IMAGE", help="Keep the flash in this file; made if missing.")
]
BoardOption = Annotated[str, typer.Option("--board", metavar="NAME", help="Whose constants the board has.")]
TcpOption = Annotated[
    str | None,
    typer.Option(
        "--tcp",
        metavar="[HOST:]PORT",
        help="Over TCP, without a pseudo-terminal; port 0 finds a free one. For this computer alone, unless HOST is"
        " given: whoever can connect can run programs here.",
    ),
]
CpuOption = Annotated[
    int,
    typer.Option(
        "--cpu-mhz",
        min=0,
        max=240,
        metavar="MHZ",
        help="The chip's clock, by which bytecode takes its time; 0: it takes none.",
    ),
]
sim_app = typer.Typer(no_args_is_help=True, help="The firmware on a virtual board, without hardware.")


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(sim_app, name="sim")


@sim_app.command("run")
def sim_run(
    context: typer.Context,
    trace: TraceArgument,
    plan: PlanOption = None,
    seed: SeedOption = 0,
    flash: FlashOption = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Write the session files there.")] = None,
    cpu_mhz: CpuOption = CPU_MHZ,
    as_json: JsonOption = False,
) -> None:
    """Roll a trace on the virtual board, as fast as this computer can. The same seed gives the same result.

    Example: dermaroller sim run hand.csv --plan face.toml --json
    """
    from dermaroller.sim.run import run

    plan_bytes = Plan.read(plan).device_bytes() if plan else None
    result = run(trace, plan_bytes=plan_bytes, seed=seed, flash=flash, cpu_mhz=cpu_mhz or None).check()
    files = {name: content for name, content in sorted(result.files.items()) if name.endswith(".drl")}
    paths = _write_files(out, files) if out else list(files)
    sessions = [dermaroller.Session.parse(content, name).summary() for name, content in files.items()]
    if common(context, as_json=as_json).as_json:
        print_json(
            {
                "sessions": [each.as_json() for each in sessions],
                "led": result.led,
                "files": paths,
                "counters": result.counters,
            }
        )
    else:
        _print_run(sessions, paths, result.counters)


@sim_app.command("serve")
def sim_serve(
    context: typer.Context,
    trace: Annotated[Path | None, typer.Option("--trace", metavar="TRACE.csv", help="What the hand does.")] = None,
    plan: PlanOption = None,
    seed: SeedOption = 0,
    flash: FlashOption = None,
    link: Annotated[Path | None, typer.Option("--link", metavar="PATH", help="A stable name for the port.")] = None,
    tcp: TcpOption = None,
    speed: Annotated[float, typer.Option("--speed", min=0.1, max=100, help="How much faster than real time.")] = 1.0,
    board: BoardOption = "virtual",
    cpu_mhz: CpuOption = CPU_MHZ,
    baud: BaudOption = None,
) -> None:
    """Serve the virtual board as a serial port, in real time.

    With --tcp for programs elsewhere. It ends with Ctrl-C. The first line printed is what a client names as its port: a
    path, or socket://HOST:PORT. One client at a time, as on a serial port. Example: dermaroller sim serve --trace
    hand.csv --link /tmp/roller
    """
    from dermaroller.sim.serve import serve

    plan_bytes = Plan.read(plan).device_bytes() if plan else None
    rate = common(context, baud=baud).baud or DEFAULT_BAUD
    serve(
        trace=trace, plan_bytes=plan_bytes, seed=seed, flash=flash, link=link, tcp=tcp, speed=speed, board=board,
        baud=rate, cpu_mhz=cpu_mhz or None,
    )  # fmt: skip


@sim_app.command("runtime")
def sim_runtime(context: typer.Context, as_json: JsonOption = False) -> None:
    """Say which MicroPython the virtual board runs on.

    Also why no other is taken; if there is none, one is fetched.
    """
    from dermaroller.sim.runtime import describe, find_micropython

    found = find_micropython()
    if common(context, as_json=as_json).as_json:
        print_json({**asdict(found), "version": ".".join(map(str, found.version))})
    else:
        print(describe(found))


def _write_files(folder: Path, files: dict[str, bytes]) -> list[str]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, content in files.items():
        path = folder / Path(name).name
        path.write_bytes(content)
        paths.append(str(path))
    return paths


def _print_run(sessions: list[Summary], paths: list[str], counters: dict[str, int]) -> None:
    from rich.console import Console

    from dermaroller.show import print_session

    console = Console()
    for each in sessions:
        print_session(console, each)
    if not sessions:
        console.print("The trace made no session: the drum was never in contact.")
    losses = ", ".join(f"{name.replace('_', ' ')} {n}" for name, n in sorted(counters.items()))
    console.print(f"Counters: {losses or 'none'}", style="dim", highlight=False)
    for path in paths:
        console.print(f"Session file: {path}", style="dim", highlight=False)
