"""A start costs little: each command loads what it needs, and only then; help and completion load no command."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import typer
from typer.main import get_command, get_group

from dermaroller.cli import COMMANDS, app
from dermaroller.lazy import examples_apart

from .logs import whole_log

HEAVY = ("numpy", "matplotlib", "jinja2", "markupsafe", "pydantic", "rich", "serial", "pygments", "PIL", "platformdirs")
MODULES = tuple(sorted({f"dermaroller.{module}" for module, _ in COMMANDS.values()}))
WATCHED = """
import json, sys
from dermaroller.cli import main
names, *calls = map(json.loads, sys.argv[1:])
for call in calls:
    try:
        main(call)
    except SystemExit:
        pass
print(json.dumps([name for name in names if name in sys.modules]))
"""


def loaded_by(*calls, names=HEAVY):
    """Which of these modules a new process has loaded when it has made these calls."""
    words = [sys.executable, "-c", WATCHED, *(json.dumps(each) for each in (names, *calls))]
    done = subprocess.run(words, capture_output=True, text=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_version_and_help_load_no_command():
    assert loaded_by(["--version"], ["--help"], [], ["bogus"], names=HEAVY + MODULES) == set()


def test_a_command_is_loaded_when_it_is_called():
    assert loaded_by(["list", "--help"], names=MODULES) == {"dermaroller.cli_device"}
    assert loaded_by(["plan", "show", "--help"], names=MODULES) == {"dermaroller.cli_device", "dermaroller.cli_plan"}


def test_no_command_s_help_loads_anything_heavy():
    assert loaded_by(*([name, "--help"] for name in COMMANDS)) == set()


@pytest.mark.slow
def test_what_is_done_loads_what_that_needs(tmp_path):
    path, none = str(tmp_path / "1.drl"), str(tmp_path / "none")
    Path(path).write_bytes(whole_log().data())
    assert loaded_by(["show", path, "--json"]) == {"numpy"}
    assert loaded_by(["report", path]) > {"numpy", "matplotlib", "jinja2"}
    assert loaded_by(["-p", none, "list"]) == {"serial"}
    assert loaded_by(["archive", "list", "--archive", none, "--json"]) == set()


def registered(module):
    """The names of the commands that a module adds."""
    own = typer.Typer()
    import_module(f"dermaroller.{module}").add_to(own)
    return set(get_group(own).commands)


def test_the_table_of_commands_is_that_of_the_modules():
    told = {}
    for name, (module, _) in COMMANDS.items():
        told.setdefault(module, set()).add(name)
    assert told == {module: registered(module) for module in told}
    files = {path.stem for path in Path(import_module("dermaroller").__path__[0]).glob("cli_*.py")}
    assert set(told) == files


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_says_of_a_command_what_its_own_help_begins_with(name):
    line = COMMANDS[name][1]
    text = get_command(app).load(name).help
    assert " ".join(text.split("\n\n")[0].split()) == line


def test_help_fits_a_terminal_of_80_columns(command, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    for words in ([], ["archive"], ["calibrate"], ["plan"], ["sim"], ["time"]):
        out = command(*words, "--help")[1]
        assert max(map(len, out.splitlines())) <= 80
        assert "..." not in out.partition("Commands:")[2], "a command's line is cut"


def test_examples_stand_apart_and_whole(command, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert "\n    dermaroller calibrate force --weights 100g,200g,500g\n" in command("calibrate", "force", "-h")[1]
    assert examples_apart("Does it.\n\nExamples: a b;\nc d") == "Does it.\n\n\b\nExamples:\n  a b\n  c d"
    assert examples_apart("Does it.") == "Does it."


def completed(words):
    """What pressing Tab behind these words offers, in bash."""
    asked = {"COMP_WORDS": words, "COMP_CWORD": str(words.count(" ")), "_DERMAROLLER_COMPLETE": "complete_bash"}
    program = Path(sys.executable).with_name("dermaroller")
    done = subprocess.run([program], env={**os.environ, **asked}, capture_output=True, text=True)
    assert done.stderr == ""
    return done.stdout.split()


def test_the_shell_completes_commands_and_their_options():
    assert completed("dermaroller l") == ["list", "light"]
    assert completed("dermaroller archive re") == ["rebuild"]
    assert completed("dermaroller list --j") == ["--json"]
    assert completed("dermaroller archive list --qu") == ["--quiet"]


@pytest.mark.skipif(not shutil.which("bash"), reason="no bash here")
def test_the_shell_is_told_how_to_ask():
    """Which shell it is, is seen from the process that asks."""
    asked = [str(Path(sys.executable).with_name("dermaroller")), "--show-completion"]
    done = subprocess.run(["bash", "-c", f"{shlex.join(asked)}; exit $?"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "_DERMAROLLER_COMPLETE=complete_bash" in done.stdout


def test_the_package_runs_as_the_command_does():
    done = subprocess.run([sys.executable, "-m", "dermaroller", "-V"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("dermaroller 0.")
