"""No operation of the store costs more flash with 400 sessions in it than with 10."""

import json
import subprocess
from pathlib import Path

import pytest

from dermaroller.sim import image
from dermaroller.sim.runtime import Runtime
from roller import boxes

from .life import GOLDEN

pytest.importorskip("littlefs")

ROOT = Path(__file__).parents[2]
FEW, MANY = 10, 400


def counted(micropython: Runtime, folder: Path, sessions: int) -> dict:
    flash = folder / f"{sessions}.bin"
    image.make_image(flash)
    image.put_sessions(flash, {f"{n:05d}.drl": GOLDEN for n in range(1, sessions + 1)})
    script = ROOT / "tests" / "flash" / "reads.py"
    command = [*micropython.with_heap("512k"), str(script), str(flash), str(ROOT / "firmware"), str(ROOT / "boards")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def few_and_many(micropython, tmp_path_factory):
    folder = tmp_path_factory.mktemp("reads")
    return [counted(micropython, folder, sessions) for sessions in (FEW, MANY)]


def test_many_sessions_cost_what_few_cost(few_and_many):
    few, many = map(dict, few_and_many)
    assert (few.pop("sessions"), many.pop("sessions")) == (FEW, MANY)
    pages = [costs.pop(name)["reads"] for costs in (few, many) for name in ("page", "last page")]
    assert pages == [10, 10, 12, 12]  # one for each session in it
    assert few == many


def test_in_contact_nothing_is_read_and_one_block_at_a_time_is_programmed(few_and_many):
    for costs in few_and_many:
        for name in ("create", "make room", "header", "data", "block end"):
            assert costs[name]["reads"] == costs[name]["erases"] == 0, name
            assert costs[name]["programs"] <= 3, name


def test_boot_reads_each_block_once_and_a_page_each_of_its_sessions(few_and_many):
    costs = few_and_many[1]
    blocks = boxes.MOST
    assert blocks - 4 <= costs["boot"]["reads"] <= blocks + 350  # beside them, littlefs reads the maps of the boxes
    assert costs["page"] == costs["last page"] == {"reads": 12, "programs": 0, "erases": 0}
    assert costs["tidy"] == {"reads": 0, "programs": 1, "erases": 1}
