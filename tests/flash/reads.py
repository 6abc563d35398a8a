"""Counts what an operation of the store costs in flash: on the virtual board's littlefs, under MicroPython.

micropython reads.py IMAGE FIRMWARE VIRTUAL: a line of JSON, {operation: {"reads": n, "programs": n, "erases": n}}
"""

import json
import os
import sys

image, firmware, boards = sys.argv[1:4]
sys.path[:] = [firmware, boards, ".frozen"]
from virtual import clock, flash  # noqa: E402
from virtual.partition import Partition  # noqa: E402

counted = {}
reads = 0
read = flash.read


def counting(address, buffer):
    global reads
    reads += 1
    read(address, buffer)


def count(name, function, *args):
    global reads
    reads = 0
    programs, erases = flash.operations, flash.erases
    result = function(*args)
    erased = flash.erases - erases
    counted[name] = {"reads": reads, "programs": flash.operations - programs - erased, "erases": erased}
    return result


flash.open_file(image)
flash.read = counting
clock.stall = lambda us: None
clock.flash_done = lambda: None
from roller import area, store  # noqa: E402

partition = Partition("vfs")


def mount():
    os.mount(partition, "/flash")


def boot():
    return store.SessionStore(area.of_device(partition, "/flash/log"), "/flash/log", 0, lambda n: None)


def allocate():
    with open("/flash/plan.new", "wb") as file:
        file.write(bytes(600))
    os.remove("/flash/plan.new")


def read_all(session):
    buf = bytearray(512)
    n = 0
    with sessions.open_file(session) as file:
        while file.readinto(buf) == 512:
            n += 1
    return n


count("mount", mount)
sessions = count("boot", boot)
count("first allocation", allocate)
first = sessions.page(0, 1)[0][0] if sessions.count() else 0
count("page", sessions.page, first, 12)
count("last page", sessions.page, first + sessions.count() - 12, 12)
count("sha of 2.7 KB", read_all, first)
writer = count("create", sessions.create, sessions.new_number())
count("make room", sessions.make_room)
count("header", writer.write, bytes(1900))
count("data", writer.write, bytes(2000))
count("block end", writer.write, bytes(2000))
count("finish", sessions.finish, writer.session)
count("confirm", sessions.confirm, writer.session)
count("remove", sessions.remove, writer.session)
count("tidy", sessions.tidy)
counted["sessions"] = sessions.count()
print(json.dumps(counted))
