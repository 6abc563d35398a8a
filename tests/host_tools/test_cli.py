"""The command as a user types it: output, one line for each error, exit codes."""

import json
import os
import subprocess
import sys

import pytest

from dermaroller import cli, errors, port
from dermaroller.sim.example import FACE

from .logs import LogBuilder, whole_log


@pytest.fixture
def log_file(tmp_path):
    path = tmp_path / "00007.drl"
    path.write_bytes(whole_log().data())
    return path


def test_help_names_every_command(command):
    code, out, _ = command("--help")
    assert code == 0
    for name in ("ports", "info", "list", "pull", "show", "report", "plan", "sim", "provision", "selftest", "archive"):
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


@pytest.mark.slow
def test_a_name_in_any_script_comes_out_where_the_system_has_no_unicode(tmp_path):
    path = tmp_path / "1.drl"
    path.write_bytes(whole_log(plan={"subject": "患者 42"}).data())
    words = [sys.executable, "-m", "dermaroller.cli", "show", str(path)]
    plain = {k: v for k, v in os.environ.items() if k not in ("PYTHONIOENCODING", "PYTHONUTF8")}
    plain |= {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    for environment, subject in ((plain, "患者 42"), ({**plain, "PYTHONIOENCODING": "ascii"}, "?? 42")):
        for more in ([], ["--json"]):
            done = subprocess.run([*words, *more], capture_output=True, env=environment)
            assert (done.returncode, done.stderr) == (0, b"")
            assert subject in done.stdout.decode()


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


@pytest.mark.slow
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


def test_a_mistake_of_ours_is_one_line_too(command, monkeypatch):
    def burst(_):
        raise ZeroDivisionError("oh\nno")

    monkeypatch.delenv("DERMAROLLER_TRACEBACK", raising=False)
    monkeypatch.setattr(port, "open_port", lambda *_: burst(0))
    code, _, err = command("-p", "x", "list")
    assert code == 1
    assert err.count("\n") == 1 and "ZeroDivisionError: oh no" in err and "Give -v" in err
    for words in (("-v", "list"), ("list", "-v")):
        with pytest.raises(ZeroDivisionError):
            cli.main(["-p", "x", *words])
    monkeypatch.setattr(port, "open_port", lambda *_: open("/nowhere/at/all"))
    code, _, err = command("-p", "x", "list")
    assert (code, err) == (1, "dermaroller: /nowhere/at/all: No such file or directory.\n")


def call(*arguments, **options):
    """The installed command as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "dermaroller.cli", *map(str, arguments)], capture_output=True, **options
    )


@pytest.mark.slow
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
