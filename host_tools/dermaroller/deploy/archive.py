"""The application as one file, from which the device imports: to find one of 59 files takes littlefs hundreds of reads.

Byte of an archive
0  u32    CRC32 of all that follows
4  u32    bytes of the index
8  index  a line feed, then a line "PATH START SIZE" for each module, START in six digits
.. the modules, one after the other

`firmware/boot.py` mounts it; `look.py` and `assemble.py` in `on_device` read and write it.
"""

from __future__ import annotations

import struct
from binascii import crc32
from collections.abc import Mapping

_HEAD = struct.Struct("<II")


def pack(modules: Mapping[str, bytes]) -> bytes:
    """An archive of modules by their paths, in the order of their paths."""
    return head(modules) + body(modules, modules)


def head(modules: Mapping[str, bytes]) -> bytes:
    """What an archive of these modules begins with, up to its first module."""
    index = _index(modules)
    behind = struct.pack("<I", len(index)) + index + body(modules, modules)
    return struct.pack("<I", crc32(behind)) + behind[: 4 + len(index)]


def body(modules: Mapping[str, bytes], names: Mapping[str, object] | list[str]) -> bytes:
    """The named ones of the modules as they follow each other."""
    return b"".join(modules[name] for name in sorted(names))


def _index(modules: Mapping[str, bytes]) -> bytes:
    size = 1 + sum(len(_line(name, 0, modules[name])) for name in modules)
    start = _HEAD.size + size
    lines = [b"\n"]
    for name in sorted(modules):
        lines.append(_line(name, start, modules[name]))
        start += len(modules[name])
    return b"".join(lines)


def _line(name: str, start: int, content: bytes) -> bytes:
    return f"{name} {start:06} {len(content)}\n".encode("ascii")
