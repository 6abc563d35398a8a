"""Runs on the device: tells what it is and what it holds, a JSON object a line."""

import hashlib
import json
import os
import struct
import sys
from binascii import crc32, hexlify


def main(folders):
    names = os.listdir("/")
    print(json.dumps(device(names)))
    for folder in folders:
        held = os.listdir("/" + folder) if folder in names else ()
        if (
            "main.mpy" in held
        ):  # as older tools left it, a file for each module: it starts, and is nothing to go on from
            tell(folder, "index", "", True)
        elif "boot.mpy" in held and "app.bin" in held:
            show(folder, "/" + folder)


def device(names):
    stat = os.statvfs("/")
    return {
        "version": sys.implementation[1][:3],
        "mpy": getattr(sys.implementation, "_mpy", 0),
        "machine": os.uname()[4],
        "free_bytes": stat[0] * stat[3],
        "active": text("/app.txt"),
        "loader": text("/main.py"),
        "sessions": sum([sessions("/log/" + name) for name in os.listdir("/log")]) if "log" in names else 0,
    }


def sessions(path):
    """How many sessions a file of /log holds: one, or as many as the blocks of a box that say so (roller/stream.py)."""
    if not path.endswith(".box"):
        return 1
    found = start = place = 0
    size = os.stat(path)[6]
    with open(path, "rb") as file:
        while start < size:
            pointers = 0
            while place and place % (1 << pointers) == 0:
                pointers += 1
            file.seek(start + 32 - 4 * pointers)
            look = file.read(65)
            if look[:2] == b"\x55\x5e" and look[4:6] == b"\0\0" and look[64] == 0xFF:
                found += 1
            start += 4096 - 4 * pointers
            place += 1
    return found


def show(folder, path):
    """Each module of a copy with its SHA-256, as far as the archive's index can be read; at the end that itself."""
    with open(path + "/boot.mpy", "rb") as file:
        tell(folder, "boot.mpy", digested(file, 4096, 0)[0], False)
    with open(path + "/app.bin", "rb") as file:
        head = file.read(8)
        index = file.read(min(struct.unpack("<I", head[4:])[0], 4096)) if len(head) == 8 else b""
        crc = crc32(index, crc32(head[4:]))
        for line in index.split(b"\n")[1:-1]:
            try:
                name, _, size = line.decode().split()
                sha, crc = digested(file, int(size), crc)
            except ValueError:
                return
            tell(folder, name, sha, False)
        sha = hashlib.sha256(head)
        sha.update(index)
        tell(folder, "index", hexlify(sha.digest()).decode(), struct.pack("<I", crc) == head[:4] and not file.read(1))


def tell(folder, path, sha256, is_whole):
    print(json.dumps({"folder": folder, "path": path, "sha256": sha256, "is_whole": is_whole}))


def digested(file, size, crc):
    """The SHA-256 of the next bytes, and the CRC32 continued by them."""
    sha = hashlib.sha256()
    chunk = memoryview(bytearray(512))
    while size:
        n = file.readinto(chunk[: min(size, 512)])
        if not n:
            break
        sha.update(chunk[:n])
        crc = crc32(chunk[:n], crc)
        size -= n
    return hexlify(sha.digest()).decode(), crc


def text(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return None
