"""What few programs ask of the port: rare methods of sys.stdin and sys.stdout, select(), input().

Loaded when one does: the heap is the chip's.
"""

from virtual import polling


def method(stream, name):
    """The method of a stream with this name. AttributeError if the chip's has none."""
    return getattr(Methods(stream), name)


class Methods:
    """Those of one stream, besides its own."""

    def __init__(self, stream):
        self._stream = stream
        self._is_text = stream.buffer is not stream
        self._byte = bytearray(1)

    def read(self, size=-1):
        """So many characters or bytes; without a number it never returns, as the port has no end."""
        data = bytearray()
        while size:
            size -= 1
            data.append(self._next())
            if self._is_text:
                for _ in range(_following(data[-1])):
                    data.append(self._next())
        return self._made(data)

    def readline(self, size=-1):
        """Up to an LF, which belongs to it; or so many bytes."""
        data = bytearray()
        while size and data[-1:] != b"\n":
            size -= 1
            data.append(self._next())
        return self._made(data)

    def readlines(self):
        """Never returns, as the port has no end."""
        return list(self.lines())

    def lines(self):
        while True:
            yield self.readline()

    def close(self):
        return self._stream

    __enter__ = close

    def __exit__(self, *error):
        pass

    def bytes_of(self, data, first=None, size=None):
        """The bytes of a text or buffer: the first so many, or so many from one on; all with a negative number."""
        data = bytes(memoryview(data))
        if size is None:
            first, size = 0, -1 if first is None else first
        return data[first:] if size < 0 else data[first : first + size]

    def _next(self):
        self._stream.readinto(self._byte)
        return self._byte[0]

    def _made(self, data):
        return data.decode() if self._is_text else bytes(data)


def _following(byte):
    """How many bytes follow this one in a character of UTF-8."""
    return 0 if byte < 0xC0 else 1 if byte < 0xE0 else 2 if byte < 0xF0 else 3


def select(reading, writing, failing, timeout_s=None):
    """Which streams of three lists are ready; waits for ever without a time."""
    poll = polling.poll()
    lists = ((reading, polling.POLLIN), (writing, polling.POLLOUT), (failing, polling.POLLERR | polling.POLLHUP))
    for streams, _ in lists:
        for stream in streams:
            poll.register(stream, sum([events for others, events in lists if stream in others]))
    ready = poll.poll(-1 if timeout_s is None else int(timeout_s * 1000))
    return tuple([[stream for stream, is_so in ready if is_so & events] for _, events in lists])


def ask(port, stream, prompt):
    """What input() does: a line that is typed, and can be corrected, as at the prompt."""
    from virtual.repl import Repl

    print(prompt, end="")
    line = Repl(port, stream, None).line(b"")
    if line == 3:  # Ctrl-C, if it is no interrupt
        raise KeyboardInterrupt
    if line == 4:  # Ctrl-D
        raise EOFError
    return line if isinstance(line, str) else ""
