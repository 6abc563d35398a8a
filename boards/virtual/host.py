"""The way out of the simulation: records to the program that started it, real-time pacing, and the end of a boot.

A record is a kind byte, a zero, the payload's length (u16), seconds and microseconds since the boot (u32 each), the
payload.
"""

import gc
import json
import struct
import sys
import time

from micropython import const, heap_unlock

from virtual import clock

CONSOLE = const(67)  # "C": bytes that left the serial port
LIGHT = const(76)  # "L": red, green, blue, then the state's name
PROGRESS = const(80)  # "P": sent each second; the application's counters as JSON if `live`
STEP = const(83)  # "S": in lock step, sent each millisecond; the peer answers with a length byte and so many bytes
DIED = const(68)  # "D": the last line of a traceback that ended a program; the prompt follows
EXIT = const(88)  # "X": why the boot ended and what the next one needs, as JSON

_PACE_US = const(1000)
_RETRY_US = const(330)  # not in step with a sampling timer
_LAG_US = const(100_000)
_SECOND_US = const(1_000_000)

_head = bytearray(12)
_out = None
_live = False
_real_us = _anchor_us = 0
_ticks_us = time.ticks_us
_ticks_diff = time.ticks_diff
_ticks_add = time.ticks_add
_sleep_us = time.sleep_us

port = None  # the serial port, once there is one


def open_out(path):
    global _out
    _out = open(path, "wb")


def record(kind, payload, age_us=0):
    """Report something that happened `age_us` ago (less than a second)."""
    s = clock.uptime_s()
    us = clock.now % 1_000_000 - age_us
    if us < 0:
        s -= 1
        us += 1_000_000
    struct.pack_into("<BBHII", _head, 0, kind, 0, len(payload), s, us)
    _out.write(_head)
    _out.write(payload)


def leave(reason, **details):
    """End this boot at once: nothing of the program runs any more."""
    _free_heap()
    details["reason"] = reason
    try:
        _add_ledger(details)
        record(EXIT, json.dumps(details))
    except MemoryError:
        record(EXIT, b'{"reason": "' + reason.encode() + b'"}')
    _end_process()


def _add_ledger(details):
    """What the next boot needs, and what only the board could count."""
    from virtual import flash, times

    gc.collect()
    details["heap_free"] = gc.mem_free()
    probe = sys.modules.get("virtual.probe")
    if probe:
        details["heap_least"] = (probe.least_free, probe.least_block)
    details["rtc_s"] = times.time()
    details["rtc_memory"] = times.rtc_memory.hex()
    details["received"] = bytes([port.get() for _ in range(port.waiting)]).hex()
    details["board"] = {
        "callbacks": clock.ran,
        "callbacks_dropped": clock.dropped,
        "received_dropped": port.dropped,
        "sent_lost": port.lost,
        "flash_operations": flash.operations,
        "flash_erases": flash.erases,
        "flash_programmed_bytes": flash.programmed_bytes,
        "flash_reads": flash.reads,
        "flash_read_bytes": flash.read_bytes,
    }


def _free_heap():
    """A callback may have locked the heap, perhaps twice; nobody tells how often."""
    for _ in range(4):
        try:
            bytearray(256)
            return
        except MemoryError:
            heap_unlock()


def _end_process():
    try:
        import ffi

        ffi.open(None).func("v", "_exit", "i")(0)
    except (ImportError, OSError):
        sys.exit(0)


def pace(speed_x1000):
    """Keep to real time from now on, or to a multiple of it; input is taken from the process's stdin meanwhile."""
    global _real_us, _anchor_us
    _real_us = _PACE_US * 1000 // speed_x1000
    _anchor_us = _ticks_us()
    clock.handlers[clock.HOST] = _keep_pace
    clock.set_due(clock.HOST, clock.now + _PACE_US)


def _keep_pace(slot):
    """Sleep off what virtual time is ahead, then take in what came: no more than the line carries in this time."""
    global _anchor_us
    clock.due[slot] += _PACE_US
    ahead_us = _real_us - _ticks_diff(_ticks_us(), _anchor_us)
    _anchor_us = _ticks_add(_anchor_us, _real_us)
    if ahead_us > 0:
        _sleep_us(ahead_us)
    elif ahead_us < -_LAG_US:
        _anchor_us = _ticks_us()  # this machine is too slow, or was asleep: no racing after it
    port.receive_typed(_PACE_US)


def keep_step():
    """Let a peer follow millisecond by millisecond from now on: it lives in virtual time and answers at once."""
    clock.handlers[clock.HOST] = _exchange
    clock.set_due(clock.HOST, clock.now + _PACE_US)


def _exchange(slot):
    clock.due[slot] += _PACE_US
    record(STEP, b"")
    port.receive_counted()


def report_progress(live):
    """Tell the time each second; with `live`, also the application's counters."""
    global _live
    _live = live
    clock.handlers[clock.HOST] = _tell_time
    clock.set_due(clock.HOST, clock.now + _SECOND_US)


def _tell_time(slot):
    if _live and clock.in_callback:  # the counters need the heap, which a callback may have locked
        clock.due[slot] += _RETRY_US
        return
    clock.due[slot] += _SECOND_US
    record(PROGRESS, json.dumps(application_counters()) if _live else b"")


def application_counters():
    """What the application counts, if it runs."""
    main = sys.modules.get("main")
    try:
        return main.app.counters()
    except AttributeError:
        return {}
