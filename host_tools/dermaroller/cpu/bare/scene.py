"""A hand and a host for firmware that is counted: as little work as can be, and how often each thing was asked for.

Time passes where the firmware waits or writes, never by itself. What the stand-ins of this folder cost is taken off
again by `dermaroller.cpu.scenes`, which calls each of them in a loop.
"""

import json
import sys
from array import array

import ffi
import uctypes

_TOUCH_MS = 200  # until then, and in the scene "air" for ever, the drum is in the air
_LIFT_MS = 1500  # in the scenes in which sessions are pulled
_STROKE_MM = 80
_TARE_RAW = 3200
_PRESS_RAW = 12000  # 2 N
_BYTE_US = 87  # at 115,200
_BLOCK = 4096
_BLOCKS = 512

now_us = 0
is_pulling = False
until_ms = 0
from_ms = 0
is_each = False  # mark each turn, not only the first
tells = False
callback = None
calls = [0] * 15  # of each function in the order of STUBS in dermaroller/cpu/scenes.py
counts_at = array("h")  # of the encoder, and readings of the force sensor, at each ms
raw_at = array("H")
marked = []  # how often each was called until each mark
charges = array("i")  # of each site
count_of_site = array("i")
charged = []  # by all sites, until each mark
all_charged = 0
sites = []  # how often each site was passed, at the first mark and at the end
asked = b""
at = 0


def begin(name, first_ms=0, ms=10000):
    global is_pulling, from_ms, until_ms
    speed_mm_s = {"air": 0, "slow": 100, "fast": 500, "pull": 100}[name]
    is_pulling = name == "pull"
    from_ms = first_ms
    until_ms = ms
    noise = _noise()
    for at_ms in range(ms + 1000):
        is_touching = speed_mm_s and at_ms >= _TOUCH_MS and not (is_pulling and at_ms >= _LIFT_MS)
        mm = (at_ms - _TOUCH_MS) * speed_mm_s // 1000 % (2 * _STROKE_MM) if is_touching else 0
        counts_at.append((mm if mm < _STROKE_MM else 2 * _STROKE_MM - mm) * 32000 // 62832)
        raw_at.append(_TARE_RAW + (_PRESS_RAW if is_touching else 0) + noise[at_ms & 63] & 0xFFF0)


def _noise():
    """About that of the virtual board."""
    seed = 1
    noise = []
    for _ in range(64):
        sum_of = 0
        for _ in range(3):
            seed = (seed * 171 + 11) % 30269
            sum_of += seed
        noise.append((sum_of - 45403) * 120 // 15150)
    return noise


def mark():
    """Let a child end here, so that what was counted until now is told."""
    if tells:
        marked.append(list(calls))
        charged.append(all_charged)
        return
    child = fork()
    if not child:
        end(0)
    wait(child, None, 0)


def ticks_us():
    calls[0] += 1
    return now_us & 0x3FFFFFFF


def ticks_ms():
    calls[1] += 1
    return now_us // 1000


def read_count():
    calls[2] += 1
    return counts_at[now_us // 1000]


def read_force():
    calls[3] += 1
    return raw_at[now_us // 1000]


def read_pin():
    calls[4] += 1
    return 0 if is_pulling and 1_700_000 < now_us < 3_900_000 else 1  # the button: a long press ends the session


def look():
    """Whether something has come."""
    global asked, at
    calls[5] += 1
    if is_pulling and at == len(asked) and now_us > 4_000_000:
        asked = request(b"get 1 0 2048")
        at = 0
    return at < len(asked)


def request(text):
    from binascii import crc32

    body = b"07 " + text
    return b"@" + body + b" *%08x\n" % crc32(body)


def read_byte(room):
    global at
    calls[6] += 1
    room[0] = asked[at]
    at += 1
    return 1


def write(data):
    calls[7] += 1
    pass_time(len(data) * _BYTE_US)
    return len(data)


def set_duty(value):
    calls[8] += 1


def collect():
    """Nothing: it would look through a heap that no chip has. `dermaroller.cpu.scenes` adds what a chip's takes."""
    calls[11] += 1


def read_flash(block, buf, offset=0):
    calls[12] += 1
    at = block * _BLOCK + offset
    buf[:] = flash[at : at + len(buf)]


def program_flash(block, buf, offset=None):
    """What is programmed twice only ever loses bits, so that the later bytes are the right ones."""
    calls[13] += 1
    at = block * _BLOCK + (offset or 0)
    flash[at : at + len(buf)] = buf


def ask_flash(what, block):
    calls[14] += 1
    if what == 6:
        flash[block * _BLOCK : (block + 1) * _BLOCK] = _erased
    return {4: _BLOCKS, 5: _BLOCK}.get(what, 0)


def rest(ms):
    calls[9] += 1
    if is_each and now_us >= from_ms * 1000:
        mark()
    pass_time(ms * 1000)


def pass_time(us):
    global now_us
    end_us = now_us + us
    while now_us // 1000 < end_us // 1000:
        now_us = (now_us // 1000 + 1) * 1000
        calls[10] += 1
        if now_us == from_ms * 1000:
            for _ in range(3):  # what marks themselves cost, is told by the second and the third
                mark()
            sites.append(list(count_of_site))
        if now_us == until_ms * 1000:
            leave()
        if callback:
            callback(None)
    now_us = end_us


def leave():
    mark()
    if tells:
        sites.append(list(count_of_site))
        print(json.dumps({"calls": marked, "charged": charged, "sites": sites}), file=sys_stdout)
    end(0)  # nothing of the firmware runs any more


def charge(site):
    """In a program that charges by the numbers of its sites."""
    global all_charged
    all_charged += charges[site]
    count_of_site[site] += 1


sys_stdout = sys.stdout
_libc = ffi.open(None)
_erased = b"\xff" * _BLOCK
flash = memoryview(uctypes.bytearray_at(_libc.func("p", "malloc", "i")(_BLOCKS * _BLOCK), _BLOCKS * _BLOCK))
fork = _libc.func("i", "fork", "")
wait = _libc.func("i", "waitpid", "ipi")
end = _libc.func("v", "_exit", "i")
