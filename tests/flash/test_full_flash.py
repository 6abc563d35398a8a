"""Flash is filled for real: littlefs on the virtual board's flash, until nothing goes any more."""

import numpy as np
import pytest

from dermaroller.session import Session
from dermaroller.sim import image, sessions
from dermaroller.sim.run import run
from dermaroller.sim.trace import Trace
from dermaroller.summary import summary
from roller import store

from .life import GOLDEN, blocks_of, boxes_without_room_for_more

pytest.importorskip("littlefs")

pytestmark = pytest.mark.slow

ROLLING_S = 24.0


def rolling(seed, seconds=ROLLING_S):
    """Contacts of five seconds with noise, so that the log grows fast."""
    t_s = np.arange(0, seconds, 0.02)
    force_n = np.where((t_s % 6 > 0.5) & (t_s % 6 < 5.5), 2 + np.random.default_rng(seed).uniform(-1, 1, len(t_s)), 0.0)
    return Trace(f"rolling {seed}", t_s, 30 * np.sin(2.5 * t_s), force_n)


def filled(path, free_blocks, names=()):
    """A new flash with these sessions, and so many free blocks for others besides."""
    boxes_without_room_for_more(path, free_blocks + len(names) * blocks_of(GOLDEN))
    image.put_sessions(path, dict.fromkeys(names, GOLDEN))


def free_blocks(path):
    """As the device sees it."""
    return sessions.store(image._mounted(path)).blocks.free


def states(result):
    return {entry["state"] for entry in result.led}


@pytest.fixture
def flash(micropython, tmp_path):
    return tmp_path / "flash.bin"


def test_a_flash_fills_up_session_by_session_and_every_summary_is_kept(flash):
    filled(flash, store.RESERVE + 8)
    kept_before = {}
    summaries = []
    for seed in range(1, 9):
        result = run(rolling(seed), seed=seed, flash=flash, noise_mn=120)
        assert result.exits == ["end"] and not result.died
        assert result.files.items() >= kept_before.items()  # nobody pulled any: all stay, byte for byte
        fresh = set(result.files) - set(kept_before)
        assert fresh == {f"{seed:05d}.drl"}
        session = Session.parse(result.files[fresh.pop()])
        assert session.is_as_closed and not session.damage
        summaries.append(summary(session).as_json())
        kept_before = result.files
    lost = [each["counters"].get("log_lost_bytes", 0) for each in summaries]
    full_from = next(i for i, n in enumerate(lost) if n)
    assert full_from > 0 and min(lost[full_from + 1 :]) > 1000  # whole ones first, then one cut short, then none
    assert "log_full" in states(result)
    assert all(each["passes"] >= 12 for each in summaries)  # counting went on
    assert summaries[-1]["strokes"] == [] and summaries[-1]["path_mm"] == pytest.approx(
        summaries[0]["path_mm"], rel=0.1
    )
    assert not summaries[-1]["trusted"]
    assert free_blocks(flash) >= store.FLOOR


def test_confirmed_sessions_make_room_oldest_first(flash):
    filled(
        flash,
        store.RESERVE - 2,
        [f"{n:05d}{suffix}" for n, suffix in ((1, ".drl"), *((n, ".ok") for n in range(2, 14)))],
    )
    result = run(rolling(1), flash=flash, noise_mn=120)
    left = sorted(name for name in result.files if name != "00014.drl")
    assert left[0] == "00001.drl"  # unpulled, though the oldest
    assert left[1:] == [f"{n:05d}.ok" for n in range(14 - len(left) + 1, 14)]
    assert 1 < len(left) < 13
    session = Session.parse(result.files["00014.drl"])
    assert session.is_as_closed and session.footer.counters.get("log_lost_bytes", 0) == 0
    assert "log_full" not in states(result)


def test_with_no_room_for_a_file_counting_and_feedback_go_on(flash):
    filled(flash, store.FLOOR - 1, ["00001.drl"])
    result = run(rolling(1, 8.0), flash=flash)
    assert result.exits == ["end"] and not result.died
    assert list(result.files) == ["00001.drl"]
    assert {"rolling", "log_full", "pass_counted"} <= states(result)
    assert result.counters["log_lost_bytes"] > 0


def test_room_that_a_host_makes_ends_log_full(flash):
    filled(flash, store.RESERVE - 1, ["00001.drl"] + [f"{n:05d}.ok" for n in range(2, 6)])
    result = run(rolling(1), flash=flash)
    assert Session.parse(result.files["00006.drl"]).footer.counters.get("log_lost_bytes", 0) == 0
    assert "log_full" not in states(result)
