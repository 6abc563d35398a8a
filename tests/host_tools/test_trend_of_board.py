"""Three sessions of one handle over five weeks, rolled on the virtual board: what host and device say of the same."""

import json

import numpy as np
import pytest

from dermaroller.overview import overview
from dermaroller.plan import Plan
from dermaroller.session import Session
from dermaroller.sim.run import run
from dermaroller.sim.trace import Trace
from dermaroller.trend import trend
from roller import wire

from .golden import PLAN
from .visits import DAY_S, JANUARY

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("micropython")]
DAYS = (0, 10, 40)


def treatment(seconds):
    """Three seconds in the air, in which the clock is set; then to and fro, lifted every fourth second."""
    t_s = np.arange(0, seconds, 0.02)
    force_n = np.where((t_s > 3) & (t_s % 4 < 3.2), 1.5, 0.0)
    return Trace("treatment", t_s, 25 * np.sin(2.2 * t_s), force_n, ())


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    pytest.importorskip("littlefs")
    folder = tmp_path_factory.mktemp("board")
    plan = Plan.parse(PLAN.replace("max_sessions = 1", "max_sessions = 2")).device_bytes()
    for n, day in enumerate(DAYS, 1):
        clock = wire.pack_request(1, f"time set {JANUARY + day * DAY_S} 0")
        result = run(treatment(8 + n), plan_bytes=plan, flash=folder / "flash.bin", requests=[(1.0, clock)], seed=n)
        result.check()
    for name, data in result.files.items():
        (folder / name).write_bytes(data)
    return sorted(folder.glob("*.drl"))


def test_host_and_device_agree_on_intervals_and_on_the_head(files):
    found = trend(overview(Session.read(path)) for path in files)
    assert [one.since_last.state for one in found.sessions] == ["first", "too early", "kept"]
    assert [one.overview.interval.state for one in found.sessions] == ["over", "ignored", "over"]
    (head,) = found.heads
    assert (head.sessions, head.ledger_sessions, head.max_sessions, head.state) == (3, 3, 2, "over")
    assert abs(head.revolutions - head.ledger_revolutions) < len(DAYS)  # the ledger tells whole ones
    assert found.is_simulated


def test_the_trend_says_what_show_says(files, command):
    shown = {one["id"]: one for one in json.loads(command("show", *files, "--json")[1])["sessions"]}
    for one in json.loads(command("trend", *files, "--json")[1])["sessions"]:
        told = shown[one["id"]]
        assert {key: one[key] for key in ("passes", "punctures", "contact_s", "started_at")} == {
            key: told[key] for key in ("passes", "punctures", "contact_s", "started_at")
        }
        for mine, theirs in zip(one["zones"], told["zones"], strict=True):
            assert theirs.items() <= mine.items()


def test_two_of_them_compare(files, command, tmp_path):
    found = json.loads(command("compare", files[0], files[2], "--json")[1])
    shown = [
        zone["density_per_cm2"] for zone in json.loads(command("show", files[2], "--json")[1])["sessions"][0]["zones"]
    ]
    assert [pair["b"]["density_per_cm2"] for pair in found["zones"]] == shown
    assert found["cautions"] == []
    assert command("compare", files[0], files[2], "-o", tmp_path / "both.html")[0] == 0
    assert "simulated" in (tmp_path / "both.html").read_text(encoding="utf-8")
