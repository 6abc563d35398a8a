"""esp32.PCNT: counts edges in hardware, whatever the program is doing; at either limit it starts again from 0."""

from micropython import const

from virtual import clock, world
from virtual.pin import Pin

_UNITS = const(8)
_READ_US = const(2)


class PCNT:
    """One unit with two channels; counts only between start() and stop()."""

    IGNORE, INCREMENT, DECREMENT = range(3)
    NORMAL, REVERSE, HOLD = range(3)
    IRQ_THRESHOLD1, IRQ_THRESHOLD0, IRQ_MIN, IRQ_MAX, IRQ_ZERO = 4, 8, 16, 32, 64

    def __new__(cls, id, **settings):
        if not 0 <= id < _UNITS:
            raise ValueError("invalid id")
        return _units.get(id) or super().__new__(cls)

    def __init__(self, id, **settings):
        if id not in _units:
            _units[id] = self
            self._channels = [None, None]
            self._value = self._min = self._max = 0
            self._is_running = False
            self._listener = self._edge  # one object, so that the world can tell it again
        self.init(**settings)

    def init(self, *, channel=0, pin=None, mode_pin=None, min=None, max=None, filter=0, value=None, **actions):
        if channel not in (0, 1):
            raise ValueError("channel")
        if mode_pin is not None and pin is None:
            raise ValueError("pin")
        if pin is not None:
            self._connect(channel, Pin(pin).gpio, None if mode_pin is None else Pin(mode_pin).gpio, **actions)
        if not 0 <= filter <= 1023:
            raise ValueError("filter")
        if min is not None:
            if not -32768 <= min <= 0:
                raise ValueError("minimum")
            self._min = min
        if max is not None:
            if not 0 <= max <= 32767:
                raise ValueError("maximum")
            self._max = max
        if value:
            raise ValueError("value")
        if not (value is min is max is None):
            self._value = 0

    def _connect(self, channel, gpio, mode_gpio, rising=0, falling=0, mode_low=0, mode_high=0):
        for action in (rising, falling, mode_low, mode_high):
            if not 0 <= action <= 2:
                raise ValueError("rising")
        world.ignore(gpio, self._listener)
        self._channels[channel] = (gpio, rising, falling, mode_gpio, mode_low, mode_high)
        world.listen(gpio, self._listener)

    def _edge(self, gpio, level):
        if not self._is_running:
            return
        for channel in self._channels:
            if channel and channel[0] == gpio:
                action = channel[1] if level else channel[2]
                mode_gpio = channel[3]
                mode = PCNT.NORMAL
                if mode_gpio is not None:
                    mode = channel[5] if world.levels[mode_gpio] else channel[4]
                if action != PCNT.IGNORE and mode != PCNT.HOLD:
                    self._count(1 if (action == PCNT.INCREMENT) == (mode == PCNT.NORMAL) else -1)

    def _count(self, step):
        value = self._value + step
        self._value = 0 if value == self._min or value == self._max else value

    def value(self, value=None):
        clock.now += _READ_US
        if clock.now >= clock.next_due or clock.attention:  # as in clock.spend(), for speed
            clock.spend(0)
        count = self._value
        if value is None:
            return count
        if value:
            raise ValueError("value")
        self._value = 0
        return count

    def start(self):
        self._is_running = True

    def stop(self):
        self._is_running = False

    def deinit(self):
        for channel in self._channels:
            if channel:
                world.ignore(channel[0], self._listener)
        self._channels = [None, None]
        self._value = 0
        self._is_running = False

    def irq(self, handler=None, trigger=IRQ_ZERO):
        raise NotImplementedError("the virtual PCNT has no interrupts: on the chip they are unsafe during flash writes")


_units = {}
