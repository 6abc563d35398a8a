"""Brings the bytes of one session into a part file, going on where an earlier try stopped."""

import os
from collections.abc import Callable
from pathlib import Path

from dermaroller.device import Device, Listed
from dermaroller.errors import IntegrityError
from dermaroller.files import sha256_of

_TRIES = 2  # of a whole session whose hash is not the device's
Progress = Callable[[int], None]  # called with the number of bytes that have come in addition


def fetch(device: Device, listed: Listed, part: Path, expected: str, progress: Progress) -> None:
    """Complete the part file, durably.

    expected: the SHA-256 that the device tells. IntegrityError if what came has another one; the part is gone then.
    """
    for _ in range(_TRIES):
        digest = _complete(device, listed, part, progress)
        if digest == expected:
            return
        part.unlink()  # perhaps it began as the rest of a broken transfer of something else
        progress(-listed.size_bytes)
    raise IntegrityError(
        f"session {listed.id} of {device.name} came with SHA-256 {digest[:12]}, "
        f"the device has {expected[:12]}. Pull it again."
    )


def _complete(device: Device, listed: Listed, part: Path, progress: Progress) -> str:
    """Return the SHA-256 of the completed part."""
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
