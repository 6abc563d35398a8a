"""Resets and speed of the chip: a part of `machine`."""

from micropython import const

from virtual import clock, host, times

PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = range(1, 6)
_IDLE_US = const(10)

_freq_hz = 160_000_000


def reset_cause():
    return times.reset_cause


def reset():
    host.leave("reset")


def soft_reset(is_raw=False):
    """Start again; into the raw REPL if it was asked for from there."""
    print("MPY: soft reboot")
    host.leave("soft_reset", is_raw=is_raw)


def freq(hz=None):
    global _freq_hz
    if hz is None:
        return _freq_hz
    if hz not in (20_000_000, 40_000_000, 80_000_000, 160_000_000, 240_000_000):
        raise ValueError("frequency must be 20MHz, 40MHz, 80Mhz, 160MHz or 240MHz")
    _freq_hz = hz


def idle():
    clock.spend(_IDLE_US)


def disable_irq():
    was = clock.in_callback
    clock.in_callback = True
    return was


def enable_irq(state=False):
    clock.in_callback = state
    clock.spend(0)
