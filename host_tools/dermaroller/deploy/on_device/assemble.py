"""Runs on the device: makes an archive of what came over the line, and of modules that another archive has already."""

import os
import struct


def main(bundle, source, target, same):
    """bundle: the file that came, the new archive but for the modules named in `same`, which are in `source`."""
    if same:
        with open(bundle, "rb") as came, open(source, "rb") as old, open(target, "wb") as new:
            merge(came, old, new, same)
        os.remove(bundle)
    else:
        os.rename(bundle, target)


def merge(came, old, new, same):
    starts = {path: start for path, start, _ in lines(old)}
    wanted = lines(came)
    came.seek(0)
    copy(came, new, wanted[0][1])
    for path, _, size in wanted:
        if path in same:
            old.seek(starts[path])
        copy(old if path in same else came, new, size)


def lines(archive):
    """(path, start, size) of each module."""
    size = struct.unpack("<II", archive.read(8))[1]
    found = []
    start = 8 + size
    for line in archive.read(size).decode().split("\n")[1:-1]:
        path, _, size = line.split()
        found.append((path, start, int(size)))
        start += int(size)
    return found


def copy(source, target, size):
    chunk = memoryview(bytearray(1024))
    while size:
        n = source.readinto(chunk[: min(size, 1024)])
        if not n:
            raise OSError(5)
        target.write(chunk[:n])
        size -= n
