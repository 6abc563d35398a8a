"""The served port meets what real boards meet: pyserial, and mpremote with a session of its commands; over TCP too."""

import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
import serial

from dermaroller.errors import UsageError
from dermaroller.sim import image, serve
from dermaroller.sim.serve import Server

pytestmark = [
    pytest.mark.usefixtures("micropython"),
    pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals"),
]

ECHO = b"""
import sys
print("hello")
while True:
    byte = sys.stdin.buffer.read(1)
    sys.stdout.buffer.write(byte.upper())
"""


FLOOD = b"""
import machine, sys
for _ in range(200):
    sys.stdout.buffer.write(b"." * 4096)
machine.reset()
"""


@pytest.fixture
def echo(tmp_path):
    """A flash image with a program that answers in capitals."""
    return with_program(tmp_path, ECHO)


def with_program(tmp_path, program):
    flash = tmp_path / "flash.bin"
    image.make_image(flash)
    image.put_file(flash, "/main.py", program)
    return flash


def read_until(port, ending, timeout_s=60):
    data = b""
    until = time.monotonic() + timeout_s
    while not data.endswith(ending):
        assert time.monotonic() < until, data
        data += port.read(max(1, port.in_waiting))
    return data


def wait_for(condition, timeout_s=60):
    until = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def mpremote(path, *arguments):
    done = subprocess.run(
        [sys.executable, "-m", "mpremote", "connect", str(path), *arguments],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_clients_come_and_go(echo):
    with Server(flash=echo) as server:
        for word in (b"one", b"two"):
            with serial.Serial(server.path, 115200, timeout=0.1) as port:
                port.write(word)
                read_until(port, word.upper())


def test_over_tcp_clients_come_and_go_without_any_pseudo_terminal(echo, monkeypatch):
    monkeypatch.delattr(os, "openpty")
    with Server(flash=echo, tcp="0") as server:
        for word in (b"one", b"two"):
            with serial.serial_for_url(server.path, timeout=0.1) as port:
                port.write(word)
                read_until(port, word.upper())


@pytest.mark.slow
def test_a_client_that_does_not_read_does_not_stop_the_board_s_time(tmp_path):
    flash = with_program(tmp_path, FLOOD)
    with Server(flash=flash, tcp="0", board="esp32c6_devkitc", speed=100.0) as server:
        with serial.serial_for_url(server.path):
            wait_for(lambda: len(server.exits) >= 2, timeout_s=300)
    assert set(server.exits[:2]) == {"reset"}


def test_a_system_on_which_the_board_does_not_run_is_told_of_tcp(monkeypatch):
    monkeypatch.setattr(serve, "os", SimpleNamespace(name="nt"))
    with pytest.raises(UsageError, match="run sim serve --tcp PORT under WSL"):
        Server()


def test_a_link_to_no_terminal_is_refused(echo, tmp_path):
    server = Server(flash=echo, tcp="0", link=tmp_path / "port")
    with pytest.raises(UsageError, match="--link names a pseudo-terminal, and --tcp makes none"), server:
        pass


@pytest.mark.slow
def test_the_line_has_its_own_rate(echo):
    for baud, speed in ((115200, 1.0), (921600, 1.0), (115200, 4.0)):
        with Server(flash=echo, baud=baud, speed=speed) as server, serial.Serial(server.path, timeout=0.1) as port:
            port.write(b".")
            read_until(port, b".")
            started_s = time.monotonic()
            size = baud // 20  # half a second's worth, in both directions at once
            for at in range(0, size, 128):
                port.write(b"x" * min(128, size - at))
                read_until(port, b"X" * min(128, size - at))
            assert time.monotonic() - started_s > 0.98 * 0.5 / speed  # the clocks of two processes differ a little


def test_a_link_names_the_port_while_it_is_served(echo, tmp_path):
    link = tmp_path / "port"
    for _ in range(2):
        with Server(flash=echo, link=link) as server:
            assert os.readlink(link) == server.path
        assert not link.is_symlink()
    link.write_text("precious")
    with pytest.raises(UsageError, match="exists and is not a link"), Server(flash=echo, link=link):
        pass
    assert link.read_text() == "precious"


def test_lights_are_reported(tmp_path):
    seen = []
    with Server(on_light=lambda t_s, state, rgb: seen.append((state, rgb))):
        wait_for(lambda: any(state == "ready" for state, _ in seen))


@pytest.mark.slow
def test_resets_are_survived(tmp_path):
    flash = with_program(
        tmp_path, b"import machine, time\nprint(machine.reset_cause())\ntime.sleep(0.2)\nmachine.reset()\n"
    )
    with Server(flash=flash) as server, serial.Serial(server.path, timeout=0.1) as port:
        read_until(port, b"2\r\n")
        wait_for(lambda: len(server.exits) >= 3)
    assert set(server.exits[:3]) == {"reset"}


@pytest.mark.slow
def test_a_program_that_never_looks_is_interrupted(tmp_path):
    flash = with_program(tmp_path, b"print('spinning')\nwhile True:\n    pass\n")
    with Server(flash=flash) as server, serial.Serial(server.path, timeout=0.1) as port:
        read_until(port, b"spinning\r\n")
        port.write(b"\x03")
        assert b"KeyboardInterrupt" in read_until(port, b">>> ")


@pytest.mark.slow
def test_mpremote_works_against_the_running_firmware(tmp_path):
    link = tmp_path / "port"
    content = bytes(range(256)) * 10
    source, copy = tmp_path / "source.bin", tmp_path / "copy.bin"
    source.write_bytes(content)
    seen = []
    with Server(link=link, on_light=lambda t_s, state, rgb: seen.append(state)) as server:
        wait_for(lambda: "ready" in seen)
        assert mpremote(link, "exec", "print(1+1)") == "2\n"
        assert mpremote(link, "eval", "3*4") == "12\n"
        mpremote(link, "fs", "cp", str(source), ":/source.bin")
        mpremote(link, "fs", "cp", ":/source.bin", str(copy))
        assert copy.read_bytes() == content
        assert "2560 source.bin" in mpremote(link, "fs", "ls")
        assert ".frozen" not in mpremote(link, "fs", "ls")
        assert "/\n" in mpremote(link, "df")
        (tmp_path / "script.py").write_text("import os\nprint(os.stat('/source.bin')[6])\n")
        assert mpremote(link, "run", str(tmp_path / "script.py")) == "2560\n"
        mpremote(link, "fs", "rm", ":/source.bin")
        mpremote(link, "soft-reset")
        assert set(server.exits) == {"soft_reset"}
        mpremote(link, "reset")
        wait_for(lambda: server.exits[-1] == "reset")


def test_the_application_runs_again_after_a_soft_reset_at_the_prompt(tmp_path):
    seen = []
    with Server(on_light=lambda t_s, state, rgb: seen.append(state)) as server:
        wait_for(lambda: "ready" in seen)
        with serial.Serial(server.path, timeout=0.1) as port:
            port.write(b"\x03")
            read_until(port, b">>> ")
            seen.clear()
            port.write(b"\x04")
            assert b"MPY: soft reboot\r\n" in read_until(port, b"reboot\r\n")
        wait_for(lambda: "ready" in seen)


def test_the_command_prints_the_path_first_and_ends_on_request(tmp_path):
    code = "from dermaroller.sim.serve import serve; serve()"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    path = process.stdout.readline().strip()
    assert Path(path).is_char_device()
    process.terminate()
    assert process.communicate(timeout=10)[1] == ""
    assert process.returncode == 0
