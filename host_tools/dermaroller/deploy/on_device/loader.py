"""Starts the application in the folder that app.txt names, or the other copy if it is damaged; brought by deploying."""

import io
import os
import struct
import sys
from binascii import crc32


class Reader(io.IOBase):
    """The one module that is being imported. It reads on beyond its end, of which importing takes no notice."""

    def __init__(self, file):
        self.readinto = file.readinto

    def ioctl(self, request, argument):
        return 255 if request == 11 else 0  # so many bytes at once; closing comes to nothing


class Archive:
    """app.bin as a file system to import from. It must be no stream: MicroPython would take it for a native one."""

    def __init__(self, path):
        self.file = file = open(path, "rb")
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
        self.index = file.read(size).decode()
        self.reader = Reader(file)

    def mount(self, is_readonly, is_new):
        pass

    def umount(self):
        pass

    def stat(self, path):
        name = "\n" + path[1:]
        if name + " " in self.index:
            return (0x8000,) + (0,) * 9
        if name + "/" in self.index:
            return (0x4000,) + (0,) * 9
        raise OSError(2)

    def open(self, path, mode):
        self.stat(path)
        name = "\n" + path[1:] + " "
        start = self.index.find(name) + len(name)
        self.file.seek(int(self.index[start : start + 6]))
        return self.reader


def ready(folder):
    """Where to import the copy in this folder from."""
    if "main.mpy" in os.listdir(folder):
        return folder  # a file for each module, as older tools left it
    os.mount(Archive(folder + "/app.bin"), "/app")
    return "/app"


def find():
    with open("/app.txt") as file:
        first = file.read()
    for name in (first, "app_a" if first == "app_b" else "app_b"):
        try:
            return ready("/" + name)
        except (OSError, ValueError) as error:
            print("the application in /%s cannot start: %s" % (name, error))
    raise RuntimeError("no application is whole: bring it with make deploy")


sys.path.insert(0, find())
for name in ("boot", "main"):  # the application's own, not those beside this file
    sys.modules.pop(name, None)
    __import__(name)
