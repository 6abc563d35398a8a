"""Mounts the application's archive, if deploying has put it beside this file: what comes next is imported from there.

That one is damaged if its CRC32 says so; then the other copy starts, if it is whole. What stands in an archive is told
in host_tools/dermaroller/deploy/archive.py. At the root of a chip this file does nothing.
"""

import io
import os
import struct
import sys
from binascii import crc32

_BUFFER_SIZE = 11  # of ioctl: how many bytes to read at once


class Module(io.IOBase):
    """The one that is being imported. It reads on beyond its end, of which importing takes no notice."""

    def __init__(self, file):
        self.readinto = file.readinto

    def ioctl(self, request, argument):
        return 255 if request == _BUFFER_SIZE else 0  # to close it needs nothing


class Archive:
    """A file system to import from. It must be no stream itself: MicroPython would take it for one of its own."""

    def __init__(self, path):
        self._file = file = open(path, "rb")
        crc, size = struct.unpack("<II", file.read(8))
        file.seek(4)
        found = 0
        piece = memoryview(bytearray(1024))
        n = file.readinto(piece)
        while n:
            found = crc32(piece[:n], found)
            n = file.readinto(piece)
        if found != crc:
            raise ValueError("it is damaged")
        file.seek(8)
        self._index = file.read(size).decode()
        self._module = Module(file)

    def mount(self, is_readonly, is_new):
        pass

    def stat(self, path):
        name = "\n" + path[1:]
        if name + " " in self._index:
            return (0x8000, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        if name + "/" in self._index:
            return (0x4000, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        raise OSError(2)

    def open(self, path, mode):
        self.stat(path)
        name = "\n" + path[1:] + " "
        start = self._index.find(name) + len(name)
        self._file.seek(int(self._index[start : start + 6]))
        return self._module


def find(folder):
    """Mount the archive in a folder, or in the one with the other copy; returns where."""
    for each in (folder, folder[:-1] + ("a" if folder[-1] == "b" else "b")):
        path = each + "/app.bin"
        try:
            os.mount(Archive(path), "/app")
            return "/app"
        except (OSError, ValueError) as error:
            print("%s cannot start: %s" % (path, error))
    raise RuntimeError("no copy of the application is whole: bring it with make deploy")


if sys.path[0].startswith("/app_"):
    sys.path[:] = [find(sys.path[0])]  # MicroPython looks for a file `json` each time before it takes its own
