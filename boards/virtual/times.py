"""The `time` module on the virtual clock; its epoch is 2000-01-01, as on the ESP32."""

import time as _host_time

from micropython import const

from virtual import clock
from virtual.clock import ticks_ms, ticks_us  # noqa: F401

_EPOCH_OFFSET_S = 946684800  # from 1970
_HALF = const(0x20000000)
_MASK = const(0x3FFFFFFF)
_CPU_MHZ = const(160)

rtc_s = 0  # what the clock showed at boot, in seconds since 2000
rtc_memory = b""
reset_cause = 1


def ticks_cpu():
    return ticks_us() * _CPU_MHZ & _MASK


def ticks_diff(end, start):
    """Signed difference of two ticks, correct across the wrap."""
    return ((end - start + _HALF) & _MASK) - _HALF


def ticks_add(ticks, delta):
    return (ticks + delta) & _MASK


if _host_time.ticks_add(_MASK, 1) == 0:
    ticks_diff = _host_time.ticks_diff
    ticks_add = _host_time.ticks_add


def sleep(s):
    """Seconds, also a fraction of them."""
    clock.wait_long(int(s * 1000))


def sleep_ms(ms):
    clock.spend(0)
    if ms > 0:
        clock.wait_long(ms)


def sleep_us(us):
    if us > 0:
        clock.wait(us)


def set_time(s):
    """Set the clock to seconds since 2000."""
    global rtc_s
    rtc_s = s - clock.uptime_s()


def time():
    """Seconds since 2000."""
    return rtc_s + clock.uptime_s()


def time_ns():
    return time() * 1_000_000_000 + clock.now % 1_000_000 * 1000


def gmtime(secs=None):
    return _host_time.gmtime(_EPOCH_OFFSET_S + int(time() if secs is None else secs))[:8]


localtime = gmtime


def mktime(moment):
    """Seconds since 2000 of (year, month, day, hour, minute, second, ...)."""
    year, month, day = moment[:3]
    month -= 3
    year += month // 12  # years that begin in March keep the leap day at their end
    days = year * 365 + year // 4 - year // 100 + year // 400 + (month % 12 * 153 + 2) // 5 + day - 730426
    return days * 86400 + moment[3] * 3600 + moment[4] * 60 + moment[5]
