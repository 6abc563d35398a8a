"""`make cpu`: counts what bytecode costs, prints what of the chip the firmware takes, and keeps the table of costs."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from dermaroller.cpu import constructs, price, profile, scenes, tables
from dermaroller.cpu.cachegrind import Counter, counter
from dermaroller.cpu.weigh import LOOKUPS
from dermaroller.errors import DermarollerError
from dermaroller.sim import mpy
from dermaroller.sim.runtime import find_micropython


def main() -> int:
    """Measure, print, and write the tables; the exit code is that of the error otherwise."""
    try:
        with counter() as counted:
            measured = measure(counted)
    except DermarollerError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    tables.show(measured, Console())
    return 0


def measure(counted: Counter) -> dict[str, list[float]]:
    """Instructions of each turn by scene, of the firmware that is here; writes what the boards charge by."""
    with tempfile.TemporaryDirectory(prefix="dermaroller-") as folder:
        table: dict[str, Any] = {**constructs.measure(counted, Path(folder))}
    table["lookups_x1000"] = 1000
    table["runtime"] = list(find_micropython().version)
    price.keep(table)
    sources = mpy.firmware_sources("virtual")
    measured = measured_turns(counted)
    with tempfile.TemporaryDirectory(prefix="dermaroller-") as folder:
        program = scenes.charging(sources, Path(folder))
        factor = lookup_factor(program, measured)
    for name in LOOKUPS:
        table["bytecode"][name] = round(table["bytecode"][name] * factor)
    table["lookups_x1000"] = round(factor * 1000)
    price.keep(table)
    profile.keep(profile.of(sources))
    return measured


def measured_turns(counted: Counter) -> dict[str, list[float]]:
    program = scenes.compiled(mpy.firmware_sources("virtual"))
    stubs = scenes.stub_costs(counted)
    return {scene: scenes.turns(counted, program, scene, stubs) for scene in scenes.SCENES}


def lookup_factor(program: scenes.Program, measured: dict[str, list[float]]) -> float:
    """By how much looking names up is dearer in the firmware than in small programs: least squares of the scenes."""
    lookups, rest = [], []
    for scene, turns in measured.items():
        run = scenes.run(program, scene)
        charged = run.charged[-1] - run.charged[0]
        passed = np.array(run.sites[-1]) - np.array(run.sites[0])
        looked_up = float(passed @ np.array([site.lookups for site in program.sites]))
        lookups.append(looked_up / sum(turns))
        rest.append(1 - (charged - looked_up) / sum(turns))
    return float(np.dot(lookups, rest) / np.dot(lookups, lookups))


if __name__ == "__main__":
    sys.exit(main())
