"""Boots the virtual board as the chip boots: boot.py, main.py, then the prompt."""

import gc
import sys

from virtual import clock, host, start


def run(settings):
    """Never returns: a reset or the end of the world ends the process."""
    global start
    port = start.power_on(settings)
    is_raw = settings["is_raw_repl"]
    settings.clear()
    start = sys.modules["virtual"].start = None
    del sys.modules["virtual.start"]
    gc.collect()
    if _run(port, "boot") and not is_raw:
        _run(port, "main")
    _prompt()(port, is_raw)


def _prompt():
    """The chip has its prompt in ROM; here it takes heap, for which a program that has filled it must make way."""
    gc.collect()
    try:
        from virtual import repl
    except MemoryError:
        _clear()
        from virtual import repl
    return repl.run


def _clear():
    """Take away what main.py left: if it failed, it is only known as the program that ran."""
    for name in ("main", "__main__"):
        if name in sys.modules:
            sys.modules.pop(name).__dict__.clear()
    gc.collect()


def _run(port, name):
    """Run a script as `__main__`; false if it ended with an exception."""
    port.interrupt_char = 3
    error = None
    try:
        __import__(name, None, None, False)
    except SystemExit:
        from virtual import chip

        chip.soft_reset()
    except BaseException as caught:
        if not _is_missing(caught, name):
            error = caught
    port.interrupt_char = -1
    clock.forget_interrupt()
    if error:
        _tell_end(error)
        try:
            clock.report(error)
        except MemoryError:  # which the chip's own report would not need
            _clear()
            clock.report(error)
    return not error


def _tell_end(error):
    """A program that ends with an exception leaves the prompt, as on the chip; whoever runs a trace must know."""
    if isinstance(error, KeyboardInterrupt):
        return
    gc.collect()
    try:
        line = ("%s: %s" % (type(error).__name__, error)).encode()
    except MemoryError:
        line = b"MemoryError"
    host.record(host.DIED, line)


def _is_missing(error, name):
    return isinstance(error, ImportError) and error.args[0] == "no module named '%s'" % name
