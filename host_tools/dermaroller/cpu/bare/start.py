"""micropython start.py FIRMWARE SCENE FROM_MS TO_MS HOW [CHARGES]: runs the firmware's own main.py, and marks places.

HOW: "edges" marks both times, "turns" each turn between them as well; "tell" marks nothing, but prints what was called
and charged until each turn. CHARGES: a file of JSON with what each site charges, for firmware that was compiled to
charge by site.
micropython start.py - SHORT,LONG STUB...: calls each of these functions of `scene` so often, in two children that end
at a mark of their own.
"""

import gc
import os
import sys
from collections import namedtuple

_HERE = sys.argv[0].rpartition("/")[0] or "."
_arguments = sys.argv[1:]
sys.path[:] = [_HERE, _arguments[0]]
import scene  # noqa: E402

from esp32 import Partition  # noqa: E402


class Instead:
    """A module with some names replaced."""

    def __init__(self, module, **names):
        self._module = module
        for name in names:
            setattr(self, name, names[name])

    def __getattr__(self, name):
        return getattr(self._module, name)


class Port:
    def __init__(self):
        self.buffer = self
        self.readinto = scene.read_byte
        self.write = scene.write


def call_all(counts, stubs):
    gc.disable()  # a collection in some of the calls would be taken for theirs
    scene.begin("slow")
    scene.now_us = 2_000_000
    for stub in stubs:
        for n in counts.split(","):
            child = scene.fork()
            if not child:
                call(stub, int(n))
                scene.end(0)
            scene.wait(child, None, 0)


def call(stub, n):
    """The function so often, or one of the interpreter's own that does nothing either."""
    places = {"native": "1".isdigit, "tick": scene.pass_time, "no_tick": scene.pass_time}
    function = places.get(stub) or getattr(scene, stub)
    room = bytearray(1)
    page = bytearray(256)
    scene.callback = id if stub == "tick" else None
    scene.asked = b"x" * n
    given = {
        "set_duty": (0,),
        "read_byte": (room,),
        "write": (b"",),
        "rest": (0,),
        "tick": (1000,),
        "no_tick": (0,),
        "read_flash": (9, page, 0),
        "program_flash": (9, page, 0),
        "ask_flash": (4, 0),
    }.get(stub, ())
    i = 0
    while i < n:
        function(*given)
        i += 1


def uname():
    """As a chip has it; only the length of the texts weighs."""
    names = ("sysname", "nodename", "release", "version", "machine")
    return namedtuple("uname", names)("esp32", "esp32", "1.25.0", "v1.25.0", "Generic ESP32 module with ESP32")


def run(name, from_ms, to_ms, how, charges=None):
    scene.begin(name, int(from_ms), int(to_ms))
    scene.is_each = how != "edges"
    scene.tells = how == "tell"
    if charges:
        import builtins
        import json
        from array import array

        with open(charges) as file:
            scene.charges = array("i", json.load(file))
        scene.count_of_site = array("i", [0] * len(scene.charges))
        builtins.__work__ = builtins.__branch__ = scene.charge
    sys.modules["sys"] = Instead(sys, stdin=Port(), stdout=Port())
    sys.modules["gc"] = Instead(gc, collect=scene.collect)
    sys.modules["os"] = Instead(os, uname=uname)
    places = (("/.firmware", _arguments[0]), ("/.bare", _HERE))
    mounts = [
        (place, os.VfsPosix(path if path.startswith("/") else os.getcwd() + "/" + path)) for place, path in places
    ]
    flash = Partition()
    os.VfsLfs2.mkfs(flash)
    os.umount("/")
    os.mount(flash, "/")
    for place, files in mounts:
        os.mount(files, place)
    os.chdir("/")
    sys.path[:] = ["/.bare", "/.firmware"]
    __import__("main", None, None, False)


if _arguments[0] == "-":
    call_all(_arguments[1], _arguments[2:])
else:
    run(*_arguments[1:])
