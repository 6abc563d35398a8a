"""A plain folder of pulled session files; each gets its final name only once its SHA-256 has been checked."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from dermaroller.device import Device, Listed
from dermaroller.errors import IntegrityError

_TRIES = 2  # of a whole session whose hash is not the device's
Progress = Callable[[int], None]  # called with the number of bytes that have come in addition


def known_file(folder: Path, device_id: str, listed: Listed) -> Path | None:
    """The file that holds this session already: same device, number and size."""
    for path in sorted(folder.glob(f"{_stem(device_id, listed)}*.drl")):
        if path.stat().st_size == listed.size_bytes:
            return path
    return None


def sha256_of(path: Path) -> str:
    """The digest of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def pull(device: Device, device_id: str, listed: Listed, folder: Path, progress: Progress = lambda n: None) -> Path:
    """Bring one session into the folder, going on where an earlier try stopped; return its file.

    IntegrityError if what came is not what the device holds.
    """
    stem = _stem(device_id, listed)
    part = folder / f"{stem}.part"
    expected = device.sha256(listed.id)
    for _ in range(_TRIES):
        digest = _fetch(device, listed, part, progress)
        if digest == expected:
            break
        part.unlink()  # perhaps it began as the rest of a broken transfer of something else
        progress(-listed.size_bytes)
    else:
        raise IntegrityError(
            f"session {listed.id} of {device.name} came with SHA-256 {digest[:12]}, "
            f"the device has {expected[:12]}. Pull it again."
        )
    path = folder / f"{stem}.drl"
    if path.exists():  # a device that was wiped numbers its sessions from 1 again
        path = folder / f"{stem}-{digest[:8]}.drl"
    os.replace(part, path)
    _sync_folder(folder)
    return path


def _stem(device_id: str, listed: Listed) -> str:
    safe_id = "".join(c for c in device_id if c.isalnum()) or "device"
    return f"{safe_id}-{listed.id:05d}"


def _fetch(device: Device, listed: Listed, part: Path, progress: Progress) -> str:
    """Complete the part file; return its SHA-256."""
    with part.open("ab") as file:
        have = file.tell()
        if have > listed.size_bytes:
            file.truncate(0)
            have = 0
        progress(have)
        for chunk in device.read_range(listed.id, have, listed.size_bytes):
            file.write(chunk)
            progress(len(chunk))
        file.flush()
        os.fsync(file.fileno())
    return sha256_of(part)


def _sync_folder(folder: Path) -> None:
    """Make the new name itself durable, where the system can."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
