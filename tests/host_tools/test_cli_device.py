"""Commands that talk to a device, over a real pseudo-terminal: what they print, what they bring, how they fail."""

import hashlib
import io
import json
import os
import sys

import pytest

from dermaroller import cli_device, errors, port

from .fake_device import FakeDevice
from .logs import whole_log

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")


def test_ports(command, monkeypatch):
    found = [
        port.PortInfo("/dev/ttyUSB3", "CP2102", 0x10C4, 0xEA60, "1", True),
        port.PortInfo("/dev/ttyS0", "", None, None, None, False),
    ]
    monkeypatch.setattr(port, "ports", lambda: found)
    out = command("ports")[1]
    assert "/dev/ttyUSB3" in out and "10c4:ea60" in out
    assert json.loads(command("ports", "--json")[1])["ports"][0]["is_likely"] is True
    monkeypatch.setattr(port, "ports", list)
    assert "no serial port" in command("ports")[2]


def test_info_and_list_over_a_port(command, serve):
    fake = FakeDevice({3: bytes(1500), 4: b""})
    fake.open_ids = {4}
    with serve(fake) as path:
        assert "c0ffee" in command("-p", path, "info")[1]
        assert json.loads(command("info", "--port", path, "--json")[1])["counters"] == {"late_callbacks": 2}
        out = command("-p", path, "list")[1]
        assert "1,500" in out and "recording" in out
        assert json.loads(command("--json", "-p", path, "list")[1])["sessions"][0] == {
            "id": 3,
            "bytes": 1500,
            "open": False,
            "confirmed": False,
        }
        fake.sessions = {}
        assert command("-p", path, "list")[1] == "no sessions on the device\n"


def test_pull_then_pull_again(command, serve, tmp_path):
    fake = FakeDevice({1: whole_log(session=1).data(), 2: whole_log(session=2).data()[:-9], 3: b"half"})
    fake.open_ids = {3}
    with serve(fake) as path:
        code, out, err = command("-p", path, "pull", "--to", tmp_path / "logs")
        assert code == 6
        assert out.endswith("2 new, 0 known, 1 damaged\n")
        assert "damaged log: c0ffee-00002.drl" in err
        assert "session 3 is still recording" in err
        assert sorted(p.name for p in (tmp_path / "logs").iterdir()) == [
            "c0ffee-00001.drl",
            "c0ffee-00002.drl",
            "receipts.jsonl",
        ]
        code, out, err = command("-p", path, "pull", "--to", tmp_path / "logs", "--json")
        assert code == errors.NothingNew.exit_code == 7
        assert json.loads(out)["new"] == 0
        assert "2 sessions are in" in err


def test_pull_one_session(command, serve, tmp_path):
    with serve(FakeDevice({1: whole_log().data(), 2: whole_log().data()})) as path:
        code, out, _ = command("-p", path, "pull", "--to", tmp_path, "--session", "2", "--json")
        assert code == 0
        assert [one["file"] for one in json.loads(out)["files"]] == [str(tmp_path / "c0ffee-00002.drl")]
        code, _, err = command("-p", path, "pull", "--to", tmp_path, "--session", "9")
        assert code == 2
        assert "session 9 is not on the device; it has 1, 2." in err


def test_pull_goes_to_the_archive_of_the_environment(command, serve, tmp_path, monkeypatch):
    monkeypatch.setenv("DERMAROLLER_ARCHIVE", str(tmp_path / "archive"))
    with serve(FakeDevice({1: whole_log().data()})) as path:
        monkeypatch.setenv("DERMAROLLER_PORT", path)
        assert command("pull")[0] == 0
    (file,) = (tmp_path / "archive" / "sessions").rglob("*.drl")
    assert file.read_bytes() == whole_log().data()
    assert file.stem == hashlib.sha256(file.read_bytes()).hexdigest()


def test_a_silent_port(command, serve, monkeypatch):
    monkeypatch.setattr(cli_device, "SILENCE_S", 0.01)
    monkeypatch.setattr(cli_device, "FRAME_BITS", 0)
    with serve(FakeDevice({}, spoil=lambda reply: [])) as path:
        code, out, err = command("-p", path, "list")
    assert (code, out) == (8, "")
    assert f"{path} does not answer 'list 0'" in err


@pytest.mark.parametrize("words", [("-v", "list"), ("list", "--verbose")])
def test_verbose_tells_what_is_opened_and_what_is_asked_again(command, serve, monkeypatch, words):
    monkeypatch.setattr(cli_device, "SILENCE_S", 0.01)
    monkeypatch.setattr(cli_device, "FRAME_BITS", 0)
    with serve(FakeDevice({}, spoil=lambda reply: [])) as path:
        code, out, err = command("-p", path, *words)
    told = err.splitlines()
    assert (code, out) == (8, "")
    assert told[0] == f"dermaroller: opened {path} at 115200 baud."
    assert told[1] == "dermaroller: no answer to 'list': asking again, 2 of 5."
    assert len(told) == 6 and "does not answer 'list 0'" in told[-1]


@pytest.mark.parametrize("words", [("-q", "pull"), ("pull", "--quiet")])
def test_quiet_leaves_out_hints_but_no_error(command, serve, tmp_path, words):
    fake = FakeDevice({1: whole_log().data(), 2: b"half"})
    fake.open_ids = {2}
    with serve(fake) as path:
        assert "session 2 is still recording" in command("-p", path, "pull", "--to", tmp_path / "loud")[2]
        assert command("-p", path, *words, "--to", tmp_path / "quiet")[::2] == (0, "")
        code, _, err = command("-p", path, *words, "--to", tmp_path / "quiet")
    assert code == 7
    assert err.startswith("dermaroller: nothing new on ")


class Terminal(io.StringIO):
    """Someone looks at it."""

    def isatty(self):
        return True


def test_a_pull_shows_how_far_it_is_where_someone_looks_unless_it_is_to_be_quiet(command, serve, tmp_path, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    shown = {}
    with serve(FakeDevice({1: whole_log().data()})) as path:
        for name, words in (("loud", ["pull"]), ("quiet", ["pull", "-q"])):
            with monkeypatch.context() as patch:
                patch.setattr("sys.stderr", Terminal())
                assert command("-p", path, *words, "--to", tmp_path / name)[0] == 0
                shown[name] = sys.stderr.getvalue()
    assert "session 1 (1 of 1)" in shown["loud"] and "0:00:00" in shown["loud"]
    assert shown["quiet"] == ""


def test_a_missing_and_a_busy_port(command, serve):
    code, _, err = command("-p", "/dev/nowhere", "list")
    assert code == 3
    assert err == "dermaroller: there is no port /dev/nowhere. Plug the device in, or see `dermaroller ports`.\n"
    with serve(FakeDevice({})) as path, port.open_port(path):
        code, _, err = command("-p", path, "list")
    assert code == 4
    assert "in use by another program" in err
