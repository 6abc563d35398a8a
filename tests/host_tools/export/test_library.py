"""The examples in host_tools/README.md run, and print what stands below them; the package loads little by itself."""

import contextlib
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import dermaroller
from dermaroller import Session

from . import sessions

REPO = Path(__file__).parents[3]
SECTION = (
    (REPO / "host_tools/README.md").read_text(encoding="utf-8").partition("## As a library\n")[2].partition("\n## ")[0]
)
EXAMPLES = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", SECTION, re.DOTALL)


def test_the_examples_print_what_the_readme_says(monkeypatch):
    monkeypatch.chdir(REPO)
    names = {}
    assert len(EXAMPLES) == SECTION.count("```python") == 4
    for code, expected in EXAMPLES:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(code, names)
        assert printed.getvalue() == expected


def test_what_the_package_names_is_there():
    for name in dermaroller.__all__:
        assert getattr(dermaroller, name).__name__ == name
        assert getattr(dermaroller, name).__doc__
    with pytest.raises(AttributeError, match="nothing"):
        dermaroller.nothing  # noqa: B018


def test_the_package_alone_loads_no_numpy():
    code = "import dermaroller, sys; print([name for name in ('numpy', 'typer', 'matplotlib') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"


@pytest.mark.parametrize("name", sessions.ALL)
def test_samples_are_arrays_of_one_length(name):
    session = Session.parse(sessions.ALL[name])
    samples = session.samples
    assert samples.t_s.shape == samples.force_n.shape == samples.counts.shape == (len(samples.t_s),)
    assert [array.dtype.kind for array in (samples.t_s, samples.force_n, samples.counts)] == ["f", "f", "i"]
    assert len(session.sha256) == 64


def test_summary_is_that_of_the_command(command, tmp_path):
    path = tmp_path / "s.drl"
    path.write_bytes(sessions.ALL["two-zones"])
    _, printed, _ = command("show", path, "--json")
    assert json.loads(printed) == {"sessions": [json.loads(json.dumps(Session.read(path).summary().as_json()))]}
