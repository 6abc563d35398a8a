"""Modules that stay the runtime's own with a few names replaced: sys, os, vfs, gc, micropython; and print()."""

import builtins
import gc
import io
import os
import sys

import micropython
import vfs

import board
from virtual import clock

# Where the firmware of the source tree and the virtual board itself are mounted; a chip has no such folders, so nobody
# sees them.
FROZEN = "/.frozen"
STAND_INS = "/.virtual"
_OWN_FRAME = '  File "virtual.'  # in a traceback: nothing that a chip would show

MACHINE = "Virtual board with " + board.CHIP.upper()

port = stdout = None  # set by the start
gc_us = 2000  # of collecting garbage


class Instead:
    """A module with some names replaced."""

    def __init__(self, module, names):
        self._module = module
        for name in names:
            setattr(self, name, names[name])

    def __getattr__(self, name):
        return getattr(self._module, name)


class Later:
    """A module of the virtual board that is loaded when something in it is asked for."""

    def __init__(self, name):
        self._name = name

    def __getattr__(self, name):
        return fetch(self._name, name)


def fetch(place, name):
    """What a module of the virtual board calls so; it is loaded if it is not."""
    return getattr(__import__("virtual." + place, None, None, (name,)), name)


def print_exception(error, file=None):
    file = file or stdout
    try:
        text = io.StringIO()
        sys.print_exception(error, text)
        lines = text.getvalue().split("\n")
        file.write("\n".join([line for line in lines if not line.startswith(_OWN_FRAME)]))
    except MemoryError:
        sys.print_exception(error, file)


def print_(*values, sep=" ", end="\n", file=None):
    (file or stdout).write(sep.join([str(value) for value in values]) + end)


def input_(prompt=""):
    return fetch("streams", "ask")(port, stdout.buffer, prompt)


def show(value):
    if value is not None:
        print_(repr(value))


def kbd_intr(char):
    port.interrupt_char = char


def collect():
    gc.collect()
    clock.stall(gc_us)
    clock.spend(0)


def ilistdir(path=""):
    entries = os.ilistdir(path) if path else os.ilistdir()
    return (entry for entry in entries if "/" + entry[0] not in (FROZEN, STAND_INS))


def listdir(path=""):
    return [entry[0] for entry in ilistdir(path)]


def mount(*what, **options):
    if what:
        return vfs.mount(*what, **options)
    return [entry for entry in vfs.mount() if entry[1] not in (FROZEN, STAND_INS)]


def sync():
    pass


def uname():
    from collections import namedtuple

    release = ".".join([str(n) for n in sys.implementation[1][:3]])
    names = ("sysname", "nodename", "release", "version", "machine")
    return namedtuple("", names)("esp32", "esp32", release, sys.version.split("; ")[-1], MACHINE)


def install(stdin):
    """Put the stand-ins where `import` finds them."""
    clock.report = print_exception
    builtins.print = print_
    builtins.input = input_
    builtins.__repl_print__ = show
    names = {"stdin": stdin, "stdout": stdout, "stderr": stdout, "platform": "esp32"}
    names["print_exception"] = print_exception
    modules = sys.modules
    modules["os"] = Instead(
        os, {"ilistdir": ilistdir, "listdir": listdir, "mount": mount, "uname": uname, "sync": sync}
    )
    modules["vfs"] = Instead(vfs, {"mount": mount})
    modules["gc"] = Instead(gc, {"collect": collect})
    modules["micropython"] = Instead(micropython, {"kbd_intr": kbd_intr})
    modules["neopixel"] = Later("neopixel")
    for name, place in (("machine", "machine"), ("esp32", "esp32"), ("time", "times"), ("select", "polling")):
        modules[name] = __import__("virtual." + place, None, None, (place,))
    modules["sys"] = Instead(sys, names)
