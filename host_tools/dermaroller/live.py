"""The virtual board's light and counters in the terminal while a trace is rolled."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from dermaroller.output import plural
from dermaroller.show import clock

REFRESH_HZ = 12


class LightView:
    """A coloured light with its name, the time rolled, and the counters.

    A context manager; `update` is what sim.run wants as `progress`.
    """

    def __init__(self, console: Console, end_s: float) -> None:
        self._end_s = end_s
        self._t_s = 0.0
        self._rgb: tuple[int, ...] = (0, 0, 0)
        self._state = ""
        self._flashes = 0
        self._counters: Mapping[str, int] = {}
        self._live = Live(get_renderable=self.view, console=console, refresh_per_second=REFRESH_HZ)

    def update(self, t_s: float, counters: Mapping[str, int] | None, led: Mapping[str, Any] | None) -> None:
        """Take what the board reported: the trace's time, and counters or a change of the light."""
        self._t_s = t_s
        if counters is not None:
            self._counters = counters
        if led is not None:
            self._take_light(str(led["state"]), tuple(led["rgb"]))

    def view(self) -> RenderableType:
        """Two lines: time and light, then counters."""
        top = Table.grid(padding=(0, 2))
        top.add_row(
            Text(f"{clock(min(self._t_s, self._end_s))} / {clock(self._end_s)}"),
            ProgressBar(total=self._end_s, completed=min(self._t_s, self._end_s), width=24, complete_style="cyan"),
            Text.assemble(("●", f"rgb({self._rgb[0]},{self._rgb[1]},{self._rgb[2]})"), f" {self._name():13}"),
            Text(plural(self._flashes, "pass flash", "pass flashes")),
        )
        counters = "   ".join(f"{name.replace('_', ' ')} {n}" for name, n in sorted(self._counters.items()) if n)
        return Group(top, Text(f"   counters: {counters or 'all zero'}", style="dim"))

    def _take_light(self, state: str, rgb: tuple[int, ...]) -> None:
        if state != self._state:
            self._flashes += state == "pass_counted"
        self._state = state
        if any(rgb):  # the dark part of a rhythm would only flicker here
            self._rgb = _bright(rgb)

    def _name(self) -> str:
        return self._state.replace("_", " ") or "dark"

    def __enter__(self) -> "LightView":
        self._live.start(refresh=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()


def _bright(rgb: tuple[int, ...]) -> tuple[int, ...]:
    """The same hue as bright as a terminal can show it: on skin a dim light is seen, on a screen it is black."""
    return tuple(255 * value // max(rgb) for value in rgb)
