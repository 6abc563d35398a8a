"""Pure instrument logic: takes values and times, imports neither machine nor time, runs on MicroPython and CPython."""

import sys


def forget(name):
    """Unload a module of this package that is needed only now and then: its heap is the sessions' until the next time.

    Such a module holds functions only, and is imported where they are called.
    """
    if sys.modules.pop("roller." + name, None):
        delattr(sys.modules["roller"], name)
