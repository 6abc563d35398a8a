"""What the board senses: a stream of events, made from a trace by `dermaroller.sim`, replayed in virtual time.

A record is two little-endian 32-bit words: kind << 24 | microseconds since the record before it, and a value:

    0 NOTHING   bridges a pause longer than 2**24 us
    1 LEVEL     pin << 1 | level: something outside drives a pin
    2 FORCE     duration_us << 14 | force_mn + 1024: the force goes there in a straight line; 0 us means at once
    3 TARE      ADC counts that the force sensor shows at rest
    4 SENSOR    0 sound, 1 open (reads full scale), 2 shorted (reads 0)
    5 BATTERY   millivolts at the battery
    6 BYTES     n << 24 | up to 3 bytes, the first lowest, that reach the serial port
    7 CUT       the power fails
    8 END       nothing more will come; 0: the world stands still from here, 1: the simulation is over
    9 SPIKES    so many of the next force readings are full scale
    10 NOISE    standard deviation of the force readings from now on, in millinewtons
    11 CLOCK    something outside sets the clock: seconds since 2000
"""

from array import array

from micropython import const

from virtual import clock, host, sensor, times

_BUFFER_WORDS = const(64)
_PINS = const(49)
_FORCE_OFFSET_MN = const(1024)

levels = bytearray(_PINS)  # of every pin, as seen from inside
is_driven = bytearray(_PINS)  # by something outside, so that a pull resistor does not matter
listeners = {}  # pin -> functions called with (pin, level) when it changes

on_byte = None  # set by the console: called with a byte that has arrived

_file = None
_buffer = array("i", [0] * _BUFFER_WORDS)
_at = _filled = 0
_kind = _value = 0


def listen(pin, function):
    listeners.setdefault(pin, []).append(function)


def ignore(pin, function):
    if function in listeners.get(pin, ()):
        listeners[pin].remove(function)


def drive(pin, level):
    """Something outside pulls the pin to this level."""
    is_driven[pin] = 1
    set_level(pin, level)


def set_level(pin, level):
    if levels[pin] != level:
        levels[pin] = level
        if pin in listeners:
            for function in listeners[pin]:
                function(pin, level)


def open_stream(file):
    """Replay a stream, whose time began with the board's: mounting its flash has taken some already."""
    global _file
    _file = file
    clock.handlers[clock.WORLD] = _happen
    clock.set_due(clock.WORLD, _read())


def _read():
    """Fetch the next record; returns its distance in time."""
    global _at, _filled, _kind, _value
    if _at == _filled:
        _filled = _file.readinto(_buffer) >> 2
        _at = 0
    word = _buffer[_at]
    _kind = word >> 24
    _value = _buffer[_at + 1]
    _at += 2
    return word & 0xFFFFFF


def _happen(slot):
    due_us = clock.due[slot]
    if _kind == 8:
        clock.set_due(slot, clock.NEVER)
        if _value:
            host.leave("end", counters=host.application_counters())
        return
    _apply(_kind, _value)
    clock.due[slot] = due_us + _read()


def _apply(kind, value):
    if kind == 1:
        drive(value >> 1, value & 1)
    elif kind == 2:
        sensor.set_force((value & 0x3FFF) - _FORCE_OFFSET_MN, value >> 14, clock.due[clock.WORLD])
    elif kind == 3:
        sensor.rest_raw = value
    elif kind == 4:
        sensor.set_fault(value)
    elif kind == 5:
        sensor.battery_mv = value
    elif kind == 6:
        for shift in range(0, value >> 24 << 3, 8):
            on_byte(value >> shift & 0xFF)
    elif kind == 7:
        host.leave("power_cut")
    elif kind == 9:
        sensor.add_spikes(value)
    elif kind == 10:
        sensor.set_noise(value)
    elif kind == 11:
        times.set_time(value)
