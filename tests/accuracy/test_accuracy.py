"""The instrument's number, on generated hands: passes, path, punctures, contact, held against the truth.

Everything is simulated: the unmodified firmware on the virtual board, with sensors that err, flash that stalls, and in
one of three sessions a host that pulls meanwhile. `make soak` rolls 200 hands; `make bench` rolls others, and prints
the table.
"""

import numpy as np
import pytest

from .hands import hand_in_the_air
from .judge import Conditions, Verdict, judge_all, roll

pytestmark = pytest.mark.slow

HANDS = [96, pytest.param(200, marks=pytest.mark.soak)]  # whole cycles of what differs by the seed: see Conditions.of


@pytest.fixture(scope="module", params=HANDS)
def verdicts(request: pytest.FixtureRequest) -> list[Verdict]:
    return list(judge_all(range(request.param)))


def worst(verdicts: list[Verdict], name: str) -> tuple[float, int]:
    """The greatest error of a quantity, and the seed that has it."""
    errors = np.abs([getattr(verdict, name) for verdict in verdicts])
    return float(errors.max()), verdicts[int(errors.argmax())].seed


def test_no_hand_is_one_that_an_encoder_cannot_tell(verdicts):
    assert [verdict.truth.undecided for verdict in verdicts if verdict.truth.undecided] == []
    assert min(verdict.truth.path_mm for verdict in verdicts) >= 3000


def test_passes_are_exact_in_995_of_1000_strokes(verdicts):
    wrong = sum(verdict.wrong_passes for verdict in verdicts)
    assert wrong <= 0.005 * sum(verdict.passes for verdict in verdicts)


@pytest.mark.parametrize(
    ("name", "limit"), [("path", 0.01), ("punctures", 0.01), ("effective", 0.02), ("contact", 0.02)]
)
def test_each_session_is_within_its_limit(verdicts, name, limit):
    error, seed = worst(verdicts, name)
    assert error <= limit, f"{name} of seed {seed}: {100 * error:.2f} %"


def test_nothing_is_told_in_the_air(verdicts):
    assert [verdict.seed for verdict in verdicts if verdict.air_punctures] == []


def test_nothing_is_lost_unnoticed(verdicts):
    for verdict in verdicts:
        counters = verdict.result.counters
        assert counters["ring_overflow"] == counters["callback_errors"] == counters["log_lost_bytes"] == 0
        assert counters["gaps"] == len(verdict.shown["gaps"])


@pytest.mark.parametrize("seed", range(4))
def test_spins_and_brushes_make_no_session(seed):
    result = roll(hand_in_the_air(seed), Conditions.of(seed), seed)
    assert result.files == {}
