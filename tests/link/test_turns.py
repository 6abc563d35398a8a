"""No answer keeps the loop for more than 10 ms of a chip at 160 MHz: counted in instructions, turn by turn."""

from dataclasses import replace

import pytest

from dermaroller.cpu import cachegrind
from dermaroller.sim.runtime import Runtime

from .instructions import turns

pytestmark = pytest.mark.slow

# 850 thousand instructions of the 32-bit runtime are 10 ms. Flash, the line and the rest of the turn are not in it.
MOST = 850_000
MOST_WHILE_RECORDING = 600_000
VERBS = set(
    "info list get sha confirm erase raw cal live plan light time provision selftest help nonsense recording:".split()
)
HEAP = "192k"  # of which an emulated ESP32 has 165 KB free at its prompt


@pytest.fixture(scope="module")
def counted(countable: Runtime, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[int]]:
    folder = tmp_path_factory.mktemp("turns")
    readable = replace(countable, command=cachegrind.readable_runtime(folder))
    return turns(readable.with_heap(HEAP), folder)


def test_every_verb_is_counted(counted: dict[str, list[int]]) -> None:
    assert {request.split()[0] for request in counted} == VERBS


def test_no_slice_of_an_answer_is_longer_than_10_ms(counted: dict[str, list[int]]) -> None:
    assert {request: max(found) for request, found in counted.items() if max(found) > MOST} == {}


def test_while_a_session_records_slices_are_shorter(counted: dict[str, list[int]]) -> None:
    longest = {request: max(found) for request, found in counted.items() if request.startswith("recording")}
    assert len(longest) > 5
    assert {request: count for request, count in longest.items() if count > MOST_WHILE_RECORDING} == {}


def test_long_answers_are_made_in_several_turns(counted: dict[str, list[int]]) -> None:
    for request in ("info", "help", "plan", "plan commit", "selftest heap"):
        assert len(counted[request]) > 4, request
    assert sum(counted["plan commit"]) > MOST  # or slicing it would not be needed
