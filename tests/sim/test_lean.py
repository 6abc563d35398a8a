"""Sources made lean: what is put in the place of names, what is left alone, and that the program stays the same."""

import re
import subprocess
from pathlib import Path

import pytest

from dermaroller.sim import mpy
from dermaroller.sim.lean import lean
from dermaroller.sim.runtime import Runtime

# All but the one that reads files which lie beside the tests' sources.
ROLLER_TESTS = sorted(p for p in (Path(__file__).parents[1] / "roller").glob("*.py") if p.stem != "test_golden")
RUNNER = Path(__file__).parents[1] / "run_on_micropython.py"


def lines(texts: dict[str, str], name: str, **options: object) -> list[str]:
    """The lines of one of these sources, made lean together."""
    return [line for line in lean(texts, **options)[name].splitlines() if line.strip()]


def line(text: str, **options: object) -> str:
    """The last line of a source made lean."""
    return lines({"m.py": text}, "m.py", **options)[-1].strip()


def test_a_named_number_stands_in_its_places_and_its_name_goes():
    assert lines({"m.py": "LIFT_MS = 60\nlate = t > LIFT_MS"}, "m.py") == ["late = t > 60"]


def test_numbers_are_made_of_each_other():
    assert line("A = const(1 << 3)\nB = -A // 2\nC = B & A - 1\nx = (A, B, C)") == "x = (8, -4, 4)"


def test_a_negative_number_keeps_its_sign_to_itself():
    assert line("A = -2\nx = A ** 2") == "x = (-2) ** 2"


def test_numbers_of_another_module_are_put_in_however_they_are_asked_for():
    texts = {
        "p/a.py": "ON = 3\nNAME = 'a'",
        "p/b.py": "from p import a\nfrom p.a import NAME, ON\nx = (ON, a.ON, a.NAME, NAME)",
        "c.py": "import b\nx = b.ON\n",
        "b.py": "ON = 4",
    }
    assert lines(texts, "p/b.py") == ["from p import a", "from p.a import NAME", "x = (3, 3, a.NAME, NAME)"]
    assert lines(texts, "p/a.py") == ["NAME = 'a'"]
    assert lines(texts, "c.py") == ["import b", "x = 4"]


@pytest.mark.parametrize(
    "text",
    [
        "ON = 3\ndef f(on, *, ON):\n    return ON\nf(ON=1, on=2)",
        "ON = 3\ndef f():\n    ON = 4\n    return ON",
        "ON = 3\ndef f():\n    for ON in x:\n        return ON",
        "ON = 3\nclass F:\n    ON = 4\n    y = ON",
        "ON = 3\nON = 4\nx = ON",
        "ON = 3\ndef f():\n    global ON\n    ON = 4\nx = ON",
        "ON = True\nx = ON",
        "ON = 1 << 30\nx = ON",
        "ON = len(y)\nx = ON",
        "[ON, OFF] = (1, 2)\nx = ON",  # a pair without brackets is written in two ways by Python 3.10 and 3.11
        "x = [ON for ON in y]",
        "ON = 3\nx = getattr(y, 'ON')",
        "ON = 3\nx = y.ON",
    ],
)
def test_what_is_no_plain_number_or_is_bound_again_stays(text):
    assert lines({"m.py": text}, "m.py") == text.splitlines()


def test_a_method_does_not_see_the_names_of_its_class():
    text = "ON = 3\nclass F:\n    ON = 4\n    def f(self):\n        return ON"
    assert line(text) == "return 3"


def test_numbers_of_a_public_module_can_still_be_asked_for():
    texts = {"api.py": "ON = 3\n_OFF = 4\nx = ON + _OFF"}
    assert lines(texts, "api.py", public=("api",)) == ["ON = 3", "x = 3 + 4"]


def test_a_number_that_somebody_stores_from_outside_stays():
    texts = {"a.py": "SIZE = 3\nx = SIZE", "b.py": "import a\na.SIZE = 4\ny = a.SIZE"}
    assert lines(texts, "a.py") == ["SIZE = 3", "x = SIZE"]
    assert lines(texts, "b.py")[-1] == "y = a.SIZE"


def test_modules_share_the_names_that_are_private_to_each():
    texts = {
        "a.py": "class A:\n    def f(self, _count):\n        self._first = self._second = _count",
        "b.py": "_last = 0\ndef f():\n    global _last\n    _last = 1",
    }
    assert lines(texts, "a.py")[1:] == ["    def f(self, _a):", "        self._b = self._c = _a"]
    assert lines(texts, "b.py") == ["_a = 0", "def f():", "    global _a", "    _a = 1"]


def test_functions_keep_their_names_for_tracebacks_and_in_an_api_arguments_do():
    text = "def _work(work_ms):\n    return _work(work_ms)"
    assert line(text) == "return _work(_a)"
    assert line(text, public=("api",)) == "return _a(work_ms)"


@pytest.mark.parametrize("use", ["f(start_ms=1)", "x.start_ms", "x = 'start_ms'", "from z import start_ms"])
def test_an_argument_that_is_also_something_else_keeps_its_name(use):
    assert lines({"m.py": f"def f(start_ms):\n    return start_ms\n{use}"}, "m.py")[1].strip() == "return start_ms"


def test_an_argument_may_hide_a_builtin():
    assert line("def f(input):\n    return input") == "return input"


@pytest.mark.parametrize(
    "text",
    [
        "x._state = 1",
        "self._state = 1\ny = 'to _state'\nx = '_state'",
        "f(_state=1)",
        "from z import _state",
        "x = self._state",
        "_x = __name__ = _ = self.__dict__",
    ],
)
def test_a_name_that_others_may_mean_stays(text):
    assert lines({"m.py": text}, "m.py") == text.splitlines()


def test_a_class_keeps_the_names_that_it_shares_with_the_one_it_inherits_from():
    texts = {
        "a.py": "class A:\n    def f(self):\n        self._one = 1",
        "b.py": "from a import A\nclass B(A):\n    def g(self):\n        self._two = self._one",
    }
    assert lines(texts, "a.py")[-1].strip() == "self._one = 1"
    assert lines(texts, "b.py")[-1].strip() == "self._two = self._one"


def test_a_short_name_that_is_taken_is_given_to_nobody_else():
    assert line("self._a = self._state = 1") == "self._a = self._b = 1"


def test_what_nobody_asks_for_is_left_out_and_what_only_that_asked_for_too():
    texts = {
        "a.py": "import b\nfrom b import for_host\nclass A:\n    def used(self):\n        return b.plain()\n"
        "    def unused(self):\n        return for_host()\nx = A().used()",
        "b.py": "def plain():\n    pass\ndef for_host():\n    return deeper()\ndef deeper():\n    pass",
    }
    assert "".join(lean(texts, users=[]).values()).count("def ") == 2
    assert "".join(lean(texts, users=["a.A().unused()"]).values()).count("def ") == 5
    assert "".join(lean(texts).values()).count("def ") == 5


def test_constants_that_nobody_asks_for_are_left_out():
    text = "NAME = 'a'\nLABELS = ('b', 'c')\nMADE = make()\nx = NAME"
    assert lines({"m.py": text}, "m.py", users=[]) == ["NAME = 'a'", "MADE = make()", "x = NAME"]


def test_a_class_of_which_nothing_is_left_is_still_one():
    assert line("class A:\n    def unused(self):\n        pass\nx = A()", users=[]) == "x = A()"


@pytest.mark.slow
def test_the_lean_firmware_passes_the_tests_of_the_plain_one(micropython: Runtime):
    files = [path for path in ROLLER_TESTS if path.name.startswith("test_")]
    tests = [name for path in files for name in re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE)]
    sources = mpy.firmware_sources("virtual") | {path.name: path for path in [*ROLLER_TESTS, RUNNER]}
    tree = mpy.compiled_tree(sources, made_lean={"users": ["\n".join([*tests, "main"])]})
    paths = [str(tree / path.with_suffix(".mpy").name) for path in files]
    main = f"run.main({str(tree)!r}, {paths})"
    program = f"import sys; sys.path.insert(0, {str(tree)!r}); import run_on_micropython as run; {main}"
    done = subprocess.run([*micropython.command, "-X", "heapsize=4m", "-c", program], capture_output=True, text=True)
    assert f"{len(tests)} passed, 0 failed" in done.stdout, done.stdout + done.stderr
