"""The power fails at flash operations all over a handle's life; tests/soak/power_cuts.py tries every one."""

import itertools

import pytest

from .life import Lives

pytest.importorskip("littlefs")

pytestmark = pytest.mark.slow

CUTS = 20


@pytest.fixture(scope="module")
def lives(micropython, tmp_path_factory):
    return Lives(1, tmp_path_factory.mktemp("lives"))


def test_a_life_without_a_cut_does_what_it_should(lives):
    files = lives.whole.files
    assert sorted(files) == ["00001.ok", "00003.drl", "00005.drl", "00006.drl"]  # 2 was erased, 4 made room
    assert lives.whole.operations > 40


@pytest.fixture(scope="module")
def cut_lives(lives, tmp_path_factory):
    """(operation, life) for operations spread over the life, every other one torn."""
    folder = tmp_path_factory.mktemp("cut")
    step = max(1, lives.whole.operations // CUTS)
    return [
        (op, lives.live(folder, op, is_torn=i % 2 > 0)) for i, op in enumerate(range(2, lives.whole.operations, step))
    ]


def test_a_cut_life_goes_on(cut_lives):
    faults = {op: life.faults for op, life in cut_lives if life.faults}
    assert len(cut_lives) >= CUTS
    assert not faults


def test_every_block_that_was_flushed_stays(lives, cut_lives):
    """What is there after one cut is also there after every later one."""
    kept = [(op, lives.kept_blocks(life)) for op, life in cut_lives]
    for (op, earlier), (_, later) in itertools.pairwise(kept):
        assert earlier <= later, op
    assert len(kept[-1][1]) >= 5


def test_at_most_five_seconds_are_lost(cut_lives):
    lost_s = [life.lost_s for _, life in cut_lives]
    assert 2 < max(lost_s) <= 5  # or the measure would be blind
