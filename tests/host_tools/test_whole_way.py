"""The real host against the real firmware: rolled on the virtual board, pulled over its serial port, shown."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from dermaroller import port
from dermaroller.device import Device

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("micropython", "patience"),
    pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals"),
]

HAND = Path(__file__).parents[1] / "data" / "hand_01.csv"
PATIENCE_S = 120  # of this computer, which may be busy


@pytest.fixture(scope="module")
def rolled(tmp_path_factory):
    """A flash image with two sessions, and the files that `sim run` took out of it."""
    pytest.importorskip("littlefs")
    from dermaroller.sim.run import run

    image = tmp_path_factory.mktemp("rolled") / "flash.bin"
    run(HAND, flash=image)
    return image, run(HAND, flash=image, seed=2).files


@contextmanager
def serving(*options):
    """`dermaroller sim serve` as a process; gives the port's path from its first line."""
    words = [sys.executable, "-m", "dermaroller.cli", "sim", "serve", *map(str, options)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        path = process.stdout.readline().strip()
        assert path, process.stderr.read()
        yield path
    finally:
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, err) == (0, "")


def test_list_pull_show_report(rolled, command, tmp_path):
    image, files = rolled
    with serving("--flash", image, "--link", tmp_path / "roller") as path:
        assert os.path.realpath(tmp_path / "roller") == path
        code, out, _ = command("-p", path, "info", "--json")
        assert code == 0
        assert json.loads(out)["sessions"] == 2
        listed = json.loads(command("-p", tmp_path / "roller", "list", "--json")[1])["sessions"]
        assert [(one["id"], one["bytes"], one["open"]) for one in listed] == [
            (i, len(files[f"{i:05d}.drl"]), False) for i in (1, 2)
        ]
        code, out, _ = command("-p", path, "pull", "--to", tmp_path, "--json")
        assert code == 0
        pulled = [Path(one["file"]) for one in json.loads(out)["files"]]
        assert [pull.read_bytes() for pull in pulled] == [files["00001.drl"], files["00002.drl"]]
        assert command("-p", path, "pull", "--to", tmp_path)[0] == 7
    sessions = json.loads(command("show", *pulled, "--json")[1])["sessions"]
    assert [session["passes"] for session in sessions] == [5, 5]
    assert command("report", *pulled)[0] == 0
    assert "simulated" in pulled[0].with_suffix(".html").read_text()


def test_into_the_archive_and_out_of_it(rolled, command, archive_folder, tmp_path, monkeypatch):
    image, files = rolled
    monkeypatch.chdir(tmp_path)
    with serving("--flash", image) as path:
        code, out, _ = command("-p", path, "pull")
        assert (code, out.splitlines()[-1]) == (0, "2 new, 0 known, 0 damaged")
        code, out, err = command("-p", path, "pull")
        assert (code, out) == (7, "0 new, 2 known, 0 damaged\n"), err
        assert command("-p", path, "erase", "--confirmed", "--dry-run")[1].endswith("bytes would be erased\n")
    assert {path.read_bytes() for path in archive_folder.rglob("*.drl")} == set(files.values())
    listed = json.loads(command("archive", "list", "--json")[1])["sessions"]
    assert [one["session"] for one in listed] == [1, 2]
    for one in listed:
        (shown,) = json.loads(command("show", one["sha256"][:8], "--json")[1])["sessions"]
        for key in ("started_at", "start_source", "passes", "punctures", "contact_s", "duration_s", "device"):
            assert one[key] == shown[key]
    assert command("report", "last")[1].strip().endswith("-00002.html")
    assert command("archive", "verify")[0] == 0


def read_until(line, wanted):
    text, deadline = b"", time.monotonic() + PATIENCE_S
    while wanted not in text and time.monotonic() < deadline:
        text += line.read()
    return text


def test_a_person_types_a_command(rolled):
    with serving("--flash", rolled[0]) as path, port.open_port(path) as line:
        line.write(b"list\r\n")
        text = read_until(line, b"sessions:")
        assert b"sessions:" in text
        line.write(b"nonsense\r\n")
        assert b"type help" in read_until(line, b"type help")


def test_an_application_at_the_prompt_is_started_again(rolled):
    said = []
    with serving("--flash", rolled[0]) as path, port.open_port(path) as line:
        assert Device(line).info().sessions == 2
        line.write(b"\x03")
        assert b">>> " in read_until(line, b">>> ")
        assert Device(line, path, said.append).info().sessions == 2
    assert len(said) == 1 and "soft reset" in said[0]


def test_a_raw_prompt_that_a_killed_tool_left_is_left(rolled):
    said = []
    with serving("--flash", rolled[0]) as path, port.open_port(path) as line:
        Device(line, path).info()  # it listens: a Ctrl-C between boot.py and main.py is lost, as on a chip
        line.write(b"\x03\r\x03\x01")
        assert b"raw REPL" in read_until(line, b"exit\r\n>")
        assert Device(line, path, said.append, silence_s=0.5).info().sessions == 2
    assert len(said) == 1


def wait_until(device, uptime_ms):
    deadline = time.monotonic() + PATIENCE_S
    while device.info().uptime_ms < uptime_ms:
        assert time.monotonic() < deadline


def test_a_session_that_is_rolled_while_served_can_be_stopped_and_pulled(command, tmp_path):
    with serving("--trace", HAND, "--flash", tmp_path / "flash.bin", "--speed", "4") as path:
        with port.open_port(path) as line:
            device = Device(line, path)
            wait_until(device, 5_000)
            assert device.list_sessions()[0].is_open
            wait_until(device, 15_500)  # the hand has rolled the trace to its end
            device.stop()
        assert command("-p", path, "pull", "--to", tmp_path)[0] == 0
    (pulled,) = tmp_path.glob("*.drl")
    (session,) = json.loads(command("show", pulled, "--json")[1])["sessions"]
    assert (session["passes"], session["end"]) == (5, "ask")
