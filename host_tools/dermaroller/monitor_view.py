"""What `dermaroller monitor` draws: the light, the force within its window, and how far each zone is."""

import math

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from dermaroller.lights.colour import on_screen
from dermaroller.lights.rhythm import ROWS
from dermaroller.lights.words import WORDS, title
from dermaroller.monitor import Monitor, Reading, ZoneReading
from dermaroller.show import clock

FORCE_CELLS = 48
ZONE_CELLS = 32
_LIGHT, _RIGHT, _HARD = "yellow", "green", "red"
_HEADROOM = 1.25  # of the force's scale above the window


def view(monitor: Monitor, reading: Reading, name: str) -> RenderableType:
    """One screen."""
    session = Text("● recording", style="bold red") if reading.is_open else Text("no session open", style="dim")
    battery = f"battery {reading.battery_v:.2f} V" if reading.battery_v is not None else ""
    top = Table.grid(padding=(0, 3), expand=True)
    top.add_column(ratio=1)
    top.add_row(_light(reading), session, Text(battery, style="dim"))
    numbers = Table.grid(padding=(0, 2))
    numbers.add_row(Text("force", style="dim"), _force_bar(monitor, reading), Text(f"{reading.force_n:.2f} N", "bold"))
    who = [f"subject {monitor.subject}" if monitor.subject else "no plan", f"head {monitor.head_id or 'not named'}"]
    return Panel(
        Group(
            top,
            _meaning(reading),
            Text(),
            numbers,
            _scale(monitor),
            Text(),
            _totals(reading),
            Text(),
            _zones(monitor, reading),
        ),
        title=f"[bold]{name}[/] · {' · '.join(who)}",
        subtitle=f"[dim]{clock(reading.t_s)} · Ctrl-C ends the view, not the session[/]",
        padding=(1, 2),
        width=96,
    )


def _light(reading: Reading) -> Text:
    """The state's colour as the LED shows it while it is lit, and its name."""
    row = ROWS.get(reading.state)
    red, green, blue = on_screen(row[1] if row else reading.rgb)
    lamp = ("⬤ ", f"rgb({red},{green},{blue})") if red or green or blue else ("◯ ", "dim")
    return Text.assemble(lamp, (f" {title(reading.state)}", "bold"))


def _meaning(reading: Reading) -> Text:
    return Text(f"   {WORDS.get(reading.state, ('',))[0]}", "dim")


def _force_bar(monitor: Monitor, reading: Reading) -> Text:
    """The force so far from the left, the window as a lighter stretch."""
    full_n = monitor.high_n * _HEADROOM
    low, high, now = (
        min(round(n / full_n * FORCE_CELLS), FORCE_CELLS) for n in (monitor.low_n, monitor.high_n, reading.force_n)
    )
    colour = _LIGHT if reading.force_n < monitor.low_n else _HARD if reading.force_n >= monitor.high_n else _RIGHT
    bar = Text()
    for cell in range(FORCE_CELLS):
        ground = "grey35" if low <= cell < high else "grey15"
        bar.append("█" if cell < now else " ", f"{colour} on {ground}")
    return bar


def _scale(monitor: Monitor) -> Text:
    """The window's ends below the bar."""
    full_n = monitor.high_n * _HEADROOM
    line = " " * (len("force") + 2 + FORCE_CELLS + 10)
    for n in (monitor.low_n, monitor.high_n):
        at = len("force") + 2 + round(n / full_n * FORCE_CELLS)
        label = f"{n:g} N"
        line = line[:at] + "╵" + label + line[at + 1 + len(label) :]
    return Text(line.rstrip(), "dim")


def _totals(reading: Reading) -> Text:
    return Text.assemble(
        ("passes ", "dim"), (f"{reading.passes:4d}", "bold"), ("      speed ", "dim"),
        (f"{abs(reading.speed_mm_s):4d} mm/s", "bold"),
    )  # fmt: skip


def _zones(monitor: Monitor, reading: Reading) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(max_width=22, no_wrap=True)
    for i, zone in enumerate(reading.zones):
        is_current = i == reading.zone
        name = Text(("▸ " if is_current else "  ") + zone.name, "bold" if is_current else "")
        table.add_row(name, _zone_bar(zone, monitor.limit_per_cm2), _zone_words(zone))
    return table


def _zone_bar(zone: ZoneReading, limit_per_cm2: float | None) -> Text:
    """Effective density against the target, which is the bar's end; pale where only the density of all is known."""
    density, target, effective = zone.density_per_cm2, zone.target_density_per_cm2, zone.effective_density_per_cm2
    if density is None or not target:
        return Text("–", "dim")
    cells = min(int((density if effective is None else effective) / target * ZONE_CELLS), ZONE_CELLS)
    colour = "grey70" if effective is None else "dodger_blue1" if effective >= target else "cyan"
    if limit_per_cm2 is not None and density > limit_per_cm2:
        colour = "magenta"
    return Text.assemble(("█" * cells, colour), ("░" * (ZONE_CELLS - cells), "grey35"))


def _zone_words(zone: ZoneReading) -> Text:
    density, target, effective = zone.density_per_cm2, zone.target_density_per_cm2, zone.effective_density_per_cm2
    if density is None or not target:
        return Text(f"{zone.passes} passes, {zone.punctures:,.0f} punctures")
    if effective is None:  # what the target goes by is not known
        return Text.assemble(("  ? %", "bold"), (f"  {density:.0f} in all, for {target:g} per cm²", "dim"))
    percent = math.floor(100 * effective / target)  # never rounded up to what is not reached
    words = f"  {effective:.0f} of {target:g} per cm²"
    if round(density) > round(effective):
        words += f"; {density:.0f} in all"
    return Text.assemble((f"{percent:3d} %", "bold"), (words, "dim"))
