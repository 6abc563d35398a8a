"""A plain folder of pulled session files; each gets its final name only once its SHA-256 has been checked."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dermaroller import receipts
from dermaroller.device import Device, Listed
from dermaroller.files import sha256_of, sync_folder
from dermaroller.held import Held
from dermaroller.transfer import Progress, fetch


class Folder:
    """Keeps what is pulled as `<device>-<number>.drl`, beside its receipts."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def look_up(self, device_id: str, sessions: Iterable[Listed]) -> dict[int, Held]:
        """What of these is here."""
        found = {one.id: known_file(self.path, device_id, one) for one in sessions}
        return {number: Held(path) for number, path in found.items() if path}

    def pull(self, device: Device, device_id: str, listed: Listed, progress: Progress) -> tuple[Path, bool]:
        """Bring one session; (its file, True)."""
        path = pull(device, device_id, listed, self.path, progress)
        details: dict[str, Any] = {"session": listed.id, "bytes": listed.size_bytes, "sha256": sha256_of(path)}
        self.add_receipt(receipts.PULL, device_id, **details, file=path.name)
        return path, True

    def add_receipt(self, kind: str, device_id: str, **details: Any) -> None:
        receipts.add(self.path, kind, device_id, **details)


def known_file(folder: Path, device_id: str, listed: Listed) -> Path | None:
    """The file that holds this session already: same device, number and size."""
    for path in sorted(folder.glob(f"{_stem(device_id, listed)}*.drl")):
        if path.stat().st_size == listed.size_bytes:
            return path
    return None


def pull(device: Device, device_id: str, listed: Listed, folder: Path, progress: Progress = lambda n: None) -> Path:
    """Bring one session into the folder, going on where an earlier try stopped; return its file.

    IntegrityError if what came is not what the device holds.
    """
    stem = _stem(device_id, listed)
    part = folder / f"{stem}.part"
    digest = device.sha256(listed.id)
    fetch(device, listed, part, digest, progress)
    path = folder / f"{stem}.drl"
    if path.exists():  # a device that was wiped numbers its sessions from 1 again
        path = folder / f"{stem}-{digest[:8]}.drl"
    os.replace(part, path)
    sync_folder(folder)
    return path


def _stem(device_id: str, listed: Listed) -> str:
    safe_id = "".join(c for c in device_id if c.isalnum()) or "device"
    return f"{safe_id}-{listed.id:05d}"
