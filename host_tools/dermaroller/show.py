"""A session as text for a terminal: what it was, the zones with their band and target, the strokes, what was lost."""

from collections import Counter
from collections.abc import Sequence

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from dermaroller import care, counters
from dermaroller.analysis.dose import dose, reached_text
from dermaroller.analysis.summary_parts import AlertSummary, Covered, StrokeSummary, Verdict, ZoneSummary
from dermaroller.analysis.summary_types import Summary
from dermaroller.analysis.verdict import headline
from dermaroller.output import plural

_DASH = "–"
MAX_STROKES = 12


def print_session(console: Console, summary: Summary) -> None:
    """Print one session; `summary` as made by dermaroller.summary."""
    console.print(session_view(summary))


def session_view(summary: Summary) -> RenderableType:
    """The whole view of one session."""
    parts: list[RenderableType] = [_headline(summary), _verdict(summary.verdict), _totals(summary)]
    if told := care.lines(summary):
        parts.append(_care(told))
    parts.append(zone_table(summary.zones))
    if summary.is_free and summary.covered:
        parts.append(covered_line(summary.covered))
    if summary.strokes:
        parts.append(_stroke_table(summary.strokes))
    if summary.alerts:
        parts.append(_alerts(summary.alerts))
    parts.append(_quality(summary))
    return Group(*(line for part in parts for line in (part, Text())))


def clock(seconds: float) -> str:
    """75.2 as "1:15", 3725 as "1:02:05"."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def band(zone: ZoneSummary) -> str:
    """Density with its band, "199 to 229"; a dash where the zone has no area."""
    low, high = zone.density_low_per_cm2, zone.density_high_per_cm2
    if low is None or high is None:
        return _DASH
    digits = 0 if high >= 20 else 1
    return f"{low:.{digits}f} to {high:.{digits}f}"


def covered_line(covered: Covered) -> Text:
    """The skin covered and its densities, with the assumption that made them."""
    text = (
        f"{covered.area_cm2:.1f} cm² covered at most, {_number(covered.density_per_cm2, '.1f')} per cm² at "
        f"least; one strip {plural(covered.max_visits, 'time')} over, {covered.max_density_per_cm2:.1f} per cm² "
        "there"
    )
    return Text.assemble(("Skin: ", "bold"), text, (f"\n{covered.assumption}", "dim"))


def quality_line(summary: Summary) -> str:
    """Whether the numbers can be trusted, and how complete the recording is."""
    lost_s = sum(gap.end_s - gap.start_s for gap in summary.gaps)
    text = "" if summary.trusted else "These numbers are not to be trusted as they stand. "
    text += f"Captured {100 * summary.captured_fraction:.2f} % of the session; "
    text += f"{plural(len(summary.gaps), 'gap')}, {lost_s:.2f} s in all." if summary.gaps else "no gaps."
    missing = summary.missing
    if missing:
        text += f" Missing from the log: {plural(missing.blocks, 'block')}, {plural(missing.bytes, 'byte')}"
        text += f", {plural(missing.records, 'unreadable record')}." if missing.records else "."
    return text


def _headline(summary: Summary) -> Text:
    line = Text()
    line.append(f"Session {summary.id}", style="bold")
    details = [
        f"{summary.started_at:%Y-%m-%dT%H:%M:%SZ}" if summary.started_at else "start time not known",
        f"subject {summary.subject}" if summary.subject else "no plan",
        f"ended by {summary.end.replace('_', ' ')}" if summary.end else "not closed",
    ]
    line.append("   " + " · ".join(details))
    if summary.is_simulated:
        line.append("   simulated", style="bold magenta")
    return line


def _verdict(verdict: Verdict) -> Text:
    lines = Text(headline(verdict), style="bold green" if verdict.is_plain_success else "bold")
    for reason in verdict.reasons:
        lines.append(f"\n• {reason}", style="yellow")
    return lines


def _totals(summary: Summary) -> Table:
    grid = Table.grid(padding=(0, 3))
    cells = [
        ("passes", f"{summary.passes}"),
        ("punctures", f"{summary.punctures:,.0f}"),
        ("effective", f"{summary.effective_punctures:,.0f}"),
        ("path", f"{summary.path_mm / 1000:.2f} m"),
        ("contact", clock(summary.contact_s)),
        ("duration", clock(summary.duration_s)),
        ("log", f"{summary.log_bytes:,} bytes"),
    ]
    grid.add_row(*(Text(label, style="dim") for label, _ in cells))
    grid.add_row(*(Text(value, style="bold") for _, value in cells))
    return grid


def _care(told: list[care.Line]) -> Table:
    grid = Table.grid(padding=(0, 3))
    for line in told:
        grid.add_row(Text(line.label, style="dim"), Text(line.text, style="bold yellow" if line.is_warning else ""))
    return grid


def zone_table(zones: Sequence[ZoneSummary]) -> Table:
    """Each zone's passes, punctures, density with band, target and share of it."""
    table = Table(header_style="dim", box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("zone")
    for heading in ("cm²", "passes", "punctures", "per cm²", "band", "target", "reached"):
        table.add_column(heading, justify="right", no_wrap=True)
    for zone in zones:
        table.add_row(
            Text(str(zone.name)),
            _number(zone.area_cm2, ".1f"),
            str(zone.passes),
            f"{zone.punctures:,.0f}",
            _number(zone.density_per_cm2, ".1f"),
            band(zone),
            _number(zone.target_density_per_cm2, ".0f"),
            reached_text(dose(zone, zone.name, None)) or _DASH,
        )
    return table


def _stroke_table(strokes: Sequence[StrokeSummary]) -> RenderableType:
    table = Table(header_style="dim", box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for heading in ("from s", "to s", "mm", "stroke", "mean N", "peak N", "pass"):
        table.add_column(heading, justify="left" if heading == "stroke" else "right")
    for stroke in strokes[:MAX_STROKES]:
        table.add_row(
            f"{stroke.start_s:.2f}",
            f"{stroke.end_s:.2f}",
            f"{stroke.distance_mm:.1f}",
            stroke.direction,
            f"{stroke.force_mean_n:.2f}",
            f"{stroke.force_peak_n:.2f}",
            "yes" if stroke.counted else "no",
        )
    if len(strokes) <= MAX_STROKES:
        return table
    return Group(table, Text(f"and {len(strokes) - MAX_STROKES} further strokes; --json lists all.", style="dim"))


def _alerts(alerts: Sequence[AlertSummary]) -> Text:
    counts = Counter(alert.kind for alert in alerts)
    text = ", ".join(f"{kind.replace('_', ' ')} ×{n}" for kind, n in counts.items())
    return Text.assemble(("Alerts: ", "bold"), text)


def _quality(summary: Summary) -> Text:
    lines = Text(quality_line(summary), style="" if summary.trusted else "bold yellow")
    for doubt in summary.doubts:
        lines.append(f"\n• {doubt}", style="yellow")
    if counted := counters.in_words(summary.counters):
        lines.append(f"\nCounted: {', '.join(counted)}.", style="dim")
    for note in summary.notes:
        lines.append(f"\n{note}", style="yellow")
    return lines


def _number(value: float | None, spec: str) -> str:
    return _DASH if value is None else format(value, spec)
