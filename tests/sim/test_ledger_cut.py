"""The power fails at each flash operation of a session's end: its subject stays locked, and so do seven others.

The ledger is full, and its names are as long as a plan may have them.
"""

import json
import shutil

import numpy as np
import pytest

from dermaroller.frames import FrameReader
from dermaroller.plan import Plan
from dermaroller.session import Session
from dermaroller.sim import image
from dermaroller.sim.run import RunResult, run
from dermaroller.sim.trace import Trace
from roller import wire
from roller.ledger import MAX_ENTRIES
from roller.plan import MAX_NAME

pytest.importorskip("littlefs")

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("micropython")]

NOW_S = 1_800_000_000
DAY_S = 86_400
INTERVAL_DAYS = 28
ASK_TAG = 200
PRESSED_S = 3.2  # for two seconds: that ends the session
T_S = np.arange(0, 6.5, 0.02)
FORCE_N = np.where((T_S > 1.0) & (T_S < 2.5), 2.0, 0.0)
TREATMENT = Trace("treatment", T_S, 20 * np.sin(3 * T_S), FORCE_N, ((PRESSED_S, "button_long"),))
AT_REST = Trace("at rest", np.array([0.0, 0.1]), np.zeros(2), np.zeros(2))
PLAN = """
subject = "%s"
[head]
id = "%s"
max_sessions = 3
[limits]
min_interval_days = 28
[[zone]]
name = "small"
area_cm2 = 10
target_density_per_cm2 = 50
"""


def longest(n: int) -> str:
    """A name of letters that take four bytes each in UTF-8."""
    return "\N{GOTHIC LETTER AHSA}" * (MAX_NAME - 1) + chr(ord("\N{OLD PERMIC LETTER AN}") + n)


def plan(n: int) -> bytes:
    return Plan.parse(PLAN % (longest(n), longest(20 + n))).device_bytes()


def time_set(day: int) -> bytes:
    return wire.pack_request(0, f"time set {NOW_S + day * DAY_S} 0")


def rolled(flash, trace: Trace, n: int, day: int, asked_on: int, set_s: float = 0.3, **cut) -> tuple[RunResult, dict]:
    """Subject n's handle through a trace on a day, of which it learns at set_s; then what `info` says on another."""
    end_s = float(trace.t_s[-1])
    clock = [(set_s, time_set(day)), (end_s + 0.5, time_set(asked_on))]
    asked = (end_s + 2.0, wire.pack_request(ASK_TAG, "info"))
    result = run(trace, flash=flash, plan_bytes=plan(n), requests=[*clock, asked], extra_s=2.5, **cut)
    answers = {frame.tag: json.loads(frame.payload) for frame in FrameReader().feed(result.console)}
    return result, answers[ASK_TAG]


def is_locked(flash, n: int, day: int) -> bool:
    info = rolled(flash, AT_REST, n, day, day)[1]
    assert info["stored_error"] is None
    return info["state"] == "locked"


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """The flash of a handle that has treated as many subjects as its ledger holds, and that ledger's log."""
    flash = tmp_path_factory.mktemp("full") / "flash.bin"
    image.make_image(flash)
    for n in range(MAX_ENTRIES):
        result, _ = rolled(flash, TREATMENT, n, day=n, asked_on=n)
    return flash, Session.parse(max(result.files.items())[1])


def test_eight_subjects_with_the_longest_names_are_locked_until_their_interval_is_over(full, tmp_path):
    flash = shutil.copy(full[0], tmp_path / "flash.bin")
    assert not [alert for alert in full[1].entries.alerts if "forgotten" in alert.kind]
    for n in range(MAX_ENTRIES):
        assert is_locked(flash, n, n + INTERVAL_DAYS - 1), n
    assert not is_locked(flash, 0, INTERVAL_DAYS + 1)
    assert not is_locked(flash, MAX_ENTRIES, MAX_ENTRIES)


def test_the_ninth_pushes_out_the_first_and_the_session_says_so(full, tmp_path):
    flash = shutil.copy(full[0], tmp_path / "flash.bin")
    result, _ = rolled(flash, TREATMENT, MAX_ENTRIES, day=MAX_ENTRIES, asked_on=MAX_ENTRIES)
    told = {alert.kind: alert.value for alert in Session.parse(max(result.files.items())[1]).entries.alerts}
    assert (told["head_forgotten"], told["subject_forgotten"]) == (1, MAX_ENTRIES - 1)  # whole days since its end
    assert [is_locked(flash, n, MAX_ENTRIES) for n in (0, 1, MAX_ENTRIES)] == [False, True, True]


@pytest.mark.parametrize("set_s", [0.3, 2.7], ids=["dated before", "dated meanwhile"])
@pytest.mark.parametrize("is_torn", [False, True])
def test_a_cut_at_any_operation_of_its_end_leaves_it_locked(full, tmp_path, is_torn, set_s):
    """Subject 0 is treated once more: on the day of asking, only this second treatment can still lock."""
    day, asked_on = 20, INTERVAL_DAYS + 5

    def again(**cut) -> tuple[RunResult, dict]:
        return rolled(shutil.copy(full[0], tmp_path / "flash.bin"), TREATMENT, 0, day, asked_on, set_s, **cut)

    whole, info = again()
    assert info["state"] == "locked" and not is_locked(full[0], 0, asked_on)
    seen = []
    for cut_at_op in range(whole.board["flash_operations"], 0, -1):
        result, info = again(cut_at_op=cut_at_op, is_torn=is_torn)
        assert result.exits == ["power_cut", "end"], cut_at_op
        if result.ends_s[0] < PRESSED_S + 2:
            break
        assert (info["state"], info["stored_error"], info["sessions"]) == ("locked", None, MAX_ENTRIES + 1), cut_at_op
        seen.append(cut_at_op)
    assert len(seen) > 4, seen
