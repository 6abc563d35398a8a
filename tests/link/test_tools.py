"""The tools that people use on real boards, on the served one: each copies a session file whole, byte for byte."""

import importlib.util
import os
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest

from dermaroller.sim import image
from dermaroller.sim.serve import Server

from .rolled import roll

pytestmark = [pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals"), pytest.mark.slow]

SESSION = "/session.drl"  # a plain file: those in the boxes are for the link alone
WAYS = {"pseudo-terminal": {}, "TCP": {"tcp": "0"}}
PATIENCE_S = 300  # of this computer, however busy it is
MPREMOTE = ("-m", "mpremote", "connect")
AMPY = ("-m", "ampy.cli", "-p")
# rshell waits half a second of this computer's time for an answer.
RSHELL = (
    "-c",
    """
import rshell.main
import serial
own = serial.SerialBase.timeout
serial.SerialBase.timeout = property(own.fget, lambda port, timeout_s: own.fset(port, 60))
rshell.main.main()
""",
    "--quiet", "-p",
)  # fmt: skip

MODULE = """
import os
def size(path):
    return os.stat(path)[6]
print(__name__, "is here")
"""


def needs(tool):
    """Skip without the tool, but not in CI, where that would hide it."""
    if importlib.util.find_spec(tool) is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{tool} is missing: pip install '.[dev]'")


@pytest.fixture(scope="module")
def rolled_once(micropython, tmp_path_factory):
    """An image with one session, and its bytes as a file, from which each test gets a copy."""
    pytest.importorskip("littlefs")
    path = tmp_path_factory.mktemp("rolled") / "flash.bin"
    roll(path, (4,))
    image.put_file(path, SESSION, image.read_files(path)["00001.drl"])
    return path


@pytest.fixture
def flash(rolled_once, tmp_path):
    return shutil.copy(rolled_once, tmp_path / "flash.bin")


@pytest.fixture
def session(flash):
    """What the session file holds."""
    content = image.read_files(flash)["00001.drl"]
    assert len(content) > 2000 and {0x03, 0x04, 0x0A, 0x0D} < set(content)  # what a careless way would swallow
    return content


@contextmanager
def served(flash, **options):
    """The path of a board's port, once its application shows a light: from then on it hears a Ctrl-C."""
    is_on = threading.Event()
    with Server(flash=flash, baud=921600, on_light=lambda t_s, state, rgb: is_on.set(), **options) as server:
        assert is_on.wait(PATIENCE_S)
        yield server.path


def call(*words):
    done = subprocess.run(
        [sys.executable, *map(str, words)],
        capture_output=True, text=True, timeout=PATIENCE_S, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("way", WAYS)
def test_mpremote_copies_a_session_there_and_back(flash, session, tmp_path, way):
    with served(flash, **WAYS[way]) as path:
        call(*MPREMOTE, path, "cp", f":{SESSION}", tmp_path / "got.drl")
        call(*MPREMOTE, path, "cp", tmp_path / "got.drl", ":/log/put.bin")
    assert (tmp_path / "got.drl").read_bytes() == session
    assert image.read_files(flash)["put.bin"] == session


def test_ampy_copies_a_session_there_and_back(flash, session, tmp_path):
    needs("ampy")
    with served(flash) as path:
        call(*AMPY, path, "get", SESSION, tmp_path / "got.drl")
        call(*AMPY, path, "put", tmp_path / "got.drl", "/log/put.bin")
    assert (tmp_path / "got.drl").read_bytes() == session
    assert image.read_files(flash)["put.bin"] == session


def test_rshell_copies_a_session_there_and_back(flash, session, tmp_path):
    needs("rshell")
    with served(flash) as path:
        call(*RSHELL, path, "cp", SESSION, tmp_path / "got.drl")
        call(*RSHELL, path, "cp", tmp_path / "got.drl", "/log/put.bin")
    assert (tmp_path / "got.drl").read_bytes() == session
    assert image.read_files(flash)["put.bin"] == session


@pytest.mark.parametrize("way", WAYS)
def test_mpremote_runs_a_module_from_the_computer(flash, session, tmp_path, way):
    """At a tenth of real time: the second that the board gives mpremote for an answer is ten of this computer."""
    folder = tmp_path / "mounted"
    folder.mkdir()
    (folder / "from_the_computer.py").write_text(MODULE)
    (tmp_path / "script.py").write_text(
        f"import from_the_computer\nprint(from_the_computer.size('{SESSION}'))\n"
        "with open('answer.bin', 'wb') as file:\n    file.write(bytes(range(256)))\n"
    )
    with served(flash, speed=0.1, **WAYS[way]) as path:
        said = call(*MPREMOTE, path, "mount", folder, "exec", "import from_the_computer")
        assert said.endswith("from_the_computer is here\n")
        said = call(*MPREMOTE, path, "mount", folder, "run", tmp_path / "script.py")
    assert said.endswith(f"from_the_computer is here\n{len(session)}\n")
    assert (folder / "answer.bin").read_bytes() == bytes(range(256))
    assert "from_the_computer.py" not in image.read_files(flash, "/")
