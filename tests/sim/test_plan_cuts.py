"""The power fails at any flash operation of a plan push: the board then has the old plan or the new one, whole."""

import binascii
import json

import numpy as np
import pytest

from dermaroller.frames import FrameReader
from dermaroller.plan import Plan
from dermaroller.plan_link import PIECE_BYTES
from dermaroller.sim import image
from dermaroller.sim.example import FACE, SCALP
from dermaroller.sim.run import run
from dermaroller.sim.trace import Trace
from roller import wire

pytest.importorskip("littlefs")

pytestmark = pytest.mark.slow

OLD, NEW = FACE.plan, Plan.parse(SCALP.plan_toml + '[[zone]]\nname = "x"\narea_cm2 = 1\ntarget_density_per_cm2 = 9\n')
AT_REST = Trace("at rest", np.array([0.0, 4.0]), np.zeros(2), np.zeros(2))
CUTS = 15
ASK_TAG = 200


def push_requests():
    """The requests of a push, half a second apart from the boot, and a question afterwards, also after a cut."""
    text = NEW.device_json()
    texts = [
        f"plan put {at} {binascii.b2a_base64(text[at : at + PIECE_BYTES], newline=False).decode()}"
        for at in range(0, len(text), PIECE_BYTES)
    ]
    texts.append(f"plan commit {len(text)} {binascii.crc32(text):08x}")
    requests = [(0.5 + 0.1 * i, wire.pack_request(i, each)) for i, each in enumerate(texts)]
    return [*requests, (6.5, wire.pack_request(ASK_TAG, "plan"))]


def pushed(folder, **cut):
    """(result, the plan that the board says it has, the one in its flash) after a push over the old plan."""
    flash = folder / "flash.bin"
    image.make_image(flash)
    result = run(AT_REST, plan_bytes=OLD.device_bytes(), flash=flash, requests=push_requests(),
                 extra_s=2.0, **cut)  # fmt: skip
    (answer,) = [json.loads(frame.payload) for frame in FrameReader().feed(result.console) if frame.tag == ASK_TAG]
    return result, answer, image.read_files(flash, "/")["plan.bin"]


@pytest.fixture(scope="module")
def operations(micropython, tmp_path_factory):
    """(first, last) flash operation of a push that nothing interrupts."""
    folder = tmp_path_factory.mktemp("push")
    flash = folder / "flash.bin"
    image.make_image(flash)
    without = run(AT_REST, plan_bytes=OLD.device_bytes(), flash=flash, extra_s=2.0)
    result, answer, kept = pushed(folder)
    assert (answer["plan"], kept) == (NEW.as_json(), NEW.device_bytes())
    return without.board["flash_operations"] + 1, result.board["flash_operations"]


@pytest.mark.parametrize("is_torn", [False, True])
def test_the_old_plan_or_the_new(operations, tmp_path, is_torn):
    first, last = operations
    assert last - first >= 5
    seen = []
    for cut_at_op in sorted({round(at) for at in np.linspace(first, last, CUTS)}):
        result, answer, kept = pushed(tmp_path, cut_at_op=cut_at_op, is_torn=is_torn)
        assert result.exits == ["power_cut", "end"], cut_at_op
        assert answer["error"] is None
        assert (answer["plan"], kept) in [(plan.as_json(), plan.device_bytes()) for plan in (OLD, NEW)], cut_at_op
        seen.append(answer["plan"] == NEW.as_json())
    assert seen == sorted(seen)  # once it is the new one, it stays that
    assert not seen[0]
