"""Sessions that the firmware logged when format 1 was new are read today as they were then."""

import json

import pytest

from dermaroller.session import Session

from .golden import CASES, FOLDER, found_in
from .past import differences

GOLDEN = sorted(FOLDER.glob("*.drl"))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_golden_file_holds_what_it_always_held(path):
    data = path.read_bytes()
    expected = json.loads(path.with_suffix(".json").read_text())
    assert differences(json.loads(json.dumps(found_in(data))), expected) == []


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_the_fast_decoder_finds_the_same_samples(path):
    expected = json.loads(path.with_suffix(".json").read_text())["samples"]
    samples = Session.read(path).samples
    assert samples.counts.tolist() == [count for _, _, counts in expected for count in counts]
    assert samples.force_n.tolist() == pytest.approx([step / 100 for _, steps, _ in expected for step in steps])
    assert samples.t_s.tolist() == pytest.approx(
        [(t_ms + 10 * i) / 1000 for t_ms, steps, _ in expected for i in range(len(steps))]
    )


def test_there_is_a_golden_file_for_each_case():
    assert {path.stem for path in GOLDEN} >= {f"format1-{name}" for name in CASES}
