"""The archive as the place that a pull fills."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dermaroller import receipts
from dermaroller.archive import place, shelf
from dermaroller.archive.lock import Lock
from dermaroller.archive.store import Archive
from dermaroller.device import Device, Listed
from dermaroller.held import Held
from dermaroller.transfer import Progress, fetch


class ArchiveStore:
    """See dermaroller.held.Store."""

    def __init__(self, root: Path) -> None:
        self._archive = Archive(root)

    @property
    def path(self) -> Path:
        return self._archive.root

    def look_up(self, device_id: str, sessions: Iterable[Listed]) -> dict[int, Held]:
        found = {}
        with self._archive.reading() as index:
            for one in sessions:
                known = index.of_number(device_id, one.id, one.size_bytes)
                here = [place.file_of(self.path, each.sha256) for each in known if each.forgotten_at is None]
                forgotten = tuple((each.sha256, each.forgotten_at) for each in known if each.forgotten_at is not None)
                found[one.id] = Held(here[0] if here else None, forgotten)
        return found

    def pull(self, device: Device, device_id: str, listed: Listed, progress: Progress) -> tuple[Path, bool]:
        digest = device.sha256(listed.id)
        if shelf.holds(self.path, digest):
            progress(listed.size_bytes)
            return self._keep(None, digest, device_id, listed)
        with shelf.writing(self.path), self._part(digest, device_id) as part:
            fetch(device, listed, part, digest, progress)
            return self._keep(part, digest, device_id, listed)

    def add_receipt(self, kind: str, device_id: str, **details: Any) -> None:
        with self._archive.changing():
            self._archive.add_receipt(kind, device_id, **details)

    def _keep(self, part: Path | None, digest: str, device_id: str, listed: Listed) -> tuple[Path, bool]:
        with self._archive.changing() as index:
            path = place.file_of(self.path, digest)
            is_new = not shelf.holds(self.path, digest)
            if is_new and part:
                shelf.put_part(self.path, part, digest)
            elif part:  # another process was faster
                part.unlink()
            if is_new or not index.of_number(device_id, listed.id, listed.size_bytes) or not index.has_arrived(digest):
                self._archive.add_receipt(
                    receipts.PULL, device_id, session=listed.id, bytes=listed.size_bytes, sha256=digest,
                    file=path.relative_to(self.path).as_posix(),
                )  # fmt: skip
        return path, is_new

    @contextmanager
    def _part(self, digest: str, device_id: str) -> Iterator[Path]:
        """A file for what comes. It stays if the pull breaks, unless another process pulls from this device too."""
        folder = self.path / place.INCOMING
        folder.mkdir(exist_ok=True)
        safe_id = "".join(c for c in device_id if c.isalnum()) or "device"
        lock = Lock(folder / f"{safe_id}.lock")
        is_ours = lock.try_to_take()
        if is_ours:
            part = folder / f"{digest}.part"
        else:
            handle, name = tempfile.mkstemp(suffix=".part", dir=folder)
            os.close(handle)
            part = Path(name)
        try:
            yield part
        finally:
            lock.__exit__()
            if not is_ours:
                part.unlink(missing_ok=True)
