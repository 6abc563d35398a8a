"""What a place that keeps sessions, a folder or the archive, must offer to whoever pulls and erases."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from dermaroller.device import Device, Listed
from dermaroller.transfer import Progress


@dataclass(frozen=True)
class Held:
    """What is here of one number and size. forgotten: {SHA-256: when} of sessions that were here once."""

    path: Path | None = None
    forgotten: tuple[tuple[str, str], ...] = ()


class Store(Protocol):
    """A place that keeps sessions."""

    @property
    def path(self) -> Path: ...

    def look_up(self, device_id: str, sessions: Iterable[Listed]) -> dict[int, Held]:
        """What of a device's sessions is here, by their numbers; nothing is told of the others."""

    def pull(self, device: Device, device_id: str, listed: Listed, progress: Progress) -> tuple[Path, bool]:
        """Bring a session, and leave a receipt: (its file, whether it is new here).

        IntegrityError if what came is not what the device holds.
        """

    def add_receipt(self, kind: str, device_id: str, **details: Any) -> None:
        """Append a receipt."""
