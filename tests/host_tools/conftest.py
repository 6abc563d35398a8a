"""A fake device behind a real pseudo-terminal."""

import os
import select
import threading
from contextlib import contextmanager

import pytest

from dermaroller import cli_device


@contextmanager
def on_a_terminal(fake):
    """The path of a serial port behind which `fake` answers."""
    import pty
    import tty

    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    is_over = threading.Event()

    def answer():
        line = b""
        while not is_over.is_set():
            if not select.select([ours], [], [], 0.02)[0]:
                continue
            line += os.read(ours, 4096)
            whole, newline, line = line.rpartition(b"\n")
            if newline:
                fake.write(whole)
                os.write(ours, fake.read())

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        yield os.ttyname(theirs)
    finally:
        is_over.set()
        thread.join()
        os.close(ours)
        os.close(theirs)


@pytest.fixture
def serve():
    """serve(fake) as a context gives the path of its port."""
    return on_a_terminal


@pytest.fixture
def patience(monkeypatch):
    """A board that is served lives in real time, and this computer may be busy: the command waits longer for it."""
    monkeypatch.setattr(cli_device, "SILENCE_S", 30.0)
