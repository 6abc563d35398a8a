"""The ways from a served board to its client, without a board: who gets what, who is turned away, and bad places."""

import errno
import os
import socket
import struct
import threading
import time

import pytest

from dermaroller.errors import NoPermission, PortBusy, UsageError
from dermaroller.sim.inlet import Inlet
from dermaroller.sim.tcp import Tcp, listen_error
from dermaroller.sim.ways import CHUNK_BYTES, Terminal

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="the virtual board is served on POSIX systems only"),
    pytest.mark.slow,
]

PATIENCE_S = 60
LINGER_NONE = struct.pack("ii", 1, 0)  # closing sends a reset


@pytest.fixture
def way():
    way = Tcp("0")
    yield way
    way.close()


def connect(way, buffer_bytes=0):
    client = socket.socket()
    client.settimeout(PATIENCE_S)
    if buffer_bytes:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer_bytes)
    client.connect(("127.0.0.1", int(way.path.rpartition(":")[2])))
    return client


def received(way, n):
    """The next n bytes that the way gives."""
    data, until = b"", time.monotonic() + PATIENCE_S
    while len(data) < n:
        assert time.monotonic() < until, data
        data += way.read(0.05)
    return data


def is_closed(way, client):
    """Whether the way closes a client's connection within the patience of this test, while the way is being read."""
    client.setblocking(False)
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        assert way.read(0.01) == b""
        try:
            return client.recv(1) == b""
        except ConnectionResetError:
            return True
        except BlockingIOError:
            pass
    return False


def flood(way):
    """Write 100 times 64 KiB; the number of bytes. Fails if a write waits for somebody who reads."""
    writer = threading.Thread(target=lambda: [way.write(bytes(65536)) for _ in range(100)], daemon=True)
    writer.start()
    writer.join(PATIENCE_S)
    assert not writer.is_alive()
    return 100 * 65536


def test_a_board_that_does_not_read_lets_its_client_wait():
    inlet = Inlet()
    while inlet.has_room(0):
        inlet.put(bytes(CHUNK_BYTES))
    held = os.read(inlet.board_end, 1 << 20)
    assert len(held) > 4096 and inlet.has_room(0) and not inlet.is_ignored()
    inlet.end()
    assert os.read(inlet.board_end, 1) == b""
    inlet.close()


def test_bytes_go_both_ways(way):
    with connect(way) as client:
        client.sendall(bytes(range(256)) * 10)
        assert received(way, 2560) == bytes(range(256)) * 10
        way.write(b"answer")
        assert client.recv(6) == b"answer"


def test_what_is_sent_while_no_one_is_connected_is_lost(way):
    way.write(b"nobody")
    with connect(way) as client:
        client.sendall(b"x")
        received(way, 1)
        way.write(b"somebody")
        assert client.recv(20) == b"somebody"


def test_the_next_client_may_come_as_soon_as_the_last_has_gone(way):
    for n in range(20):
        with connect(way) as client:
            if n % 2:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NONE)
            client.sendall(b"%02d" % n)
            assert received(way, 2) == b"%02d" % n
            way.write(b"%02d" % n)
            assert client.recv(2) == b"%02d" % n


def test_a_second_client_is_turned_away_and_the_first_one_stays(way):
    with connect(way) as first:
        first.sendall(b"1")
        received(way, 1)
        for _ in range(2):
            with connect(way) as second:
                second.sendall(b"2")
                assert is_closed(way, second)
        first.sendall(b"3")
        assert received(way, 1) == b"3"
    with connect(way) as third:
        third.sendall(b"4")
        assert received(way, 1) == b"4"


def test_a_client_that_does_not_read_holds_nothing_up(way):
    with connect(way, buffer_bytes=4096) as client:
        client.sendall(b"x")
        received(way, 1)
        written = flood(way)
        way.close()
        got = 0
        while data := client.recv(65536):
            got += len(data)
    assert 0 < got < written / 2


def test_a_terminal_that_nobody_reads_holds_nothing_up():
    terminal = Terminal()
    flood(terminal)
    client = os.open(terminal.path, os.O_RDWR | os.O_NOCTTY)
    os.write(client, b"x")
    assert received(terminal, 1) == b"x"
    os.close(client)
    terminal.close()


def test_a_place_may_name_its_host():
    for where, path in (
        ("127.0.0.1:0", "socket://127.0.0.1:"),
        (":0", "socket://127.0.0.1:"),
        ("localhost:0", "socket://localhost:"),
    ):
        way = Tcp(where)
        assert way.path.startswith(path) and not way.note
        way.close()


def test_who_opens_it_to_others_is_told_what_that_means():
    way = Tcp("0.0.0.0:0")
    assert way.path.startswith("socket://127.0.0.1:")
    assert "can run programs" in way.note
    way.close()


def test_an_ipv6_address_stands_in_brackets():
    try:
        way = Tcp("[::1]:0")
    except UsageError as error:
        pytest.skip(f"no IPv6 here: {error}")
    assert way.path.startswith("socket://[::1]:")
    with socket.create_connection(("::1", int(way.path.rpartition(":")[2]))) as client:
        client.sendall(b"x")
        assert received(way, 1) == b"x"
    way.close()


@pytest.mark.parametrize("where", ["foo", "", "localhost", "localhost:", "65536", "-1", "1.5", "a:b", "[::1]", "٣"])
def test_what_is_no_place_is_a_sentence(where):
    with pytest.raises(
        UsageError, match=r"give PORT or HOST:PORT, with a port from 0 \(any that is free\) to 65535\.$"
    ):
        Tcp(where)


def test_a_port_in_use_is_a_sentence(way):
    number = way.path.rpartition(":")[2]
    with pytest.raises(PortBusy, match=rf"^--tcp {number} is in use by another program\. End that one, or give"):
        Tcp(number)


def test_a_host_that_is_not_here_is_a_sentence():
    # An address for documentation, which no computer has.
    with pytest.raises(UsageError, match=r"^--tcp 203\.0\.113\.1:0: cannot listen there \(.*\)\. Name an address of"):
        Tcp("203.0.113.1:0")
    with pytest.raises(UsageError, match=r"cannot listen there"):
        Tcp("x" * 70 + ":0")


def test_each_way_of_not_being_allowed_to_listen_has_its_class():
    assert isinstance(listen_error("80", PermissionError(errno.EACCES, "Permission denied")), NoPermission)
    assert isinstance(listen_error("80", OSError(errno.EADDRINUSE, "Address in use")), PortBusy)
    unknown = listen_error("nowhere:80", socket.gaierror(-2, "Name or service not known"))
    assert isinstance(unknown, UsageError) and "(Name or service not known)" in str(unknown)


def test_a_system_without_pseudo_terminals_is_told_of_tcp(monkeypatch):
    def none_left():
        raise OSError(errno.ENOENT, "out of pty devices")

    monkeypatch.setattr(os, "openpty", none_left)
    with pytest.raises(UsageError, match=r"no pseudo-terminal \(out of pty devices\): use --tcp PORT\.$"):
        Terminal()
