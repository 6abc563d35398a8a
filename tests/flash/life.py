"""A scripted life of a handle, in which the power fails at one flash operation, and what must hold afterwards.

Boot, a session with flushes at lifts and within a long contact, its end, a new calibration, a new plan, a session
confirmed, another erased, a session with the plan's head that makes room by erasing a confirmed one, its end. The flash
is nearly full from the start, and holds sessions of both kinds: in boxes, and as the files of their own that older
firmware left. Afterwards the handle rolls once more.
"""

import binascii
import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from dermaroller.blocks import scan
from dermaroller.frames import FrameReader
from dermaroller.session import Session
from dermaroller.sim import image
from dermaroller.sim.example import FACE
from dermaroller.sim.run import RunResult, run
from dermaroller.sim.trace import Trace
from dermaroller.summary import summary
from roller import boxes, store, stream, wire

GOLDEN = (Path(__file__).parents[1] / "data" / "golden" / "format1-free.drl").read_bytes()
OLD_FILES = {"00001.drl": GOLDEN, "00002.drl": GOLDEN}
OLD_IN_BOXES = {"00003.drl": GOLDEN, "00004.ok": GOLDEN}
OLD_SESSIONS = OLD_FILES | OLD_IN_BOXES
UNPULLED = 3  # of these, the one that nobody may erase
CALIBRATION = {"tare_raw": 3201, "nn_per_count": 166_000, "utc_s": 1_800_000_000}
PLAN = FACE.plan
CAL_TAG, PLAN_TAG = 200, 201
MAX_LOST_S = 5.0
BOOT_S = 0.06  # at most, from the board's start to the start of its clock
FREE_BLOCKS = store.RESERVE + 1  # at the start: less than the sessions take, so that a confirmed one has to go


def trace(seed: int) -> Trace:
    """Two sessions' worth of rolling, every contact a little different by the seed."""
    random = np.random.default_rng(seed)
    t_s = np.arange(0, 19.5, 0.02)
    contacts = [(0.6, 2.8), (3.3, 4.2), (4.9, 10.0), (14.3, 16.6), (17.1, 19.0)]
    force_n = np.zeros(len(t_s))
    for down_s, up_s in contacts:
        inside = (t_s >= down_s + random.uniform(0, 0.1)) & (t_s < up_s - random.uniform(0, 0.1))
        force_n[inside] = random.uniform(1, 3)
    return Trace(f"life {seed}", t_s, 25 * np.sin(random.uniform(1.8, 2.6) * t_s), force_n, ((10.2, "button_long"),))


def requests(seed: int) -> list[tuple[float, bytes]]:
    """What a host asks between the sessions, and at the end."""
    digest = hashlib.sha256(GOLDEN).hexdigest()
    plan = PLAN.device_json()
    texts = [f"cal {json.dumps(CALIBRATION, separators=(',', ':'))}", f"confirm 1 {digest}", f"erase 2 {digest}"]
    texts += [
        f"plan put {at} {binascii.b2a_base64(plan[at : at + 90], newline=False).decode()}"
        for at in range(0, len(plan), 90)
    ]
    texts.append(f"plan commit {len(plan)} {binascii.crc32(plan):08x}")
    asked = [(12.7 + 0.1 * i, wire.pack_request(i, text)) for i, text in enumerate(texts)]
    return [*asked, (24.6, wire.pack_request(CAL_TAG, "cal")), (24.8, wire.pack_request(PLAN_TAG, "plan"))]


def new_flash(path: Path) -> None:
    """A flash with old sessions in it and little room."""
    boxes_without_room_for_more(path, FREE_BLOCKS + len(OLD_IN_BOXES) * blocks_of(GOLDEN))
    image.put_files(path, {f"/log/{name}": content for name, content in OLD_FILES.items()})
    image.put_sessions(path, OLD_IN_BOXES)


def boxes_without_room_for_more(path: Path, blocks: int) -> None:
    """A flash with boxes for so many blocks of sessions, and hardly a free one besides."""
    image.make_image(path, blocks + 1)
    filler = image.VFS_BLOCKS - 4 - (blocks + 1) - boxes.KEEP  # superblock and /log take two each
    image.put_file(path, "/filler", bytes((filler - 1) * image.BLOCK_BYTES))


def blocks_of(content: bytes) -> int:
    """How many blocks a session with this content takes."""
    return stream.where(len(content) - 1)[0] + 1


@dataclass
class Life:
    """What came of one life. lost_s: contact between the last sample that is in flash and the power cut."""

    result: RunResult
    files: dict[str, bytes]
    faults: list[str] = field(default_factory=list)
    lost_s: float = 0.0

    @property
    def operations(self) -> int:
        return self.result.board["flash_operations"]


@dataclass(frozen=True)
class DataBlock:
    """A DATA block: the file it is in, its sequence number, the session's time when it began, all its bytes."""

    file: str
    seq: int
    t_ms: int
    content: bytes


class Lives:
    """Lives of one seed, each on its own copy of the same flash."""

    def __init__(self, seed: int, folder: Path) -> None:
        self._seed = seed
        self._folder = folder
        self._trace = trace(seed)
        self._master = folder / f"master{seed}.bin"
        new_flash(self._master)
        self.whole = self.live(folder)
        assert not self.whole.faults, self.whole.faults

    def live(self, folder: Path, cut_at_op: int | None = None, is_torn: bool = False) -> Life:
        """One life, and its faults in words; `folder` is for its flash."""
        flash = folder / "flash.bin"
        flash.write_bytes(self._master.read_bytes())
        result = run(
            self._trace, seed=self._seed, flash=flash, requests=requests(self._seed), extra_s=1.0,
            cut_at_op=cut_at_op, is_torn=is_torn,
        )  # fmt: skip
        life = Life(result, image.read_files(flash))
        _check_sessions(life)
        _check_settings(life, image.read_files(flash, "/"))
        if cut_at_op is None:
            if result.exits != ["end"]:
                life.faults.append(f"ended by {result.exits}")
        else:
            self._check_loss(life)
        _check_next_session(life, flash)
        return life

    def kept_blocks(self, life: Life) -> set[DataBlock]:
        """The DATA blocks that were written before the cut, up to which the life without one was the same.

        The session after a cut may hold equal bytes, at its own start: so the time at which they were taken counts.
        """
        cut_s = life.result.ends_s[0]
        whole_s = {name: _start_s(content) for name, content in self.whole.files.items() if name not in OLD_SESSIONS}
        return {
            block
            for block in _blocks(life.files) & _blocks(self.whole.files)
            if whole_s[block.file] + block.t_ms / 1000 < cut_s
        }

    def _check_loss(self, life: Life) -> None:
        """Hold the session that was open when the power failed against the same one of the life without a cut."""
        if life.result.exits != ["power_cut", "end"]:
            life.faults.append(f"ended by {life.result.exits}")
            return
        cut_s = life.result.ends_s[0]
        for name in ("00005.drl", "00006.drl"):
            whole = Session.parse(self.whole.files[name])
            start_s = whole.header.uptime_ms / 1000
            samples_s = whole.samples.t_s + start_s
            if not len(samples_s) or samples_s[0] + BOOT_S > cut_s:
                continue
            kept_s = -1.0
            if name in life.files:
                kept = Session.parse(life.files[name])
                if kept.header.uptime_ms == whole.header.uptime_ms and len(kept.samples.t_s):
                    kept_s = float(kept.samples.t_s[-1]) + start_s
            lost = (samples_s > kept_s + 0.005) & (samples_s + BOOT_S < cut_s)
            if lost.any():
                life.lost_s = max(life.lost_s, cut_s - float(samples_s[lost][0]))
        if life.lost_s > MAX_LOST_S:
            life.faults.append(f"{life.lost_s:.2f} s are lost")


def _start_s(content: bytes) -> float:
    return Session.parse(content).header.uptime_ms / 1000


def _blocks(files: dict[str, bytes]) -> set[DataBlock]:
    """Every DATA block of a life's own sessions."""
    return {
        DataBlock(name, block.seq, block.t_ms, content[block.pos : block.next_pos])
        for name, content in files.items()
        if name not in OLD_SESSIONS and name.endswith(".drl")
        for block in scan(content)[0]
        if block.kind == wire.DATA
    }


def _check_sessions(life: Life) -> None:
    """Every file is closed and whole, but for one that is being written; nobody's only copy is gone."""
    numbers = {name.partition(".")[0] for name in life.files}
    for name, content in life.files.items():
        number, _, suffix = name.partition(".")
        if suffix == "part" and name == max(life.files):
            continue
        if suffix not in ("drl", "ok"):
            life.faults.append(f"{name} was left")
        elif int(number) <= 4 and content != GOLDEN:
            life.faults.append(f"{name} has changed")
        elif not Session.parse(content, name).is_as_closed:
            life.faults.append(f"{name} is not as it was closed")
    if len(numbers) < len(life.files):
        life.faults.append("a session is there twice")
    if f"{UNPULLED:05d}" not in numbers:
        life.faults.append("a session that nobody pulled is gone")


def _check_settings(life: Life, root: dict[str, bytes]) -> None:
    """Plan and calibration are the old or the new, and the device says what flash has."""
    if root.get("plan.bin", PLAN.device_bytes()) != PLAN.device_bytes():
        life.faults.append("the plan at rest is neither old nor new")
    answers: dict[int, Any] = {
        frame.tag: json.loads(frame.payload) for frame in FrameReader().feed(life.result.console)
    }
    if not {CAL_TAG, PLAN_TAG} <= answers.keys():
        life.faults.append("no answer at the end")
        return
    if answers[CAL_TAG]["tare_raw"] not in (3200, CALIBRATION["tare_raw"]):
        life.faults.append("the calibration is neither old nor new")
    if answers[PLAN_TAG]["plan"] != (PLAN.as_json() if "plan.bin" in root else None) or answers[PLAN_TAG]["error"]:
        life.faults.append("the plan in use is not the one at rest")


def _check_next_session(life: Life, flash: Path) -> None:
    """The handle rolls again, under a number of its own, and its head's ledger knows all treatments before."""
    before = {name for name in life.files if not name.endswith(".part")}
    left = len(life.files) - len(before)
    t_s = np.arange(0, 3.0, 0.02)
    run(Trace("next", t_s, 20 * np.sin(3 * t_s), np.where((t_s > 0.5) & (t_s < 2.5), 2.0, 0.0)), flash=flash)
    files = image.read_files(flash)
    fresh = sorted(set(files) - before)
    if len(fresh) != left + 1 or max(files) != fresh[-1] or not all(name.endswith(".drl") for name in files):
        life.faults.append(f"the next session gave {fresh}")
        return
    session = Session.parse(files[fresh[-1]])
    if not session.is_as_closed or not summary(session).passes:
        life.faults.append("the next session is not whole")
    head = session.header.head.id
    closed = [Session.parse(files[name]) for name in files if name not in OLD_SESSIONS and name != fresh[-1]]
    known = sum((each.header.head and each.header.head.id) == head and each.summary().is_treatment for each in closed)
    if head and session.header.ledger.sessions != known:
        life.faults.append(f"the ledger knows {session.header.ledger.sessions} sessions of the head, not {known}")
