"""The command that finds out why a device cannot be reached: doctor."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from dermaroller import doctor as diagnosis
from dermaroller import facts
from dermaroller.doctor import GOOD, PROBLEM, Finding
from dermaroller.options import BaudOption, JsonOption, PortOption, common
from dermaroller.output import print_json, print_rich

if TYPE_CHECKING:
    from rich.text import Text

_MARKS = {GOOD: ("✓", "green"), diagnosis.WARNING: ("!", "yellow"), PROBLEM: ("✗", "red")}


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(doctor)


def doctor(
    context: typer.Context, port: PortOption = None, baud: BaudOption = None, as_json: JsonOption = False
) -> None:
    """Find out why the device cannot be reached, and what to do.

    It looks at ports, permissions and programs, and asks the device who it is; it changes nothing. The exit code is
    that of the first problem. Example: dermaroller doctor
    """
    options = common(context, port, baud, as_json)
    found = diagnosis.diagnose(facts.gather(options.port_name, options.baud_rate))
    problems = [finding for finding in found if finding.severity == PROBLEM]
    if options.as_json:
        print_json({"is_well": not problems, "findings": [asdict(finding) for finding in found]})
    else:
        for finding in found:
            print_rich(_view(finding), soft_wrap=True)
    if problems:
        raise typer.Exit(problems[0].exit_code)


def _view(finding: Finding) -> "Text":
    from rich.text import Text

    mark, colour = _MARKS[finding.severity]
    text = Text.assemble((mark, f"bold {colour}"), f" {finding.text}")
    if finding.fix:
        text.append(f"\n  {finding.fix}")
    if finding.command:
        text.append("\n    ").append(finding.command, style="bold")
    return text
