"""Bars on stderr that tell how far something is, where someone looks at them; the library is loaded only then."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from dermaroller.output import say, shows_progress

if TYPE_CHECKING:
    from rich.progress import Progress

    from dermaroller.device import Listed


class Bar:
    """How many of how many: `with Bar("checking") as progress`, then progress(done, of)."""

    def __init__(self, what: str) -> None:
        self._bar = _counting(what) if shows_progress() else None
        self._task: Any = None

    def __enter__(self) -> Callable[[int, int], None]:
        if self._bar:
            self._bar.start()
        return self._advance

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def _advance(self, done: int, of: int) -> None:
        if not self._bar:
            return
        if self._task is None:
            self._task = self._bar.add_task("", total=of)
        self._bar.update(self._task, completed=done, total=of)


class PullBar:
    """Rate and time left of all that is missing of a device's sessions. See dermaroller.pull.Progress."""

    def __init__(self) -> None:
        self._bar = _loading() if shows_progress() else None
        self._task: Any = None
        self._missing: list[Listed] = []

    def begin(self, missing: "list[Listed]") -> None:
        self._missing = missing
        if missing and self._bar:
            self._task = self._bar.add_task("", total=sum(one.size_bytes for one in missing))

    def start(self, one: "Listed") -> None:
        if self._bar:
            at = self._missing.index(one) + 1
            self._bar.update(self._task, description=f"session {one.id} ({at} of {len(self._missing)})")

    def advance(self, n: int) -> None:
        if self._bar:
            self._bar.advance(self._task, n)

    def say(self, sentence: str) -> None:
        """A sentence above the bar, not through it."""
        if self._bar:
            self._bar.console.print(f"dermaroller: {sentence}", highlight=False, soft_wrap=True)
        else:
            say(sentence)

    def __enter__(self) -> "PullBar":
        if self._bar:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()


def _counting(what: str) -> "Progress":
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)


def _loading() -> "Progress":
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    return Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True))
