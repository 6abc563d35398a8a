"""Commands on treatment plans: plan check, template, push, show, clear."""

from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

from dermaroller import plan_link
from dermaroller.cli_device import opened
from dermaroller.errors import UsageError
from dermaroller.options import BaudOption, JsonOption, PortOption, common
from dermaroller.output import print_json, say
from dermaroller.plan import Plan
from dermaroller.plan_text import as_toml

TEMPLATES = ("face", "scalp", "body")

PlanArgument = Annotated[Path, typer.Argument(metavar="PLAN.toml")]
plan_app = typer.Typer(no_args_is_help=True, help="Treatment plans: check, push to a device, show what it holds.")


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(plan_app, name="plan")


@plan_app.command()
def check(context: typer.Context, file: PlanArgument, as_json: JsonOption = False) -> None:
    """Check a plan whole, and say what the device would be given.

    Example: dermaroller plan check face.toml
    """
    plan = Plan.read(file)
    if common(context, as_json=as_json).as_json:
        print_json({"plan": plan.as_json(), "device_bytes": len(plan.device_bytes())})
    else:
        print(f"{file}: good. {_gist(plan)}")


@plan_app.command()
def template(
    name: Annotated[str, typer.Argument(metavar="|".join(TEMPLATES))],
    out: Annotated[Path | None, typer.Option("-o", "--out", metavar="FILE", help="Write there.")] = None,
) -> None:
    """A plan to be filled in, with the source of each of its numbers. `scalp` is that after a hair transplantation.

    Example: dermaroller plan template face --out face.toml
    """
    text = template_text(name)
    if out is None:
        print(text, end="")
        return
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise UsageError(f"{out} exists; name another file with --out.") from error
    except OSError as error:
        raise UsageError(f"cannot write {out}: {error.strerror}. Choose another place with --out.") from error
    say(f'wrote {out}: replace each "FILL IN", then try `dermaroller plan check {out}`.')


@plan_app.command()
def push(
    context: typer.Context,
    file: PlanArgument,
    port: PortOption = None,
    baud: BaudOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check a plan, and bring it to the device.

    What the device then holds is compared. It takes it whole or keeps the plan that it had. Example: dermaroller -p
    PATH plan push face.toml
    """
    options = common(context, port, baud, as_json)
    plan = Plan.read(file)
    with opened(options) as device:
        is_new = plan_link.push(device, plan)
        name = device.name
    if options.as_json:
        print_json({"plan": plan.as_json(), "device_bytes": len(plan.device_bytes()), "is_new": is_new})
    else:
        print(f"{name} {'now holds' if is_new else 'already held'} {file}. {_gist(plan)}")


@plan_app.command()
def show(context: typer.Context, port: PortOption = None, baud: BaudOption = None, as_json: JsonOption = False) -> None:
    """The plan that the device holds, as TOML.

    Example: dermaroller -p PATH plan show
    """
    options = common(context, port, baud, as_json)
    with opened(options) as device:
        held = device.plan()
        name = device.name
    if options.as_json:
        print_json(held.raw)
    elif held.plan:
        print(as_toml(held.plan), end="")
    else:
        why = f"its plan was refused: {held.error}" if held.error else "it holds no plan"
        print(f"# {name} works freely, without zones and limits; {why}.")


@plan_app.command()
def clear(context: typer.Context, port: PortOption = None, baud: BaudOption = None) -> None:
    """Remove the plan from the device, which then works freely.

    Example: dermaroller -p PATH plan clear
    """
    with opened(common(context, port, baud)) as device:
        device.clear_plan()
        print(f"{device.name} holds no plan any more.")


def template_text(name: str) -> str:
    """The text of a template. UsageError for a name that there is not."""
    if name not in TEMPLATES:
        raise UsageError(f"there is no template {name!r}; there are {', '.join(TEMPLATES)}.")
    return resources.files("dermaroller").joinpath(f"templates/plans/{name}.toml").read_text(encoding="utf-8")


def _gist(plan: Plan) -> str:
    zones = ", ".join(f"{zone.name} to {zone.target_per_cm2:g} per cm²" for zone in plan.content.zones)
    return f"{zones}; {len(plan.device_bytes())} bytes on the device."
