"""What a handle can measure of itself, for `dermaroller selftest`: figures only, which the host judges.

What takes time is a generator, which the link lets work for a moment each turn of the loop.
"""

import gc
import os
from array import array

from roller.link import Range, Refused
from roller.services import misused

CHUNK = 512  # bytes of one write
CHUNKS = 64  # 32 KB, for which littlefs erases eight blocks
_READS = 256
_READS_A_TURN = 64  # 60 us each, and the code around them
_TURN_MS = 5
MAX_MS = 10000
_WRAP = (1 << 30) - 1

# Slots of what the watched callback counts: plain integers in an array, which take no heap.
_LAST, _N, _SHORTEST, _LONGEST, _NEAR, _COST, _MOST = range(7)
_NEAR_US = 250  # off the period of 1,000


def selftest(app, words):
    """One of the tests below, by its name, with whole numbers behind it."""
    if app.session.is_open:
        raise Refused("busy", "a session is open; end it before the test")
    test, n = TESTS.get(words[0] if words else "", (None, 0))
    numbers = [int(word) for word in words[1:] if word.isdigit() and len(word) < 8]
    if not test or len(numbers) != n:
        return misused("selftest")
    return test(app, numbers)


def adc(app, numbers):
    """Readings of the force sensor in a row, while nothing else samples: how they scatter, and how long they took."""
    hal = app.hal
    readings = array("H", bytes(2 * _READS))
    took_us = squares = 0
    hal.stop_sampling()
    try:
        for first in range(0, _READS, _READS_A_TURN):
            took_us += _read(hal, readings, first)
            yield None
    finally:  # a sensor that fails must not leave the handle deaf
        hal.start_sampling(app.sampler.tick)
    mean = sum(readings) // _READS
    for first in range(0, _READS, _READS_A_TURN):
        yield None
        squares += sum([(reading - mean) ** 2 for reading in readings[first : first + _READS_A_TURN]])
    yield {
        "n": _READS, "us": took_us, "mean_raw": mean, "min_raw": min(readings), "max_raw": max(readings),
        "squares": squares,
    }  # fmt: skip


def _read(hal, readings, first):
    """A turn's readings, into their places; the us that they took."""
    start_us = hal.ticks_us()
    for i in range(first, first + _READS_A_TURN):
        readings[i] = hal.read_force_raw()
    return hal.ticks_us() - start_us & _WRAP


def timer(app, numbers):
    """Watch the sampling callback at work: its periods and what it costs, in us."""
    hal = app.hal
    seen = array("i", [-1, 0, _WRAP, 0, 0, 0, 0])
    start_us = hal.ticks_us()
    hal.stop_sampling()
    hal.start_sampling(_watcher(hal.ticks_us, app.sampler.tick, seen))
    try:
        yield from _turns(app, numbers[0])
    finally:
        hal.stop_sampling()
        took_us = hal.ticks_us() - start_us & _WRAP
        hal.start_sampling(app.sampler.tick)
    yield {
        "us": took_us, "n": seen[_N], "near": seen[_NEAR], "shortest_us": seen[_SHORTEST], "longest_us": seen[_LONGEST],
        "cost_us": seen[_COST], "most_us": seen[_MOST],
    }  # fmt: skip


def _watcher(ticks_us, tick, seen):
    def watch(which):
        begun_us = ticks_us()
        tick(which)
        cost_us = ticks_us() - begun_us & _WRAP
        seen[_COST] += cost_us
        seen[_MOST] = max(seen[_MOST], cost_us)
        if seen[_N]:
            step_us = begun_us - seen[_LAST] & _WRAP
            seen[_SHORTEST] = min(seen[_SHORTEST], step_us)
            seen[_LONGEST] = max(seen[_LONGEST], step_us)
            seen[_NEAR] += 1 if abs(step_us - 1000) <= _NEAR_US else 0
        seen[_LAST] = begun_us
        seen[_N] += 1

    return watch


def _turns(app, duration_ms):
    """Yield None for so long, and let the callbacks work."""
    ticks_us = app.hal.ticks_us
    start_us = ticks_us()
    while ticks_us() - start_us & _WRAP < min(duration_ms, MAX_MS) * 1000:
        app.hal.wait(_TURN_MS)
        yield None


def flash(app, numbers):
    """Write a file and read it again: the us of each write, of the closing, of the reading; and how many pieces were
    the same. `bytes` sends it, `end` removes it.
    """
    stat = os.statvfs("/")
    if stat[0] * stat[3] < 4 * CHUNKS * CHUNK:
        raise Refused("full", "the flash is too full to be tested; pull the sessions and erase them")
    ticks_us = app.hal.ticks_us
    chunk = bytearray(CHUNK)
    write_us = []
    with open(_path(app), "wb") as f:
        for i in range(CHUNKS):
            fill(chunk, i)
            yield None
            start_us = ticks_us()
            f.write(chunk)
            write_us.append(ticks_us() - start_us & _WRAP)
            yield None
        start_us = ticks_us()
    close_us = ticks_us() - start_us & _WRAP
    wanted = bytearray(CHUNK)
    read_us = same = 0
    with open(_path(app), "rb") as f:
        for i in range(CHUNKS):
            fill(wanted, i)
            yield None
            start_us = ticks_us()
            f.readinto(chunk)
            read_us += ticks_us() - start_us & _WRAP
            same += chunk == wanted
            yield None
    yield {"write_us": write_us, "close_us": close_us, "read_us": read_us, "same": same}


def fill(chunk, i):
    """The bytes of the i-th piece: each piece has others."""
    for at in range(len(chunk)):
        chunk[at] = at * 7 + (at >> 8) + i * 13 & 255


def stored(app, numbers):
    """A stretch of the file that `flash` left."""
    return Range(open(_path(app), "rb"), numbers[0], numbers[1])


def _path(app):
    return app.plan_path.rpartition("/")[0] + "/selftest.bin"


def heap(app, numbers):
    """Bytes free, and in the largest block that can be had, to 64 bytes, found by halving."""
    gc.collect()
    yield None
    free = gc.mem_free()
    low, high = 0, free
    while high - low > 64:
        yield None
        middle = (low + high) // 2
        if _has_block(middle):
            low = middle
        else:
            high = middle
        yield None
        gc.collect()
    yield {"free": free, "largest": low}


def _has_block(size):
    """Whether the heap has room for so many bytes in a row, without collecting garbage for it."""
    gc.disable()
    try:
        bytearray(size)
    except MemoryError:
        return False
    finally:
        gc.enable()
    return True


def light(app, numbers):
    """Show a colour for so long, whatever else there is to be shown."""
    hal = app.hal
    red, green, blue, duration_ms = numbers
    for _ in _turns(app, duration_ms):
        hal.show((red, green, blue), 8, False)
        yield None
    feedback = app.feedback
    hal.show(feedback.colour, feedback.lit, feedback.is_buzzing)
    yield {"rgb": [red, green, blue]}


def end(app, numbers):
    """Remove what the tests left."""
    try:
        os.remove(_path(app))
    except OSError:
        pass  # there was none
    return {}


# By name, with how many numbers stand behind it.
TESTS = {
    "adc": (adc, 0),
    "timer": (timer, 1),
    "flash": (flash, 0),
    "bytes": (stored, 2),
    "heap": (heap, 0),
    "light": (light, 4),
    "end": (end, 0),
}
