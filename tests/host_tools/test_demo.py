"""The demo, with a treatment of seconds instead of minutes."""

import dataclasses
import os

import pytest

from dermaroller import demo
from dermaroller.errors import DermarollerError
from dermaroller.sim.example import FACE

pytestmark = [
    pytest.mark.usefixtures("micropython"),
    pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals"),
]


@pytest.mark.slow
def test_the_whole_way_ends_with_a_report(monkeypatch, tmp_path, capfd):
    small = FACE.plan_toml.replace("= 60\n", "= 1.0\n").replace("= 50\n", "= 1.5\n")
    monkeypatch.setattr(demo, "FACE", dataclasses.replace(FACE, plan_toml=small))
    monkeypatch.setattr(demo, "HAND", tmp_path / "none.csv")
    monkeypatch.setattr(demo, "OUT", tmp_path / "demo")
    demo.demo()
    out, err = capfd.readouterr()
    assert err == ""
    (page,) = (tmp_path / "demo").glob("*.html")
    for text in ("simulated", "1 new, 0 known, 0 damaged", "right cheek", str(page)[-20:]):
        assert text in out


def test_a_board_that_cannot_be_served_ends_the_demo_with_a_sentence(monkeypatch):
    monkeypatch.setattr(demo.sys, "executable", "/bin/false")
    with pytest.raises(DermarollerError, match="could not be served"), demo.served(demo.OUT):
        pass
