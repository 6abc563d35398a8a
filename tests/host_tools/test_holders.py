"""Who holds a port, read from a /proc that the test has made."""

import os

import pytest

from dermaroller.holders import Holder, holders

pytestmark = pytest.mark.skipif(os.name != "posix", reason="/proc is Linux's")


@pytest.fixture
def proc(tmp_path):
    folder = tmp_path / "proc"
    folder.mkdir()
    return folder


def process(proc, pid, command, *files):
    (proc / str(pid) / "fd").mkdir(parents=True)
    (proc / str(pid) / "cmdline").write_bytes(b"\0".join(word.encode() for word in command) + b"\0")
    for i, file in enumerate(files):
        (proc / str(pid) / "fd" / str(i)).symlink_to(file)


def test_whoever_has_it_open_is_named(proc, tmp_path):
    port = tmp_path / "ttyUSB0"
    port.touch()
    process(proc, 41, ["/usr/bin/minicom", "-D", "/dev/ttyUSB0"], "/dev/null", port)
    process(proc, 7, ["/sbin/init"], "/dev/null")
    (found,) = holders(str(port), proc)
    assert found == Holder(41, "minicom -D /dev/ttyUSB0")
    assert str(found) == "minicom -D /dev/ttyUSB0 (process 41)"


def test_whoever_locked_it_counts_more(proc, tmp_path):
    port = tmp_path / "ttyUSB0"
    port.touch()
    process(proc, 41, ["sim", "serve"], port)
    process(proc, 42, ["dermaroller", "pull"], port)
    status = os.stat(port)
    device = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}"
    (proc / "locks").write_text(
        f"1: FLOCK  ADVISORY  WRITE 42 {device} 0 EOF\n2: POSIX  ADVISORY  READ 41 {device} 0 EOF\n3: odd\n"
    )
    assert [one.pid for one in holders(str(port), proc)] == [42]


def test_a_link_to_the_port_is_the_port(proc, tmp_path):
    port = tmp_path / "ttyUSB0"
    port.touch()
    (tmp_path / "roller").symlink_to(port)
    process(proc, 41, ["x" * 100], port)
    (found,) = holders(str(tmp_path / "roller"), proc)
    assert found.command == "x" * 59 + "…"


def test_this_process_does_not_count(proc, tmp_path):
    port = tmp_path / "ttyUSB0"
    port.touch()
    process(proc, os.getpid(), ["pytest"], port)
    assert holders(str(port), proc) == []


def test_nothing_to_be_read(proc, tmp_path):
    assert holders("/dev/none", proc) == []
    assert holders("socket://here:1", proc) == []
    assert holders("/dev/none", tmp_path / "no proc") == []
