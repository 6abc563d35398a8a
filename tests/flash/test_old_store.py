"""A flash on which older firmware left its sessions, one file each, is taken over without loss."""

import hashlib
import json
import lzma
from pathlib import Path

import numpy as np
import pytest

from dermaroller.frames import FrameReader
from dermaroller.session import Session
from dermaroller.sim import image
from dermaroller.sim.run import run
from dermaroller.sim.trace import Trace
from dermaroller.summary import summary
from roller import boxes, wire

pytest.importorskip("littlefs")

OLD = Path(__file__).parents[1] / "data" / "store" / "one_file_a_session.bin.xz"
AT_REST = Trace("at rest", np.array([0.0, 14.0]), np.zeros(2), np.zeros(2))  # longer than two boots that make boxes
SHA256 = {
    1: "f0b72e2c032a7310abcea523be3914084d06d606a8ffcff6aa6090a26507b70d",
    2: "54c65a56165825e2059f43f16756fff56adf0ceae924ff175831fa8a3ecde362",
    3: "4a8879fc52c8e9f49b2ddcd9cf50f612bdfa77f8c93af63f1939be8bca65155d",
}
CUTS = 12


@pytest.fixture
def flash(micropython, tmp_path):
    path = tmp_path / "flash.bin"
    path.write_bytes(lzma.decompress(OLD.read_bytes()))
    return path


def rolling():
    t_s = np.arange(0, 16, 0.02)
    return Trace("rolling", t_s, 25 * np.sin(2.2 * t_s), np.where((t_s > 8) & (t_s < 14), 2.0, 0.0))


def ask(flash, *texts):
    """The answers to these requests, in order, by a device that boots with this flash."""
    asked = [(6.0 + 0.3 * i, wire.pack_request(i, text)) for i, text in enumerate(texts)]
    result = run(AT_REST, flash=flash, requests=asked)
    frames = sorted(FrameReader().feed(result.console), key=lambda frame: frame.tag)
    assert [frame.tag for frame in frames] == list(range(len(texts)))
    return [json.loads(frame.payload) if frame.kind == wire.JSON else frame.payload for frame in frames]


def digests(flash):
    return {int(name[:5]): hashlib.sha256(data).hexdigest() for name, data in image.read_files(flash).items()}


def test_every_session_is_listed_pulled_confirmed_and_erased_as_before(flash):
    before = image.read_files(flash)
    cut_short = before.pop("00004.part")
    assert digests(flash).items() >= SHA256.items()
    texts = ["list", "sha 2", "get 3 2000 2048", f"confirm 3 {SHA256[3]}", f"erase 2 {SHA256[2]}", "list"]
    listed, sha, got, confirmed, erased, after = ask(flash, *texts)
    assert [(one["id"], one["open"], one["confirmed"]) for one in listed["sessions"]] == [
        (1, False, True), (2, False, False), (3, False, False), (4, False, False),
    ]  # fmt: skip
    assert [one["bytes"] for one in listed["sessions"][:3]] == [len(content) for content in before.values()]
    assert sha["sha256"] == SHA256[2] and got == before["00003.drl"][2000:4048]
    assert (confirmed, erased) == ({"confirmed": 3}, {"erased": 2})
    assert [(one["id"], one["confirmed"]) for one in after["sessions"]] == [(1, True), (3, True), (4, False)]
    files = image.read_files(flash)
    assert list(files) == ["00001.ok", "00003.ok", "00004.drl"]
    assert files["00004.drl"].startswith(cut_short)
    assert Session.parse(files["00004.drl"]).footer.end == "power_loss"


def test_the_next_session_has_the_next_number_and_lies_in_a_box(flash):
    result = run(rolling(), flash=flash)
    assert list(result.files) == ["00001.ok", "00002.drl", "00003.drl", "00004.drl", "00005.drl"]
    session = Session.parse(result.files["00005.drl"])
    assert session.is_as_closed and summary(session).passes > 3
    assert image.read_files(flash, "/log").keys() == result.files.keys()
    assert digests(flash).items() >= SHA256.items()


@pytest.mark.slow
def test_a_power_cut_in_the_takeover_loses_nothing(flash, tmp_path):
    old = flash.read_bytes()
    operations = run(AT_REST, flash=flash).board["flash_operations"]
    assert operations > 16 * boxes.AT_BOOT  # or no box was made
    for i, cut_at_op in enumerate(sorted({round(at) for at in np.linspace(2, operations - 1, CUTS)})):
        flash.write_bytes(old)
        result = run(AT_REST, flash=flash, cut_at_op=cut_at_op, is_torn=i % 2 > 0, extra_s=8.0)
        assert result.exits == ["power_cut", "end"], cut_at_op
        assert list(result.files) == ["00001.ok", "00002.drl", "00003.drl", "00004.drl"], cut_at_op
        assert digests(flash).items() >= SHA256.items(), cut_at_op
