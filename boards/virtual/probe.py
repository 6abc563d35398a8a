"""Watches the heap, each second, for who wants to know the least that a run leaves of it. Loaded only if asked for."""

from virtual import clock
from virtual.host import gc  # the runtime's own, which takes no time

_STEP_BYTES = 64
_RETRY_US = 330  # not in step with a sampling timer

least_free = 0
least_block = 0  # the largest that could be had in one piece

_tell = None


def start():
    """To be called when everything else is set up; the first look is a second later."""
    global _tell
    _tell = clock.handlers[clock.HOST]
    clock.handlers[clock.HOST] = _look


def _look(slot):
    global least_free, least_block
    if clock.in_callback:  # the heap may be locked
        clock.due[slot] += _RETRY_US
        return
    _tell(slot)
    gc.collect()
    free = gc.mem_free()
    least_free = min(least_free or free, free)
    least_block = least_block or free
    while not _can_have(least_block):
        least_block -= _STEP_BYTES
    gc.collect()


def _can_have(size):
    try:
        bytearray(size)
    except MemoryError:
        return False
    return True
