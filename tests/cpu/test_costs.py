"""The committed costs against the code: what has drifted apart is said."""

from pathlib import Path

import pytest

from dermaroller.cpu import constructs, price, profile, scenes, tables
from dermaroller.cpu.cachegrind import Counter
from dermaroller.cpu.weigh import LOOKUPS, Steps
from dermaroller.sim import mpy

pytestmark = pytest.mark.slow

STEP_TOLERANCE, STEP_SLACK = 0.15, 15
MODEL_TOLERANCE = 0.15  # of what boards charge for a scene against what it takes
# Thousand instructions in 5 ms that the loop may take, and in its longest turn, of which 850 are 10 ms of a chip.
BUDGET = {"air": (55, 850), "slow": (65, 850), "fast": (80, 850), "pull": (60, 850)}
ENCODING = 500  # of a turn in which a run of samples is encoded


@pytest.fixture(scope="module")
def measured(counter: Counter) -> dict[str, list[float]]:
    program = scenes.compiled(mpy.firmware_sources("virtual"))
    stubs = scenes.stub_costs(counter)
    return {scene: scenes.turns(counter, program, scene, stubs) for scene in scenes.SCENES}


@pytest.fixture(scope="module")
def today(micropython_32bit) -> profile.Profile:
    return profile.of(mpy.firmware_sources("virtual"))


def test_each_step_costs_what_the_table_says(counter: Counter, tmp_path: Path) -> None:
    now = constructs.measure(counter, tmp_path)
    kept = price.costs()
    factor = kept.lookups_x1000 / 1000
    assert factor >= 1
    for kind, table in (("bytecode", kept.bytecode), ("viper", kept.viper), ("natives", kept.natives)):
        assert table.keys() == now[kind].keys()
        for name, cost in table.items():
            expected = cost / factor if kind == "bytecode" and name in LOOKUPS else cost
            slack = STEP_SLACK if kind != "natives" else 1
            assert abs(now[kind][name] - expected) <= STEP_TOLERANCE * expected + slack, (kind, name)


@pytest.mark.parametrize("scene", scenes.SCENES)
def test_a_board_charges_for_a_scene_what_it_takes(measured, scene: str, tmp_path: Path) -> None:
    run = scenes.run(scenes.charging(mpy.firmware_sources("virtual"), tmp_path), scene)
    assert run.charged[-1] - run.charged[0] == pytest.approx(sum(measured[scene]), rel=MODEL_TOLERANCE)


@pytest.mark.parametrize("scene", scenes.SCENES)
def test_the_loop_keeps_within_its_budget(measured, scene: str) -> None:
    usual, longest = BUDGET[scene]
    assert tables.a_turn(measured[scene], scene) <= usual * 1000
    assert max(measured[scene]) <= longest * 1000


@pytest.mark.parametrize("scene", ["slow", "fast"])
def test_no_turn_but_that_of_the_header_is_longer_than_an_encoding_may_be(measured, scene: str) -> None:
    _, *others = sorted(measured[scene], reverse=True)
    assert others[0] <= ENCODING * 1000


def test_each_function_costs_what_the_table_says(today: profile.Profile) -> None:
    """If this fails, run `make cpu`: it says what the loop takes now, and keeps it."""
    assert profile.drift(profile.kept(), today) == []


def test_a_function_ten_times_dearer_is_drift_whichever_it_is(today: profile.Profile) -> None:
    kept = profile.kept()
    functions = {(scene, name) for scene in kept for name in kept[scene]}
    assert len({name for _, name in functions}) > 50
    for scene, name in functions:
        dearer = {**today, scene: {**today[scene], name: 10 * today[scene][name] + 1000 * (today[scene][name] < 20)}}
        assert any(name in line for line in profile.drift(kept, dearer)), (scene, name)


def test_a_function_that_has_gone_is_drift(today: profile.Profile) -> None:
    name = next(iter(today["slow"]))
    without = {**today, "slow": {each: n for each, n in today["slow"].items() if each != name}}
    assert profile.drift(today, without) == [f"slow: {name} is gone"]
    assert profile.drift(without, today) == [f"slow: {name} is new"]


def test_a_function_that_really_does_ten_times_as_much_is_drift(tmp_path: Path, today: profile.Profile) -> None:
    sources = mpy.firmware_sources("virtual")
    text = sources["roller/button.py"].read_text()
    asked = "        if is_pressed != self._is_pressed:\n"
    assert text.count(asked) == 1
    slow = tmp_path / "button.py"
    slow.write_text(text.replace(asked, f"        for _ in range(20):\n            t_ms - self._since_ms\n{asked}"))
    drift = profile.drift(today, profile.of({**sources, "roller/button.py": slow}))
    assert drift and all("roller/button:Button.step" in line for line in drift)


def test_a_step_that_was_never_measured_cannot_be_charged() -> None:
    with pytest.raises(KeyError, match="flying"):
        price.costs().price(Steps(flying=1), False)
