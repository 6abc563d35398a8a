"""The serial port of the board as a UART: a 128-byte FIFO out, a 260-byte ring in, both at the line rate; and print().

Another kind of port is another class with the same methods (usb.py).
"""

import io
import sys

from micropython import const

from virtual import clock, host

_RING = const(260)
_FIFO = const(128)
_CHUNK = const(64)  # what is handed to the host at once while the line drains
_WRITE_US = const(5)
_LF = const(10)
_CR = const(13)
_EPERM = const(1)
_EINVAL = const(22)
_IOCTL_POLL = const(3)
_IOCTL_CLOSE = const(4)
_BYTES = (bytes, bytearray, memoryview)

_stdin = sys.stdin.buffer  # the process's own: what a client types, when served


class Uart:
    """UART0. A byte takes 10 bit times; a write blocks until its rest fits the FIFO, and no callback runs meanwhile."""

    def __init__(self, baud):
        self._byte_x256 = 2_560_000_000 // baud
        self._fifo_us = _FIFO * self._byte_x256 >> 8
        self._ring = bytearray(_RING)
        self._head = 0
        self.waiting = 0
        self.dropped = self.lost = 0  # bytes: of those that came, of those that went
        self.interrupt_char = -1
        self._in = bytearray(64)
        self._credit_x256 = 0

    def write(self, data):
        """Send bytes; returns their number when the last of them are in the FIFO."""
        if len(data) <= _CHUNK:
            self._send(data)
        else:
            view = memoryview(data)
            for at in range(0, len(view), _CHUNK):
                self._send(view[at : at + _CHUNK])
        clock.spend(_WRITE_US)
        return len(data)

    def _send(self, chunk):
        host.record(host.CONSOLE, chunk)
        empty_us = max(clock.marks[clock.TX_EMPTY], clock.now) + (len(chunk) * self._byte_x256 >> 8)
        clock.marks[clock.TX_EMPTY] = empty_us
        clock.stall(max(empty_us - self._fifo_us - clock.now, 0))

    def receive(self, byte):
        """A byte has arrived on the line."""
        if byte == self.interrupt_char:
            clock.interrupt()
        elif self.waiting == _RING - 1:  # a ring buffer's full is one less than its size
            self.dropped += 1
        else:
            self._ring[(self._head + self.waiting) % _RING] = byte
            self.waiting += 1
            clock.has_arrival = True

    def receive_typed(self, interval_us):
        """Take from the process's input what the line can have carried in this time."""
        # A line that was idle has not saved up time for later, except for the byte under way.
        self._credit_x256 = min(self._credit_x256, self._byte_x256) + (interval_us << 8)
        while self._credit_x256 >= self._byte_x256:
            n = _stdin.readinto(self._in, min(self._credit_x256 // self._byte_x256, 64))
            if n is None:
                return
            if n == 0:
                host.leave("closed")  # whoever started this is gone
            self._credit_x256 -= n * self._byte_x256
            for i in range(n):
                self.receive(self._in[i])

    def receive_counted(self):
        """Take from the process's input one byte that says how many follow (at most 64), and those."""
        n = self._read_in(1) and self._in[0]
        if n:
            self._read_in(n)
            for i in range(n):
                self.receive(self._in[i])

    def _read_in(self, n):
        if _stdin.readinto(self._in, n) != n:
            host.leave("closed")
        return n

    def get(self):
        """The oldest byte that waits; call only if one does."""
        byte = self._ring[self._head]
        self._head = (self._head + 1) % _RING
        self.waiting -= 1
        return byte

    def is_ready(self):
        return self.waiting > 0


class Stream(io.IOBase):
    """sys.stdin or sys.stdout, which are text: a CR that comes is an LF, an LF that goes is CR LF. Or, without a mode,
    the `buffer` of both, with the bytes as they are.
    """

    def __init__(self, port, mode="", buffer=None):
        self._port = port
        self._mode = mode  # "r" or "w": which of the two a text stream allows
        self.buffer = buffer or self

    def readinto(self, buffer, size=-1):
        """Blocks for all bytes it was asked for, as on the chip."""
        if self._mode == "w":
            raise OSError(_EPERM)
        if size < 0 or size > len(buffer):
            size = len(buffer)
        for at in range(size):
            while not self._port.waiting:
                clock.wait_long(-1, self._port.is_ready)
            buffer[at] = self._port.get()
            if self._mode and buffer[at] == _CR:
                buffer[at] = _LF
        return size

    def write(self, data, *part):
        """data: any buffer, or text. part: how many of its bytes, or from which one on and how many."""
        if part or not isinstance(data, _BYTES):
            data = self.bytes_of(data, *part)
        if not self._mode:
            return self._port.write(data)
        if self._mode == "r":
            raise OSError(_EPERM)
        text = bytes(data)
        self._port.write(text.replace(b"\n", b"\r\n") if b"\n" in text else text)
        return len(text)

    def ioctl(self, request, argument):
        if request == _IOCTL_POLL:
            return argument & (5 if self._port.waiting else 4)
        return 0 if request == _IOCTL_CLOSE else -_EINVAL

    def __getattr__(self, name):
        """What few programs ask for, and what to do about it, is loaded when one does."""
        from virtual import system

        return system.fetch("streams", "method")(self, name)

    def __iter__(self):
        return self.lines()
