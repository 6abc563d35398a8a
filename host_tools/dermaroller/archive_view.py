"""The archive as text for a terminal: a line for each session, and totals."""

from rich.cells import cell_len, set_cell_size
from rich.console import Console

from dermaroller.analysis.summary_parts import ZoneSummary
from dermaroller.archive.index_row import Entry
from dermaroller.archive.rows import WHOLE
from dermaroller.output import plural
from dermaroller.show import clock

DIGITS = 8  # of a hash: enough for a hundred thousand sessions to be told apart in most lists
_STATE, _ZONES = "", "zones: per cm²"
_HEADINGS = ("start, UTC", "hash", "device", "no.", "subject", "head", "contact", "passes", _STATE, _ZONES)
_BELOW = (_STATE, _ZONES)  # where the terminal is narrow
_RIGHT = {"no.", "contact", "passes"}
_INDENT = 4  # of zones that stand below their session
_DASH = "–"


def print_list(console: Console, found: list[Entry]) -> None:
    """Print sessions as `archive list` gives them, the latest last; on a narrow terminal, with their zones below."""
    digits = _digits(found)
    columns = list(zip(_HEADINGS, *(_cells(one, digits) for one in found), strict=True))
    columns = [column for column in columns if not set(column[1:]) <= {"", _DASH}]
    padded = [_padded(column) for column in columns]
    limit = console.width if console.is_terminal else None
    is_narrow = limit is not None and sum(cell_len(column[0]) + 2 for column in padded) > limit
    below = sum(column[0] in _BELOW for column in columns) if is_narrow else 0
    lines = [_line(cells, len(cells) - below, limit) for cells in zip(*padded, strict=True)]
    if lines:
        console.print(lines[0], style="dim", highlight=False, markup=False, soft_wrap=True)
        print("\n".join(lines[1:]))
    console.print(totals(found), style="bold", highlight=False, soft_wrap=True)


def totals(found: list[Entry]) -> str:
    """How many of what."""
    subjects = len({one.row.subject for one in found} - {None})
    devices = len({one.row.device for one in found} - {None})
    contact_s = sum(one.row.contact_s or 0 for one in found)
    passes = sum(one.row.passes or 0 for one in found)
    text = f"{plural(len(found), 'session')} of {plural(subjects, 'subject')} from {plural(devices, 'device')}"
    text += f"; {clock(contact_s)} in contact, {plural(passes, 'pass', 'passes')}"
    if odd := sum(one.row.state != WHOLE for one in found):
        text += f"; {odd} not whole"
    if simulated := sum(bool(one.row.is_simulated) for one in found):
        text += f"; {simulated} simulated"
    return text


def _cells(one: Entry, digits: int) -> tuple[str, ...]:
    who = _plain(one.label or one.row.subject)
    return (
        one.started_at.isoformat(" ", "minutes")[:16] if one.started_at else "not known",
        one.row.sha256[:digits],
        _plain(one.row.device),
        _DASH if one.row.session is None else str(one.row.session),
        f"{who} ({_plain(one.row.subject)})" if one.label else who,
        _plain(one.row.head),
        _DASH if one.row.contact_s is None else clock(one.row.contact_s),
        _DASH if one.row.passes is None else str(one.row.passes),
        _state(one),
        ", ".join(map(_zone, one.zones)),
    )


def _state(one: Entry) -> str:
    """What is out of the ordinary."""
    words = [one.row.state] if one.row.state != WHOLE else []
    return ", ".join(words + (["simulated"] if one.row.is_simulated else []))


def _zone(zone: ZoneSummary) -> str:
    """The band of the density and the target: "left cheek 142–163 of 150"."""
    low, high = zone.density_low_per_cm2, zone.density_high_per_cm2
    target = zone.target_density_per_cm2
    text = _plain(zone.name)
    if low is not None and high is not None:
        text += f" {low:.0f}–{high:.0f}"
    return text + (f" of {target:.0f}" if target is not None and high is not None else "")


def _plain(text: str | None) -> str:
    """Text on one line; nothing in it moves the cursor."""
    if not text:
        return _DASH
    return text if text.isprintable() else "".join(c if c.isprintable() else "�" for c in text)


def _padded(column: tuple[str, ...]) -> list[str]:
    """The cells of a column, as wide as its widest. With thousands of lines, the ordinary case has to be quick."""
    is_ordinary = "".join(column).replace(_DASH, "-").isascii()
    width = max(map(len if is_ordinary else cell_len, column))
    if is_ordinary:
        return [cell.rjust(width) if column[0] in _RIGHT else cell.ljust(width) for cell in column]
    spaces = [" " * (width - cell_len(cell)) for cell in column]
    pairs = zip(column, spaces, strict=True)
    return [space + cell if column[0] in _RIGHT else cell + space for cell, space in pairs]


def _line(cells: tuple[str, ...], above: int, limit: int | None) -> str:
    """The cells; those behind `above` on a line of their own, as on a narrow terminal."""
    line = _cut("  ".join(cells[:above]).rstrip(), limit)
    if above == len(cells):
        return line
    return line + "\n" + _cut(" " * _INDENT + "  ".join(cells[above:]).strip(), limit)


def _cut(line: str, limit: int | None) -> str:
    if limit is None or len(line) * 2 <= limit or cell_len(line) <= limit:
        return line
    return set_cell_size(line, limit - 1) + "…"


def _digits(found: list[Entry]) -> int:
    """So many digits of the hashes that no two are alike."""
    digests = [one.row.sha256 for one in found]
    return next(n for n in range(DIGITS, 65) if len({digest[:n] for digest in digests}) == len(digests))
