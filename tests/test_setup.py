"""What make setup says while it works: enough to see that it goes on, and why it ended if it failed."""

import sys

import environment

# From pip 23 and 26.
SAID = """\
Obtaining file:///home/me/dermaroller
  Installing build dependencies: started
Collecting typer<0.29 (from dermaroller==0.1.0)
  Downloading typer-0.28.0-py3-none-any.whl.metadata (16 kB)
Collecting numpy (from dermaroller==0.1.0)
  Downloading numpy-2.4.6-cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl (16.9 MB)
Requirement already satisfied: rich in ./.venv/lib/python3.11/site-packages (15.0.0)
Downloading typer-0.28.0-py3-none-any.whl (56 kB)
Using cached font_source_sans_pro-0.0.1-py3-none-any.whl (2.2 MB)
Downloading mypy_extensions-1.1.0-py3-none-any.whl (0.9 MB)
Installing collected packages: typer, numpy, font-source-sans-pro
Successfully installed typer-0.28.0
"""
TOLD = """\
  numpy, 16.9 MB
  font_source_sans_pro, 2.2 MB
Installing them: 3 in all.
"""


def test_what_is_large_is_told_line_by_line(capsys):
    lines = SAID.splitlines(keepends=True)
    assert list(environment.told(lines)) == lines
    assert capsys.readouterr().out == TOLD


def test_on_a_terminal_the_small_passes_by(capsys, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    list(environment.told(SAID.splitlines(keepends=True)))
    out = capsys.readouterr().out
    assert "\r\x1b[K  typer\r\x1b[K  numpy\r\x1b[K  numpy, 16.9 MB\n" in out
    assert out.endswith("\r\x1b[K"), "the terminal is left clean"


def test_if_pip_fails_all_that_it_said_is_shown(capfd):
    pip = [sys.executable, "-m", "pip", "install", "--no-index", "--no-input", "dermaroller-nowhere"]
    assert environment.watched(pip) == 1
    assert "No matching distribution found for dermaroller-nowhere" in capfd.readouterr().err


def test_an_old_python_is_told_which_one_is_needed(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 9, 18))
    assert environment.main(tmp_path / "none") == 1
    assert capsys.readouterr().err.startswith("Python 3.10 or later is needed, and this is 3.9.18: ")
    assert not (tmp_path / "none").exists()
