"""The command as processes on a served board: killed at any moment, two at once, and beside mpremote."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from dermaroller import port
from dermaroller.device import Device
from dermaroller.errors import NoDevice
from dermaroller.session import Session

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")]

PATIENCE_S = 120  # of this computer, which may be busy
OURS = (sys.executable, "-m", "dermaroller.cli")
MPREMOTE = (sys.executable, "-m", "mpremote")


@contextmanager
def serving(flash, *options):
    words = [*OURS, "sim", "serve", "--flash", str(flash), *options]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    try:
        yield process.stdout.readline().strip()
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE_S)


def call(*words):
    done = subprocess.run([*OURS, *map(str, words)], capture_output=True, text=True, timeout=PATIENCE_S)
    return done.returncode, done.stdout, done.stderr


def start_pull(path, folder):
    words = [*OURS, "-p", path, "pull", "--to", str(folder)]
    return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def wait_for(condition):
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def bytes_in(folder):
    """What has come of the sessions, complete or not."""
    return sum(file.stat().st_size for suffix in ("drl", "part") for file in folder.glob(f"*.{suffix}"))


@pytest.mark.parametrize(("kills", "latest_s"), [(2, 0.0), pytest.param(20, 2.5, marks=pytest.mark.soak)])
def test_a_pull_that_is_killed_at_any_moment_is_completed_by_the_next(kills, latest_s, rolled, flash, tmp_path):
    """In the midst of a session: once more of it has come, and up to so many seconds later."""
    files, folder = rolled[1], tmp_path / "pulled"
    dice = random.Random(5)
    with serving(flash, "--baud", "19200") as path:
        for _ in range(kills):
            before = bytes_in(folder)
            process = start_pull(path, folder)
            wait_for(lambda: bytes_in(folder) > before or process.poll() is not None)  # noqa: B023 - called at once
            time.sleep(dice.uniform(0, latest_s))
            process.kill()
            process.wait()
            for file in folder.glob("*.drl"):
                assert file.read_bytes() == files[file.name[-9:]]
        code, out, _ = call("-p", path, "pull", "--to", folder, "--all")
    assert code in (0, 7) and out.splitlines()[-1].endswith("0 damaged")
    assert {file.name[-9:]: file.read_bytes() for file in folder.glob("*.drl")} == files
    assert not list(folder.glob("*.part"))
    assert all(Session.read(file).is_as_closed for file in folder.glob("*.drl"))


def test_ctrl_c_ends_a_pull_with_a_sentence(flash, tmp_path):
    with serving(flash, "--baud", "19200") as path:
        words = [*OURS, "-p", path, "pull", "--to", str(tmp_path)]
        process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        wait_for(lambda: list(tmp_path.glob("*.part")))
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130
    assert "pull again to go on" in err and "Traceback" not in err


def test_of_two_at_once_the_second_says_who_holds_the_port(flash, tmp_path):
    with serving(flash, "--baud", "9600") as path:
        first = start_pull(path, tmp_path / "first")
        wait_for(lambda: (tmp_path / "first").exists() and list((tmp_path / "first").iterdir()))
        code, _, err = call("-p", path, "pull", "--to", tmp_path / "second")
        assert code == 4
        if sys.platform == "linux":
            assert f"(process {first.pid})" in err and "is in use by python" in err
            code, out, _ = call("-p", path, "doctor", "--json")
            assert code == 4 and json.loads(out)["findings"][0]["command"] == f"kill {first.pid}"
        first.kill()
        first.wait()
        assert call("-p", path, "info")[0] == 0


def test_over_tcp_a_pull_is_whole_and_a_second_program_is_turned_away(rolled, flash, tmp_path):
    with serving(flash, "--tcp", "0") as path:
        with port.open_port(path) as line:
            assert Device(line).info().board == "virtual"
            code, _, err = call("-p", path, "info")
            assert code == 4 and f"{path} hung up at once: it is in use by another program." in err
        code, out, _ = call("-p", path, "pull", "--to", tmp_path)
        assert code == 0 and out.endswith("2 new, 0 known, 0 damaged\n")
        served_by = port.open_port(path)
        assert Device(served_by).info().board == "virtual"
    assert {file.name[-9:]: file.read_bytes() for file in tmp_path.glob("*.drl")} == rolled[1]
    with served_by, pytest.raises(NoDevice, match="hung up: what served it has ended"):
        Device(served_by).info()


def test_attaching_disturbs_nothing(flash):
    with serving(flash) as path:
        with port.open_port(path) as line:
            before = Device(line).info()
        for _ in range(3):
            with port.open_port(path) as line:
                after = Device(line).info()
    assert after.boot == before.boot
    assert after.uptime_ms > before.uptime_ms


def test_mpremote_gets_through_whatever_the_application_does(flash, tmp_path):
    with serving(flash) as path:
        with port.open_port(path) as line:  # a tool that died in the middle of a transfer
            for i in range(4):
                line.write(b"@%02x get 1 0 20" % i)
                Device(line).send("get 1 0 2048")
        done = subprocess.run(
            [*MPREMOTE, "connect", path, "resume", "exec", "print(6 * 7)"], capture_output=True, text=True, timeout=30
        )
        assert "42" in done.stdout, done.stderr
        code, out, err = call("-p", path, "pull", "--to", tmp_path)
        assert code == 0 and out.endswith("2 new, 0 known, 0 damaged\n")
        assert "was at the MicroPython prompt" in err
