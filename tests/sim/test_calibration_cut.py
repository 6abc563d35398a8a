"""The power fails at each flash operation of keeping a calibration: the board then works with the old one or the new.

Both ways in which NVS writes are met: the record appended, and all values moved into erased flash when a half is full.
"""

import json
import shutil

import numpy as np
import pytest

from dermaroller.frames import FrameReader
from dermaroller.sim import image
from dermaroller.sim.run import run
from dermaroller.sim.trace import Trace
from roller import wire

pytest.importorskip("littlefs")

pytestmark = pytest.mark.slow

AT_REST = Trace("at rest", np.array([0.0, 1.0]), np.zeros(2), np.zeros(2))
OLD, NEW, LATER = ({"tare_raw": 3300 + i, "nn_per_count": 150000 + i, "utc_s": 1800000000 + i} for i in range(3))
FILLING = 60  # writes that nearly fill a half of NVS
ASK_TAG, LATER_TAG = 200, 201


def cal(kept=None):
    return "cal" if kept is None else "cal " + json.dumps(kept, separators=(",", ":"))


def life(flash, *writes, **cut):
    """(result, what the board says that it holds, and what after LATER was written) in one life with these writes."""
    texts = [(0.5 + 0.1 * i, wire.pack_request(i, cal(kept))) for i, kept in enumerate(writes)]
    at_s = 2.5 + 0.1 * len(writes)
    texts += [(at_s, wire.pack_request(ASK_TAG, cal()))]
    texts += [(at_s + 0.5, wire.pack_request(LATER_TAG, cal(LATER)))] if cut else []
    result = run(AT_REST, flash=flash, requests=texts, extra_s=at_s, **cut)
    answers = {frame.tag: json.loads(frame.payload) for frame in FrameReader().feed(result.console)}
    return result, answers[ASK_TAG], answers.get(LATER_TAG)


def is_held(answer, kept):
    return all(answer[key] == value for key, value in kept.items())


def operations(flash, folder, *writes):
    copy = shutil.copy(flash, folder / "count.bin")
    return life(copy, *writes)[0].board["flash_operations"]


@pytest.fixture(scope="module")
def appending(micropython, tmp_path_factory):
    """An image that holds OLD, and NEW before it."""
    flash = tmp_path_factory.mktemp("cal") / "flash.bin"
    image.make_image(flash)
    _, answer, _ = life(flash, NEW, OLD)
    assert is_held(answer, OLD)
    return flash


@pytest.fixture(scope="module")
def moving(appending, tmp_path_factory):
    """The same, when the next write has to move all values."""
    folder = tmp_path_factory.mktemp("move")
    flash = shutil.copy(appending, folder / "flash.bin")
    life(flash, *([NEW, OLD] * (FILLING // 2)))
    for _ in range(12):
        if operations(flash, folder, NEW) - operations(flash, folder) > 3:
            return flash
        life(flash, OLD)
    raise AssertionError("NVS never moved")


@pytest.mark.parametrize("is_torn", [False, True])
@pytest.mark.parametrize("way", ["appending", "moving"])
def test_old_or_new_and_the_next_is_kept(request, tmp_path, way, is_torn):
    base = request.getfixturevalue(way)
    before, whole = operations(base, tmp_path), operations(base, tmp_path, NEW)
    assert whole - before >= (1 if way == "appending" else 4)
    seen = []
    for cut_at_op in range(before + 1, whole + 1):
        flash = shutil.copy(base, tmp_path / "cut.bin")
        result, answer, later = life(flash, NEW, cut_at_op=cut_at_op, is_torn=is_torn)
        assert result.exits == ["power_cut", "end"], cut_at_op
        assert is_held(answer, OLD) or is_held(answer, NEW), (cut_at_op, answer)
        assert is_held(later, LATER), (cut_at_op, later)
        assert is_held(life(flash)[1], LATER), cut_at_op
        seen.append(is_held(answer, NEW))
    assert seen == sorted(seen)
    print(f"{way}: {len(seen)} operations, torn: {is_torn}, then new: {seen}")
