"""The command as a user types it: output, one line for each error, exit codes."""

import json
import os
import subprocess
import sys

import pytest

from dermaroller import cli_device, errors, port
from dermaroller.sim.example import FACE

from .fake_device import FakeDevice
from .logs import LogBuilder, whole_log


@pytest.fixture
def log_file(tmp_path):
    path = tmp_path / "00007.drl"
    path.write_bytes(whole_log().data())
    return path


def test_help_names_every_command(command):
    code, out, _ = command("--help")
    assert code == 0
    for name in ("ports", "info", "list", "pull", "show", "report", "plan", "sim"):
        assert name in out


def test_version(command):
    assert command("--version")[1].startswith("dermaroller 0.")


@pytest.mark.parametrize("arguments", [("bogus",), ("show",), ("list", "--baud", "12"), ("sim", "run")])
def test_a_wrong_call_is_a_usage_error(command, arguments):
    code, out, err = command(*arguments)
    assert code == 2
    assert out == ""
    assert err


def test_show_json(command, log_file):
    for arguments in (("show", log_file, "--json"), ("--json", "show", log_file)):
        code, out, err = command(*arguments)
        assert (code, err) == (0, "")
        assert json.loads(out)["sessions"][0]["passes"] == 3


def test_show_text(command, log_file):
    code, out, _ = command("show", log_file, log_file)
    assert code == 0
    assert out.count("Session 7") == 2
    assert "simulated" in out and "left cheek" in out and "27 to 31" in out and "too hard ×1" in out


def test_a_damaged_file_is_shown_and_then_reported(command, tmp_path):
    path = tmp_path / "cut.drl"
    path.write_bytes(whole_log().data()[:-40])
    code, out, err = command("show", path, "--json")
    session = json.loads(out)["sessions"][0]
    assert code == errors.IntegrityError.exit_code == 6
    assert session["passes"] == 3
    assert session["missing"]["blocks"] == 1
    assert err.startswith(f"dermaroller: {path} is damaged at byte ")
    assert err.count("\n") == 1


def test_a_file_without_a_footer_is_reported(command, tmp_path):
    path = tmp_path / "open.drl"
    path.write_bytes(LogBuilder().stroke().data())
    code, out, err = command("show", path)
    assert code == 6
    assert "not closed" in out
    assert "without a footer. Pull it again" in err


def test_a_file_whose_footer_promises_another_sha_is_reported(command, tmp_path):
    path = tmp_path / "odd.drl"
    path.write_bytes(LogBuilder().stroke().footer(sha256="00").data())
    code, _, err = command("show", path)
    assert code == 6
    assert "does not have the SHA-256 that its footer promises" in err


def test_files_that_are_no_sessions(command, tmp_path):
    (tmp_path / "photo.drl").write_bytes(b"\x89PNG" * 9)
    code, out, err = command("show", tmp_path / "photo.drl")
    assert (code, out) == (6, "")
    assert "not one intact block" in err
    assert command("show", tmp_path / "none.drl")[0] == 2


def test_report_beside_the_session_and_elsewhere(command, log_file, tmp_path):
    assert command("report", log_file)[:2] == (0, f"{tmp_path / '00007.html'}\n")
    page = tmp_path / "page.html"
    assert command("report", log_file, "--out", page)[0] == 0
    assert page.read_text().startswith("<!doctype html>")
    code, _, err = command("report", log_file, "--out", tmp_path / "no" / "page.html")
    assert code == 2
    assert "cannot write" in err
    assert command("report", log_file, log_file, "--out", page)[0] == 2


def test_plan_check(command, tmp_path):
    path = tmp_path / "face.toml"
    path.write_text(FACE.plan_toml)
    code, out, _ = command("plan", "check", path)
    assert code == 0
    assert out.startswith(f"{path}: good. forehead to 180 per cm²")
    assert json.loads(command("plan", "check", path, "--json")[1])["plan"]["subject"] == "P-0042"
    path.write_text(FACE.plan_toml.replace("area_cm2 = 60", "area_cm2 = -60"))
    code, out, err = command("plan", "check", path)
    assert (code, out) == (11, "")
    assert f"{path}, line 21: area_cm2 must be from 0.01 to 10000, not -60." in err


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
        assert json.loads(command("info", "--port", path, "--json")[1])["counters"] == {"late": 2}
        out = command("-p", path, "list")[1]
        assert "1,500" in out and "recording" in out
        assert json.loads(command("--json", "-p", path, "list")[1])["sessions"][0] == {
            "id": 3,
            "bytes": 1500,
            "open": False,
        }
        fake.sessions = {}
        assert command("-p", path, "list")[1] == "no sessions on the device\n"


def test_pull_then_pull_again(command, serve, tmp_path):
    fake = FakeDevice({1: whole_log(session=1).data(), 2: whole_log(session=2).data()[:-9], 3: b"half"})
    fake.open_ids = {3}
    with serve(fake) as path:
        code, out, err = command("-p", path, "pull", "--to", tmp_path / "logs")
        assert code == 0
        assert out.endswith("2 new, 0 known, 1 damaged\n")
        assert "session 3 is still recording" in err
        assert sorted(p.name for p in (tmp_path / "logs").iterdir()) == ["c0ffee-00001.drl", "c0ffee-00002.drl"]
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
    assert (tmp_path / "archive" / "c0ffee-00001.drl").exists()


def test_a_silent_port(command, serve, monkeypatch):
    monkeypatch.setattr(cli_device, "SILENCE_S", 0.01)
    monkeypatch.setattr(cli_device, "FRAME_BITS", 0)
    with serve(FakeDevice({}, spoil=lambda reply: [])) as path:
        code, out, err = command("-p", path, "list")
    assert (code, out) == (8, "")
    assert f"{path} does not answer 'list 0'" in err


def test_a_missing_and_a_busy_port(command, serve):
    code, _, err = command("-p", "/dev/nowhere", "list")
    assert code == 3
    assert err == "dermaroller: there is no port /dev/nowhere. Plug the device in, or see `dermaroller ports`.\n"
    with serve(FakeDevice({})) as path, port.open_port(path):
        code, _, err = command("-p", path, "list")
    assert code == 4
    assert "in use by another program" in err


def test_a_mistake_of_ours_is_one_line_too(command, monkeypatch):
    def burst(_):
        raise ZeroDivisionError("oh\nno")

    monkeypatch.delenv("DERMAROLLER_TRACEBACK", raising=False)
    monkeypatch.setattr(port, "open_port", lambda *_: burst(0))
    code, _, err = command("-p", "x", "list")
    assert code == 1
    assert err.count("\n") == 1 and "ZeroDivisionError: oh no" in err
    monkeypatch.setattr(port, "open_port", lambda *_: open("/nowhere/at/all"))
    code, _, err = command("-p", "x", "list")
    assert (code, err) == (1, "dermaroller: /nowhere/at/all: No such file or directory.\n")


def call(*arguments, **options):
    """The installed command as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "dermaroller.cli", *map(str, arguments)], capture_output=True, **options
    )


def test_exit_codes_of_the_process(log_file, tmp_path):
    assert call("show", log_file, "--json").returncode == 0
    assert call("show", tmp_path / "none.drl").returncode == 2
    done = call("list", env={**os.environ, "DERMAROLLER_PORT": "/dev/nowhere"})
    assert done.returncode == 3
    assert done.stdout == b""
    assert done.stderr.count(b"\n") == 1
    assert b"Traceback" not in done.stderr


def test_every_leaf_has_its_own_exit_code():
    leaves = errors.DermarollerError.__subclasses__()
    codes = [leaf.exit_code for leaf in leaves if leaf.__module__ == "dermaroller.errors"]
    assert len(set(codes)) == len(codes)
    assert not {0, 1} & set(codes)
