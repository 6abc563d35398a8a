"""A trend as text for a terminal."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from dermaroller import trend_text as texts
from dermaroller.analysis.overview_types import Overview
from dermaroller.analysis.trend_types import Dated, HeadRow, Trend, ZoneRow
from dermaroller.compare_text import short_name
from dermaroller.compare_view import simulated, table
from dermaroller.trend import OVER

DATE_COLUMNS, ZONE_COLUMNS = 15, 31  # characters that the date, and a zone beside others, take
LEGEND = (
    "↑ over the plan's limit, or perhaps so; ↓ below the target. Bands run from rolling on the needle tips to rolling "
    "on the seated drum. This is a record of what the roller did, not of what it did to skin."
)


def view(found: Trend, width: int = 80) -> RenderableType:
    """The whole view; `found` as made by dermaroller.trend, width in characters."""
    headline = Text.assemble((texts.title(found), "bold"), f"   {texts.extent(found)}")
    parts: list[RenderableType] = [simulated(headline, found.is_simulated)]
    if found.notes:
        parts.append(_bullets(found.notes))
    parts.append(_totals(texts.totals(found)))
    if found.sessions:
        parts.append(_sessions(found.sessions, len(found.devices) > 1))
        rows = [row for row in found.zones if texts.has_density(row)]
        beside = max(1, (width - DATE_COLUMNS) // ZONE_COLUMNS)
        parts += [_zones(found.sessions, rows[i : i + beside]) for i in range(0, len(rows), beside)]
    if found.undated:
        parts += [_undated(found.undated)]
    parts += [_heads(found.heads)] if found.heads else []
    if marked := texts.marked_lines(found):
        parts.append(_bullets(marked, "Marked"))
    if found.unreadable:
        parts.append(_bullets([entry.reason for entry in found.unreadable], "Cannot be read"))
    parts.append(Text(LEGEND, style="dim"))
    return Group(*(line for part in parts for line in (part, Text())))


def _bullets(lines: Sequence[str], heading: str = "") -> Text:
    text = Text()
    if heading:
        text.append(f"{heading}\n", style="bold")
    return text.append("\n".join(f"• {line}" for line in lines), style="yellow")


def _totals(totals: list[tuple[str, str]]) -> Table:
    grid = Table.grid(padding=(0, 3))
    for value, label in totals:
        grid.add_row(Text(value, style="bold"), Text(label, style="dim"))
    return grid


def _sessions(sessions: Sequence[Dated], tells_device: bool) -> RenderableType:
    """One line a session; devices go by a number, which is explained below."""
    found = table("", "start, UTC")
    found.columns[1].no_wrap = True
    for heading in ("interval", "contact\nmin:s", "passes", "in\nwindow", "mean\nforce"):
        found.add_column(heading, justify="right", no_wrap=True)
    found.add_column("head", overflow="fold")
    if tells_device:
        found.add_column("device", no_wrap=True)
    rows = [texts.session_row(one.overview, one) for one in sessions]
    devices = list(dict.fromkeys(row.device for row in rows))
    for row in rows:
        is_early = any("too early" in mark for mark in row.marks)
        found.add_row(
            Text(f"{row.n}{'!' if row.marks else ''}", style="bold yellow" if row.marks else ""),
            row.start,
            Text(row.interval, style="bold yellow" if is_early else ""),
            *(row.contact, row.passes, row.in_window, row.force, Text(row.head)),
            *([str(devices.index(row.device) + 1)] if tells_device else []),
        )
    if not tells_device:
        return found
    named = ", ".join(f"{i} {device}" for i, device in enumerate(devices, 1))
    return Group(found, Text(f"Devices: {named}", style="dim"))


def _zones(sessions: Sequence[Dated], rows: Sequence[ZoneRow]) -> Table:
    """One line a session, the zones side by side; their target above them, or beside if it changed."""
    found = table("", "date")
    found.columns[1].no_wrap = True
    targets = [texts.common_target(row) for row in rows]
    for row, target in zip(rows, targets, strict=True):
        above = f"\ntarget {target}" if target else ""
        found.add_column(Text(f"{row.name}{above}\nper cm²"), justify="right", min_width=10)
        if not target:
            found.add_column("target", justify="right", vertical="bottom")
        found.add_column("reached", justify="right", min_width=13)
    columns = [texts.points_by_n(row) for row in rows]
    for one in sessions:
        cells: list[Text] = []
        for points, target in zip(columns, targets, strict=True):
            zones = [point.zone for point in points.get(one.n, ())]
            cells += _zone_cells([texts.zone_cell(zone) for zone in zones or (None,)], bool(target))
        found.add_row(str(one.n), f"{one.started_at:%Y-%m-%d}", *cells)
    return found


def _zone_cells(cells: list[texts.ZoneCell], has_target_above: bool) -> list[Text]:
    """Band, target if it is not above, and what was reached; several lines where a name stands twice."""
    style = "bold yellow" if any(cell.is_over for cell in cells) else ""
    bands = "\n".join(f"{'↑ ' if cell.is_over else '↓ ' if cell.mark else ''}{cell.band}" for cell in cells)
    target = [] if has_target_above else [Text("\n".join(cell.target for cell in cells))]
    return [Text(bands, style=style), *target, Text("\n".join(cell.reached for cell in cells), style=style)]


def _undated(sessions: Sequence[Overview]) -> Table:
    found = table("start not known", "zones, per cm²")
    for heading in ("contact\nmin:s", "passes", "in\nwindow", "mean\nforce"):
        found.add_column(heading, justify="right", no_wrap=True)
    for one in sessions:
        row = texts.session_row(one)
        name = Text(short_name(one.file), style="bold yellow" if row.marks else "")
        found.add_row(name, Text(texts.zones_line(one)), row.contact, row.passes, row.in_window, row.force)
    return found


def _heads(rows: Sequence[HeadRow]) -> Table:
    has_turns = any(row.max_revolutions for row in rows)
    found = table("head", "needles", "")
    found.columns[1].no_wrap = found.columns[2].no_wrap = True
    for heading in ("sessions\nhere", "\nledger", "\nlimit", "revolutions\nhere", "\nledger", "\nlimit")[
        : 5 + has_turns
    ]:
        found.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        head, needles, state, *cells = texts.head_cells(row)
        mark = Text(state, style="bold yellow" if row.state == OVER else "dim")
        found.add_row(Text(head), needles, mark, *cells[: 5 + has_turns])
    return found
