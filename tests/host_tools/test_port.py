"""Opening ports: which one is meant, and a sentence for each way it can fail."""

import errno
import os
import pty
import stat

import pytest
import serial

from dermaroller import port, remembered
from dermaroller.errors import NoDevice, NoPermission, PortBusy, UsageError


class Listed:
    """What pyserial lists of a port."""

    def __init__(self, device, vid=None):
        self.device, self.vid, self.pid = device, vid, 0x1001 if vid else None
        self.description, self.serial_number = "USB bridge", None


@pytest.fixture
def listed(monkeypatch):
    found = []
    monkeypatch.setattr("serial.tools.list_ports.comports", lambda: found)
    return found


@pytest.fixture
def terminal():
    ours, theirs = pty.openpty()
    yield ours, os.ttyname(theirs)
    os.close(ours)
    os.close(theirs)


def test_auto_is_the_only_likely_port(listed):
    listed += [Listed("/dev/ttyS0"), Listed("/dev/ttyUSB3", 0x10C4)]
    assert port.resolve("auto") == "/dev/ttyUSB3"
    assert port.resolve("/dev/other") == "/dev/other"
    assert [info.path for info in port.ports()] == ["/dev/ttyUSB3", "/dev/ttyS0"]


def test_auto_without_a_likely_port(listed):
    listed += [Listed("/dev/ttyS0")]
    with pytest.raises(NoDevice, match=r"no port looks like a dermaroller\. Plug it in"):
        port.resolve("auto")


def test_auto_with_two_likely_ports(listed):
    listed += [Listed("/dev/ttyUSB0", 0x1A86), Listed("/dev/ttyACM0", 0x303A)]
    with pytest.raises(NoDevice, match=r"2 ports look like a dermaroller: /dev/ttyACM0, /dev/ttyUSB0\. Choose one"):
        port.resolve("auto")


def test_of_several_the_one_that_answered_last_is_meant(listed):
    listed += [Listed("/dev/ttyUSB0", 0x1A86), Listed("/dev/ttyACM0", 0x303A)]
    port.remember("/dev/ttyACM0")
    assert port.resolve("auto") == "/dev/ttyACM0"
    del listed[1]
    assert port.resolve("auto") == "/dev/ttyUSB0"


def test_the_serial_number_counts_more_than_the_name(listed):
    first, second = Listed("/dev/ttyUSB0", 0x10C4), Listed("/dev/ttyUSB1", 0x10C4)
    first.serial_number, second.serial_number = "0001", "0002"
    listed += [first, second]
    port.remember("/dev/ttyUSB1")
    first.serial_number, second.serial_number = "0002", "0001"
    assert port.resolve("auto") == "/dev/ttyUSB0"
    first.serial_number = second.serial_number = "0003"
    with pytest.raises(NoDevice, match="2 ports look like"):
        port.resolve("auto")


def test_a_port_that_does_not_look_like_one_is_remembered_too(listed, terminal):
    port.remember(terminal[1])
    assert port.resolve("auto") == terminal[1]
    port.remember("/dev/gone")
    with pytest.raises(NoDevice, match="no port looks like"):
        port.resolve("auto")


@pytest.mark.parametrize("content", ["", "[]", "null", '{"port": 3', "{}"])
def test_a_memory_that_makes_no_sense_is_none(state, content):
    (state / "port.json").write_text(content)
    assert remembered.recall() is None
    remembered.keep(remembered.Remembered("COM7"))
    assert remembered.recall() == remembered.Remembered("COM7")


def test_a_memory_that_cannot_be_kept_is_no_error(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("DERMAROLLER_STATE", str(tmp_path / "file"))
    remembered.keep(remembered.Remembered("COM7"))
    assert remembered.recall() is None


def test_bytes_go_both_ways(terminal):
    ours, name = terminal
    with port.open_port(name) as line:
        line.write(b"@00 info\n")
        assert os.read(ours, 100) == b"@00 info\n"
        os.write(ours, bytes(range(256)))
        got = b""
        while len(got) < 256:
            got += line.read()
        assert got == bytes(range(256))
        assert line.read() == b""


def test_a_second_tool_is_told_that_the_port_is_busy(terminal):
    _, name = terminal
    with port.open_port(name):
        with pytest.raises(PortBusy, match=rf"{name} is in use by another program\. Close that one"):
            port.open_port(name)
    with port.open_port(name):
        pass


def test_a_missing_port():
    with pytest.raises(NoDevice, match=r"there is no port /dev/nowhere\. Plug the device in"):
        port.open_port("/dev/nowhere")


def test_a_file_is_no_port(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("hello")
    with pytest.raises(NoDevice, match=r"notes\.txt is not a serial port"):
        port.open_port(str(path))


def test_a_folder_is_no_port(tmp_path):
    with pytest.raises(NoDevice, match="cannot be opened"):
        port.open_port(str(tmp_path))


def test_a_port_that_belongs_to_others():
    error = serial.SerialException(errno.EACCES, "could not open port /dev/ttyUSB0: Permission denied")
    sentence = port.open_error("/dev/ttyUSB0", error)
    assert isinstance(sentence, NoPermission)
    assert str(sentence).startswith("you may not open /dev/ttyUSB0. ")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a user whom permissions bind")
def test_a_port_without_permission(tmp_path):
    path = tmp_path / "tty"
    path.touch()
    path.chmod(stat.S_IWUSR & 0)
    with pytest.raises(NoPermission):
        port.open_port(str(path))


def test_nothing_listens_at_the_socket():
    with pytest.raises(NoDevice, match=r"socket://127\.0\.0\.1:9 cannot be opened"):
        port.open_port("socket://127.0.0.1:9")


def test_a_scheme_that_does_not_exist():
    with pytest.raises(UsageError, match=r"carrier-pigeon://x at 115200 baud cannot be opened"):
        port.open_port("carrier-pigeon://x")


class Unplugged:
    """A line whose device has gone."""

    in_waiting = 0

    def read(self, size):
        raise serial.SerialException("device reports readiness to read but returned no data")

    def write(self, data):
        raise OSError(errno.EIO, "Input/output error")


def test_a_device_that_is_unplugged_meanwhile():
    line = port.Port(Unplugged(), "/dev/ttyUSB0")
    with pytest.raises(NoDevice, match=r"/dev/ttyUSB0 stopped working: the device was unplugged"):
        line.read()
    with pytest.raises(NoDevice, match="stopped working"):
        line.write(b"x")


class Recorded:
    """A line that notes what is done to it, in order."""

    def __init__(self):
        object.__setattr__(self, "done", [])

    def __setattr__(self, name, value):
        self.done.append((name, value))

    def open(self):
        self.done.append("open")


def test_the_reset_lines_are_quiet_before_the_port_opens(monkeypatch):
    line, asked = Recorded(), {}
    monkeypatch.setattr("serial.serial_for_url", lambda name, baud, **options: asked.update(options) or line)
    port.open_port("/dev/ttyUSB0", 921600)
    assert line.done == [("dtr", False), ("rts", False), "open"]
    assert asked["do_not_open"] is True and asked["exclusive"] is True
