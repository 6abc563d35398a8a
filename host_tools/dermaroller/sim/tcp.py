"""The way from a served board to its client over TCP: one at a time, as on a serial port."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import socket
import threading
import time

from dermaroller.errors import DermarollerError, NoPermission, PortBusy, UsageError
from dermaroller.sim.ways import CHUNK_BYTES, is_ready

_UNREAD_BYTES = 65536  # what a client may leave unread before it loses something
_LEAVING_S = 0.5  # the next client may come before the network has told that the last one has gone
_KEEP_ALIVE = {"TCP_KEEPIDLE": 15, "TCP_KEEPALIVE": 15, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3}  # s, s, s, times


class Tcp:
    """A TCP port. where: [HOST:]PORT; 0 takes any that is free. Who comes while another is there is turned away."""

    note = ""

    def __init__(self, where: str) -> None:
        host, port = _place(where)
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            self._listener = socket.create_server((host, port), family=family, backlog=4)
        except (OSError, UnicodeError) as error:
            raise listen_error(where, error) from None
        self._listener.setblocking(False)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _UNREAD_BYTES)  # each client inherits it
        address, port = self._listener.getsockname()[:2]
        if not ipaddress.ip_address(address).is_loopback:
            self.note = f"Whoever reaches port {port} of this computer can run programs on it through the board."
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
        self.path = f"socket://[{host}]:{port}" if ":" in host else f"socket://{host}:{port}"
        self._client: socket.socket | None = None
        self._lock = threading.Lock()  # of the client: one thread reads, another one writes
        self._knocked_s: float | None = None  # since when someone else has been waiting

    def read(self, wait_s: float) -> bytes:
        client = self._client
        if client is None:
            if is_ready(self._listener, wait_s):
                self._admit()
            return b""
        data = self._received(client, wait_s)
        if self._client:
            self._turn_away()
        return data

    def write(self, data: bytes) -> None:
        with self._lock, contextlib.suppress(OSError):
            if self._client:
                self._client.send(data)

    def close(self) -> None:
        self._listener.close()
        self._drop()

    def _received(self, client: socket.socket, wait_s: float) -> bytes:
        try:
            if not is_ready(client, wait_s):
                return b""
            data = client.recv(CHUNK_BYTES)
        except BlockingIOError:
            return b""
        except OSError:
            data = b""
        if not data:
            self._drop()
        return data

    def _admit(self) -> None:
        with contextlib.suppress(OSError):  # gone before it was let in
            client = self._listener.accept()[0]
            client.setblocking(False)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)  # or one whose computer died stayed for ever
            for name, value in _KEEP_ALIVE.items():
                if hasattr(socket, name):
                    client.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
            self._client = client

    def _drop(self) -> None:
        with self._lock:
            if self._client:
                self._client.close()
            self._client = self._knocked_s = None

    def _turn_away(self) -> None:
        """Close the connection of whoever comes second, unless the first one leaves at once."""
        if not is_ready(self._listener, 0):
            self._knocked_s = None
        elif self._knocked_s is None:
            self._knocked_s = time.monotonic()
        elif time.monotonic() - self._knocked_s > _LEAVING_S:
            with contextlib.suppress(OSError):
                self._listener.accept()[0].close()
            self._knocked_s = None


def listen_error(where: str, error: Exception) -> DermarollerError:
    """The class and sentence for what the system said to a place of --tcp."""
    number = getattr(error, "errno", None)
    if number == errno.EADDRINUSE:
        return PortBusy(f"--tcp {where} is in use by another program. End that one, or give another port; 0 finds one.")
    if number in (errno.EACCES, errno.EPERM):
        return NoPermission(f"you may not listen on --tcp {where}. Give a port above 1023; 0 finds one.")
    reason = (getattr(error, "strerror", None) or str(error)).partition(" (while")[0]
    return UsageError(f"--tcp {where}: cannot listen there ({reason}). Name an address of this computer, or none.")


def _place(where: str) -> tuple[str, int]:
    """Host and port of [HOST:]PORT; an IPv6 address stands in brackets."""
    host, _, port = where.rpartition(":")
    if not (port.isascii() and port.isdigit() and int(port) < 65536):
        raise UsageError(f"--tcp {where}: give PORT or HOST:PORT, with a port from 0 (any that is free) to 65535.")
    return host.removeprefix("[").removesuffix("]") or "127.0.0.1", int(port)
