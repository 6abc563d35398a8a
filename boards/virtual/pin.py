"""machine.Pin: what the outside drives is read from the world; interrupts are soft and share the callback queue."""

from micropython import const

from virtual import clock, world

_PINS = const(49)
_OUTPUT = const(2)
_ACCESS_US = const(1)


class Pin:
    """One GPIO; the same number is always the same object."""

    IN = 1
    OUT = 3
    OPEN_DRAIN = 7
    PULL_DOWN = 1
    PULL_UP = 2
    IRQ_RISING = 1
    IRQ_FALLING = 2
    WAKE_LOW = 4
    WAKE_HIGH = 5
    DRIVE_0, DRIVE_1, DRIVE_2, DRIVE_3 = range(4)

    # Of the class as long as a pin has none of its own: pins are many, and the heap is the chip's.
    gpio = _handler = _listener = None
    _mode = IN
    _trigger = 0

    def __new__(cls, id, *args, **kwargs):
        if isinstance(id, Pin):
            return id
        if not isinstance(id, int) or not 0 <= id < _PINS:
            raise ValueError("invalid pin")
        if id not in _pins:
            _pins[id] = super().__new__(cls)
        return _pins[id]

    def __init__(self, id, mode=None, pull=-1, **settings):
        if not isinstance(id, Pin):
            self.gpio = id
        if mode is not None or pull != -1 or settings:
            self.init(mode, pull, **settings)

    def init(self, mode=None, pull=-1, *, value=None, drive=None, hold=None):
        if value is not None:
            self._set(value)
        if mode is not None:
            self._mode = mode
        if pull != -1 and not world.is_driven[self.gpio] and not self._mode & _OUTPUT:
            world.set_level(self.gpio, 1 if pull == Pin.PULL_UP else 0)

    def value(self, *level):
        clock.spend(_ACCESS_US)
        if not level:
            return world.levels[self.gpio]
        self._set(level[0])

    __call__ = value

    def on(self):
        self.value(1)

    def off(self):
        self.value(0)

    def toggle(self):
        self.value(not world.levels[self.gpio])

    def irq(self, handler=None, trigger=3, wake=None):
        if self._listener:
            world.ignore(self.gpio, self._listener)
        self._handler = handler
        self._trigger = trigger
        if handler is not None:
            self._listener = self._changed  # one object, so that the world can tell it again
            world.listen(self.gpio, self._listener)
        return self

    def _set(self, level):
        if not world.is_driven[self.gpio]:
            world.set_level(self.gpio, 1 if level else 0)

    def _changed(self, _gpio, level):
        if self._trigger & (1 if level else 2):
            clock.push(self._handler, self)

    def __repr__(self):
        return "Pin(%d)" % self.gpio


_pins = {}
