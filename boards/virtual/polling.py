"""The `select` module, as far as the console needs it."""

from micropython import const

from virtual import clock, system

POLLIN = 1
POLLOUT = 4
POLLERR = 8
POLLHUP = 16
_POLL_US = const(5)
_IOCTL_POLL = const(3)
_ENOENT = const(2)


class poll:
    """Streams are asked through their own ioctl, as the runtime does it."""

    def __init__(self):
        self._streams = []
        self._flags = []
        self._ready = [None, 0]
        self._next_stream = 0
        self._once = False
        self._is_any = self._any  # bound once: binding allocates

    def register(self, stream, eventmask=POLLIN | POLLOUT):
        if stream in self._streams:
            self._flags[self._streams.index(stream)] = eventmask
        else:
            self._streams.append(stream)
            self._flags.append(eventmask)

    def modify(self, stream, eventmask):
        if stream not in self._streams:
            raise OSError(_ENOENT)
        self.register(stream, eventmask)

    def unregister(self, stream):
        if stream in self._streams:
            at = self._streams.index(stream)
            del self._streams[at], self._flags[at]

    def poll(self, timeout=-1):
        self._wait(timeout)
        return [(s, self._events(i)) for i, s in enumerate(self._streams) if self._events(i)]

    def ipoll(self, timeout=-1, flags=0):
        """Yields one list, the same each time, as a tuple would be on the chip: nothing is allocated."""
        is_ready = self._wait(timeout)
        self._next_stream = 0
        self._once = flags & 1
        return self if is_ready else ()  # the end of an iteration would allocate an exception

    def __iter__(self):
        return self

    def __next__(self):
        while self._next_stream < len(self._streams):
            at = self._next_stream
            self._next_stream += 1
            events = self._events(at)
            if events:
                self._ready[0] = self._streams[at]
                self._ready[1] = events
                if self._once:
                    self._flags[at] = 0
                return self._ready
        raise StopIteration

    def _events(self, at):
        return self._streams[at].ioctl(_IOCTL_POLL, self._flags[at])

    def _any(self):
        for at in range(len(self._streams)):
            if self._events(at):
                return True
        return False

    def _wait(self, timeout_ms):
        """Whether anything is ready, at once or after a while."""
        clock.spend(_POLL_US)
        if self._any():
            return True
        if timeout_ms == 0:
            return False
        clock.wait_long(-1 if timeout_ms is None else timeout_ms, self._is_any)
        return self._any()


def __getattr__(name):
    if name == "select":
        return system.fetch("streams", name)
    raise AttributeError(name)
