"""A handle whose flash was left by older firmware, one file a session: today's firmware and tools go on with it.

What becomes of the files themselves, and of a power cut meanwhile: see tests/flash/test_old_store.py.
"""

import hashlib
import json
import os
from datetime import datetime

import numpy as np
import pytest

from dermaroller.session import Session
from dermaroller.sim import image
from dermaroller.sim.run import run
from dermaroller.sim.serve import Server
from dermaroller.sim.trace import Trace
from roller import wire

from . import past

pytest.importorskip("littlefs")

THEN = past.told("flash")
HELD = {one["session"]: one for one in past.told("archive")["list"]["sessions"]}
DAY_S = 86_400
VOLATILE = "uptime_ms counters flash_free heap_free boot micropython fw flash_size".split()
posix = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")


@pytest.fixture
def flash(tmp_path):
    path = tmp_path / "flash.bin"
    past.unpack_flash(path)
    return path


def digests(files):
    return {int(name[:5]): hashlib.sha256(data).hexdigest() for name, data in files.items()}


def test_its_sessions_are_those_of_the_archive(flash):
    wanted = {one["id"]: HELD[one["id"]]["sha256"] for one in THEN["list"]["sessions"]}
    assert digests(image.read_files(flash)) == wanted and len(wanted) == 7


def test_its_sessions_are_recovered_from_a_dump(flash, command, tmp_path):
    code, out, err = command("recover", flash, "--to", tmp_path / "rescued", "--json")
    told = json.loads(out)
    assert (code, told["file_system_intact"], len(told["sessions"])) == (0, True, 7), err
    assert all(one["is_whole"] and one["device"] == past.DEVICE for one in told["sessions"])
    rescued = {hashlib.sha256(path.read_bytes()).hexdigest() for path in (tmp_path / "rescued").iterdir()}
    assert rescued == {HELD[one["id"]]["sha256"] for one in THEN["list"]["sessions"]}


@pytest.mark.slow
@posix
def test_it_boots_and_is_what_it_was(flash, command, micropython, patience):
    with Server(flash=flash) as server:

        def asked(*words):
            code, out, err = command("-p", server.path, *words, "--json")
            assert code == 0, err
            return json.loads(out)

        assert past.differences(asked("info"), THEN["info"], besides=VOLATILE) == []
        assert asked("info")["boot"] == THEN["info"]["boot"] + 1
        assert past.differences(asked("list"), THEN["list"]) == []
        assert past.differences(asked("plan", "show"), THEN["plan"]) == []
        assert asked("plan", "push", past.FOLDER / "plans" / "every_key.toml")["is_new"] is False
        assert past.differences(asked("calibrate", "show"), THEN["calibration"]) == []
        assert past.differences(asked("provision"), THEN["provision"]) == []
        assert asked("light")["light_percent"] == 40
        for name in ("face", "letters"):
            assert asked("plan", "push", past.FOLDER / "plans" / f"{name}.toml")["is_new"] is True
            assert asked("plan", "show")["plan"] == past.told("plans")[name]["held"]["plan"]


@pytest.mark.slow
@posix
def test_it_is_pulled_into_a_folder_and_known_to_the_archive(flash, command, micropython, patience, tmp_path):
    past.unpack_archive(tmp_path / "archive")
    with Server(flash=flash) as server:
        code, out, err = command("-p", server.path, "pull", "--archive", tmp_path / "archive")
        assert (code, out) == (7, "0 new, 7 known, 0 damaged\n"), err
        assert command("-p", server.path, "pull", "--to", tmp_path / "logs")[0] == 0
        listed = json.loads(command("-p", server.path, "list", "--json")[1])["sessions"]
    assert [one["confirmed"] for one in listed] == [True] * 7
    pulled = {hashlib.sha256(path.read_bytes()).hexdigest() for path in (tmp_path / "logs").glob("*.drl")}
    assert pulled == {HELD[number]["sha256"] for number in range(1, 8)}


def test_the_next_session_goes_on_from_what_it_knew(flash, micropython):
    before = Session.parse(image.read_files(flash)["00004.drl"])  # of the same plan
    began_s = datetime.fromisoformat(HELD[4]["started_at"].replace("Z", "+00:00")).timestamp()
    a_week_later = wire.pack_request(1, f"time set {round(began_s) + 7 * DAY_S} 0")
    t_s = np.arange(0, 14, 0.02)
    rolling = Trace("rolling", t_s, 25 * np.sin(2.2 * t_s), np.where((t_s > 6) & (t_s < 12), 2.0, 0.0))
    result = run(rolling, flash=flash, requests=[(3.0, a_week_later)])
    session = Session.parse(result.files["00008.drl"])
    assert session.is_as_closed and session.summary().passes > 3
    for key in ("device", "name", "hw", "plan", "head", "zones", "force", "calibration"):
        assert past.differences(session.header.raw[key], before.header.raw[key]) == [], key
    assert (before.header.ledger.sessions, session.header.ledger.sessions) == (2, 3)
    # The ledger's heads can be counted from the sessions in flash; when the subject was treated last, it alone knows.
    assert {"head_used_up", "interval_ignored"} <= {alert.kind for alert in session.summary().alerts}
