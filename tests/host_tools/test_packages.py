"""What is missing is named with the command that adds it, wherever the program is installed."""

import re
import shlex
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import dermaroller
from dermaroller import packages
from dermaroller.packages import (
    PackageMissing,
    command_to_add,
    command_to_update,
    missing,
    needing,
    requirements,
    shown,
)

ROOT = Path(__file__).parents[2]
EXTRAS = {"device", "edf", "parquet", "pdf", "report", "sim"}  # that commands may ask for


def declared(extra):
    """The packages of an extra, as the library that pip itself uses understands them."""
    for line in metadata.requires("dermaroller"):
        given = Requirement(line)
        if given.marker and "extra" in str(given.marker) and given.marker.evaluate({"extra": extra}):
            if given.name == "dermaroller":
                for other in given.extras:
                    yield from declared(other)
            else:
                yield given.name, given.specifier


@pytest.mark.parametrize("extra", sorted(EXTRAS | {"all", "dev"}))
def test_the_packages_of_an_extra_are_those_of_the_package_s_own_data(extra):
    read = {(name, Requirement(text).specifier) for name, text in requirements(extra)}
    assert read == set(declared(extra)) != set()


def test_all_holds_every_extra_that_a_command_may_ask_for():
    assert set(requirements("all")) == {one for extra in EXTRAS for one in requirements(extra)}


def test_only_extras_that_there_are_are_asked_for():
    sources = [path.read_text("utf-8") for path in Path(dermaroller.__path__[0]).rglob("*.py")]
    asked = [re.findall(r'(?:needing\(|missing\(\w+, )"(\w+)"', source) for source in sources]
    assert {extra for found in asked for extra in found} == EXTRAS


def test_nothing_else_tells_how_to_install():
    texts = {path: path.read_text("utf-8") for path in Path(dermaroller.__path__[0]).rglob("*.py")}
    assert [path.name for path, text in texts.items() if "pip install" in text] == ["packages.py"]


def test_in_a_checkout_it_is_added_to_the_checkout(monkeypatch):
    monkeypatch.setattr(packages.util, "find_spec", lambda name: True)  # also where these tests run without pip
    assert packages.checkout() == ROOT
    assert shlex.split(command_to_add("pdf"))[-4:] == ["pip", "install", "--editable", f"{ROOT}[pdf]"]
    assert shlex.split(command_to_update()) == ["git", "-C", str(ROOT), "pull"]


@pytest.fixture
def wheel_in(tmp_path, monkeypatch):
    """wheel_in({file: its text}) pretends that a wheel is installed in an environment with these files, without pip."""

    def install(files):
        for name, text in files.items():
            (tmp_path / name).write_text(text)
        monkeypatch.setattr(packages, "checkout", lambda: None)
        monkeypatch.setattr(packages, "_is_here", lambda name: name in ("jinja2", "matplotlib"))
        monkeypatch.setattr(packages.util, "find_spec", lambda name: None)
        monkeypatch.setattr(sys, "prefix", str(tmp_path))
        return str(tmp_path)

    return install


def test_pipx_is_told_to_inject(wheel_in):
    prefix = wheel_in({"pipx_metadata.json": "{}"})
    assert command_to_add("pdf") == f"pipx inject {Path(prefix).name} font-source-sans-pro 'typst>=0.15'"
    assert command_to_update() == "pipx install --force 'NEWER.whl[report]'"


def test_uv_is_told_which_environment(wheel_in):
    wheel_in({"pyvenv.cfg": "home = /usr/bin\nuv = 0.9.1\n", "uv-receipt.toml": ""})
    assert command_to_add("edf") == f"uv pip install --python {sys.executable} edfio"
    assert command_to_update() == "uv tool install --force 'NEWER.whl[report]'"


def test_an_environment_without_pip_is_reached_from_without(wheel_in):
    wheel_in({"pyvenv.cfg": "home = /usr/bin\n"})
    assert command_to_add("edf") == f"pip --python {sys.executable} install edfio"


def test_an_environment_with_pip_is_reached_by_its_own(wheel_in, monkeypatch):
    wheel_in({"pyvenv.cfg": "home = /usr/bin\n"})
    monkeypatch.setattr(packages.util, "find_spec", lambda name: object())
    assert command_to_add("edf") == f"{sys.executable} -m pip install edfio"
    assert command_to_update() == f"{sys.executable} -m pip install --upgrade 'NEWER.whl[report]'"


def test_each_shell_quotes_in_its_own_way():
    words = ["C:\\Program Files\\python.exe", "-m", "pip", "typst>=0.15"]
    assert shown(words, "nt") == '"C:\\Program Files\\python.exe" -m pip "typst>=0.15"'
    assert shlex.split(shown(words, "posix")) == words


def test_an_import_that_fails_names_package_extra_and_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "edfio", None)
    with pytest.raises(PackageMissing) as raised, needing("edf"):
        import edfio  # noqa: F401
    assert str(raised.value) == f"edfio is not installed: add the extra edf by `{command_to_add('edf')}`."


LOG = str(ROOT / "tests" / "data" / "golden" / "format1-plan.drl")


@pytest.mark.parametrize(
    "extra, words",
    [
        ("report", ["report", LOG, "-o", "x.html"]),
        ("pdf", ["report", LOG, "-o", "x.pdf"]),  # all at once, not first the one and then the other
        ("report", ["compare", LOG, LOG, "-o", "x.html"]),
        ("report", ["trend", LOG, "-o", "x.html"]),
    ],
)
def test_pages_want_an_extra_and_nothing_is_left_half_done(extra, words, tmp_path):
    code = "import sys; sys.modules['matplotlib'] = None; from dermaroller.cli import main; main(sys.argv[1:])"
    done = subprocess.run([sys.executable, "-c", code, *words], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (12, "")
    assert done.stderr == f"dermaroller: {missing('matplotlib', extra)}\n"
    assert list(tmp_path.iterdir()) == []


def test_a_module_of_ours_that_is_missing_is_a_mistake():
    with pytest.raises(ModuleNotFoundError, match=r"dermaroller\.nowhere"), needing("edf"):
        import dermaroller.nowhere  # noqa: F401
