"""A comparison as text for a terminal."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from dermaroller import compare_text as texts
from dermaroller.analysis.compare_types import Compared, Fact, ZonePair
from dermaroller.analysis.overview_types import Overview
from dermaroller.compare import WITHIN
from dermaroller.compare_facts import DASH

LEGEND = (
    "Bands run from rolling on the needle tips to rolling on the seated drum. “Within the band”: the bands overlap, so "
    "that alone may have made the difference."
)


def view(compared: Compared, width: int = 80) -> RenderableType:
    """The whole view; `compared` as made by dermaroller.compare, width in characters."""
    parts: list[RenderableType] = [_headline(compared.sessions)]
    if compared.cautions:
        parts.append(Text("\n".join(f"• {caution}" for caution in compared.cautions), style="yellow"))
    parts += [_facts(compared.facts), _zones(compared.zones)]
    parts += [_differences(compared.zones), Text(LEGEND, style="dim")]
    parts += [_rows("habit", texts.measure_rows(compared)), _rows("record", texts.quality_rows(compared))]
    return Group(*(line for part in parts for line in (part, Text())))


def table(*left: str) -> Table:
    """An unruled table that begins with these columns, set to the left."""
    found = Table(header_style="dim", box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for heading in left:
        found.add_column(heading, overflow="fold")
    return found


def simulated(line: Text, is_simulated: bool) -> Text:
    """The line with its mark."""
    return line.append("   simulated", style="bold magenta") if is_simulated else line


def _headline(sessions: tuple[Overview, Overview]) -> Text:
    line = Text.assemble(("Two sessions", "bold"), f"   {texts.apart(*sessions)}")
    for letter, one in zip("AB", sessions, strict=True):
        line.append(f"\n{letter}  ", style="bold")
        line.append(f"session {one.id} · {texts.when(one)} · {texts.short_name(one.file)}", style="not bold")
        simulated(line, one.is_simulated)
    return line


def _facts(facts: Sequence[Fact]) -> Table:
    grid = table("", "A", "B")
    for fact in facts:
        style = "bold yellow" if fact.differs and fact.what != "Started" else ""
        if fact.a == fact.b == DASH:
            continue
        mark = "≠ " if fact.differs else "  "
        grid.add_row(Text.assemble(mark, (fact.what, "dim")), Text(fact.a), Text(fact.b, style=style))
    return grid


def _zones(pairs: Sequence[ZonePair]) -> Table:
    found = table("zone", "")
    for heading in ("cm²", "passes", "punctures", "per cm²", "band", "target"):
        found.add_column(heading, justify="right", no_wrap=True)
    for pair in pairs:
        for letter, side in (("A", pair.a), ("B", pair.b)):
            cells = texts.zone_side(side)
            area = Text(cells.area, style="bold yellow" if pair.area_differs else "")
            target = Text(cells.target, style="bold yellow" if pair.target_differs else "")
            name = Text(pair.name if letter == "A" else "")
            found.add_row(name, letter, area, *cells[1:5], target)
    return found


def _differences(pairs: Sequence[ZonePair]) -> Table:
    found = table("zone")
    for heading in ("B − A, per cm²", "band", "B / A", "band"):
        found.add_column(heading, justify="right", no_wrap=True)
    found.add_column("densities", no_wrap=True)
    for pair in pairs:
        cells = texts.zone_difference(pair)
        is_apart = pair.verdict not in (None, WITHIN)
        found.add_row(Text(pair.name), *cells[:4], Text(cells.verdict, style="bold" if is_apart else ""))
    return found


def _rows(heading: str, rows: list[texts.Row]) -> Table:
    found = table(heading)
    for each in ("A", "B", "B − A"):
        found.add_column(each, justify="right", no_wrap=True)
    for row in rows:
        found.add_row(*row)
    return found
