"""Several modules made one: each thing is found by its new name, and what cannot be merged is refused."""

import pytest

from dermaroller.sim.lean import lean
from dermaroller.sim.lean_merge import MergeError

CLOCK = "now = 0\n_step = 2\ndef go_on():\n    global now\n    now += _step\n"
HOST = """
from p import clock
from p.clock import go_on
times = []
class Watch:
    times = 3
    def look(self, now):
        go_on()
        clock.now = clock.now + now
        times.append(clock.now)
        return self.times
"""
USER = """
from p import clock, host, other
from p.clock import go_on
x = (clock.now, host.Watch().look(5), other.y)
go_on()
"""


def merged(**texts: str) -> dict[str, str]:
    sources = {f"p/{name}.py": text for name, text in texts.items()}
    return lean(sources, public=("p.user",), merged=("p.clock", "p.host"), whole="p.core")


def test_the_whole_does_what_its_parts_did():
    made = merged(clock=CLOCK, host=HOST)
    assert list(made) == ["p/core.py"]
    names: dict[str, object] = {}
    exec(made["p/core.py"], names)
    watch = names["Watch"]()
    assert (watch.look(5), watch.look(1)) == (3, 3)
    assert names["clock_now"] == 10
    assert names["host_times"] == [7, 10]


def test_other_modules_ask_the_whole():
    made = merged(clock=CLOCK, host=HOST, user=USER, other="y = 1")
    assert made["p/user.py"].splitlines() == [
        "from p import other, core",
        "from p.core import clock_go_on as go_on",
        "x = (core.clock_now, core.Watch().look(5), other.y)",
        "go_on()",
    ]


def test_a_module_that_a_function_loads_is_the_whole_too():
    user = "def f():\n    from p import clock\n    return clock.now"
    assert "    from p import core\n    return core.clock_now" in merged(clock=CLOCK, host=HOST, user=user)["p/user.py"]


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("from p import clock\ndef f(clock):\n    return clock.now", "the function has its own clock"),
        ("from p import clock\nx = clock.then", "p.clock has no then"),
        ("from p.clock import then", "p.clock has no then"),
        ("class A:\n    pass\nimport b as A", "two things are called A"),
        ("import time as go\nfrom x import go", "two things are called go"),
    ],
)
def test_what_cannot_be_merged_is_refused(host, words):
    with pytest.raises(MergeError, match=words):
        merged(clock=CLOCK, host=host)
