"""What a device measured of itself, as a table to read and as a table of costs."""

from __future__ import annotations

import json
from typing import Any

from rich.table import Table

from dermaroller.cpu import price
from dermaroller.cpu.bench import NATIVES, Bench


def refitted(found: Bench) -> dict[str, Any]:
    """The table of costs with what this chip took of the interpreter's own functions, and its rate."""
    table: dict[str, Any] = json.loads(price.TABLE.read_text(encoding="utf-8"))
    for item in found.items:
        if item.name in NATIVES:
            table["natives"][NATIVES[item.name]] = max(1, round(item.measured_us * found.fitted / item.n))
        elif item.name == "collect":
            table["natives"]["collect"] = round(item.measured_us * found.fitted)
    table["instructions_per_s"] = {f"{found.cpu_mhz} MHz": round(found.fitted * 1e6)}
    return table


def shown(found: Bench) -> Table:
    title = (
        f"at {found.cpu_mhz} MHz: {found.fitted:.1f} million instructions a second fit best,"
        f" {found.assumed:.1f} are assumed"
    )
    table = Table("item", title=title, title_justify="left", header_style="dim")
    for column in ("n", "instructions", "expected us", "measured us", "ratio", "residual"):
        table.add_column(column, justify="right")
    for item in found.items:
        residual = found.residual(item)
        table.add_row(
            item.name,
            f"{item.n:,}",
            "–" if item.instructions is None else f"{item.instructions:,}",
            "–" if item.expected_us is None else f"{item.expected_us:,.0f}",
            f"{item.measured_us:,}",
            "–" if item.ratio is None else f"{item.ratio:.2f}",
            "–" if residual is None else f"{residual:+.0%}",
        )
    return table
