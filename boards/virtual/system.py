"""Modules that stay the runtime's own with a few names replaced: sys, os, gc, micropython; and the built-in print()."""

import builtins
import gc
import io
import os
import sys

import micropython
import vfs
from micropython import const

from virtual import clock, host

# Where the firmware of the source tree and the virtual board itself are mounted; a chip has no such folders, so nobody
# sees them.
FROZEN = "/.frozen"
STAND_INS = "/.virtual"
_OWN_FRAME = '  File "virtual/'  # in a traceback: nothing that a chip would show
_GC_US = const(2000)


class Instead:
    """A module with some names replaced."""

    def __init__(self, module, **names):
        self._module = module
        for name in names:
            setattr(self, name, names[name])

    def __getattr__(self, name):
        return getattr(self._module, name)


def install(port, stdin, stdout):
    """Put the stand-ins where `import` finds them."""

    def print_exception(error, file=stdout):
        try:
            text = io.StringIO()
            sys.print_exception(error, text)
            lines = text.getvalue().split("\n")
            file.write("\n".join([line for line in lines if not line.startswith(_OWN_FRAME)]))
        except MemoryError:
            sys.print_exception(error, file)

    def kbd_intr(char):
        port.interrupt_char = char

    def print_(*values, sep=" ", end="\n", file=stdout):
        file.write(sep.join([str(value) for value in values]) + end)

    def show(value):
        if value is not None:
            print_(repr(value))

    clock.report = print_exception
    builtins.print = print_
    builtins.__repl_print__ = show
    modules = {
        "sys": Instead(
            sys, stdin=stdin, stdout=stdout, stderr=stdout, platform="esp32", print_exception=print_exception
        ),
        "os": Instead(os, ilistdir=_ilistdir, listdir=_listdir, mount=_mount, uname=_uname, sync=_sync),
        "vfs": Instead(vfs, mount=_mount),
        "gc": Instead(gc, collect=_collect),
        "micropython": Instead(micropython, kbd_intr=kbd_intr),
    }
    for name in ("machine", "esp32", "neopixel"):
        modules[name] = __import__("virtual." + name, None, None, (name,))
    modules["time"] = __import__("virtual.times", None, None, ("times",))
    modules["select"] = __import__("virtual.polling", None, None, ("polling",))
    for name in modules:
        sys.modules[name] = modules[name]


def _collect():
    gc.collect()
    clock.stall(_GC_US)
    clock.spend(0)


def _ilistdir(path=""):
    entries = os.ilistdir(path) if path else os.ilistdir()
    return (entry for entry in entries if "/" + entry[0] not in (FROZEN, STAND_INS))


def _listdir(path=""):
    return [entry[0] for entry in _ilistdir(path)]


def _mount(*what, **options):
    if what:
        return os.mount(*what, **options)
    return [entry for entry in os.mount() if entry[1] not in (FROZEN, STAND_INS)]


def _sync():
    pass


def _uname():
    release = ".".join([str(n) for n in sys.implementation[1][:3]])
    return ("esp32", "esp32", release, sys.version.split("; ")[-1], "Virtual board with ESP32")


def free_bytes():
    gc.collect()
    return gc.mem_free()


host.at_exit["heap_free"] = free_bytes
