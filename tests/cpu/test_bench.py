"""`dermaroller selftest --bench` on a board that charges: the rate that it finds is the one that was charged."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dermaroller.cli import app
from dermaroller.cpu import bench, price
from dermaroller.errors import DermarollerError
from dermaroller.sim import mpy, viper
from dermaroller.sim.runtime import Runtime
from dermaroller.sim.serve import Server

pytestmark = pytest.mark.slow

QUICK = {"baud": 921_600, "speed": 8.0, "heap": "192k"}


@pytest.fixture(scope="module", autouse=True)
def compiled(micropython_32bit: Runtime) -> None:
    """Or the first board would compile all its files while mpremote waits, which it does not do for long."""
    mpy.firmware_tree("virtual", arch=viper.native_arch(micropython_32bit.mpy), is_charged=True)


def benched(cpu_mhz: int | None) -> bench.Bench:
    with Server(cpu_mhz=cpu_mhz, **QUICK) as board:
        return bench.measure(board.path)


def test_at_160_mhz_it_finds_the_rate_that_is_charged() -> None:
    found = benched(160)
    assert found.fitted == pytest.approx(85, rel=0.1)
    assert {item.name for item in found.items} >= {"bytecode", "calls", "viper", *bench.NATIVES, *bench.OTHERS}
    fitted = [item for item in found.items if item.is_fitted]
    assert max(abs(found.residual(item) or 0) for item in fitted) < 0.25


def test_a_faster_clock_is_found_faster_and_told_as_a_command(tmp_path: Path) -> None:
    record, kept = tmp_path / "bench.json", tmp_path / "costs.json"
    table = price.TABLE.read_bytes()
    with Server(cpu_mhz=240, **QUICK) as board:
        arguments = ["selftest", "--bench", "-p", board.path, "--json", str(record), "--keep", str(kept)]
        done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.exit_code == 0 and "sha256" in done.output
    assert json.loads(record.read_text())["fitted_instructions_per_s"] == pytest.approx(1.5 * 85e6, rel=0.1)
    refitted = json.loads(kept.read_text())
    assert refitted["natives"]["sha256_byte"] == pytest.approx(price.costs().natives["sha256_byte"], rel=0.2)
    assert price.TABLE.read_bytes() == table


def test_where_bytecode_is_free_there_is_nothing_to_fit() -> None:
    with pytest.raises(DermarollerError, match="--cpu-mhz"):
        benched(None)
