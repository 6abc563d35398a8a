"""What the tests of costs need: the old firmware, and a counter of instructions."""

from collections.abc import Iterator

import pytest

from dermaroller.cpu import cachegrind, price
from dermaroller.sim.runtime import Runtime

from .old_firmware import OldFirmware


@pytest.fixture(scope="session")
def old_firmware(tmp_path_factory: pytest.TempPathFactory, micropython_32bit: Runtime) -> OldFirmware:
    return OldFirmware(tmp_path_factory.mktemp("a5ba2ad"))


@pytest.fixture(scope="session")
def counter(countable: Runtime) -> Iterator[cachegrind.Counter]:
    """Counts with the runtime that the table was made with."""
    if countable.version != price.costs().runtime:
        pytest.skip(f"costs were counted with MicroPython {price.costs().runtime}, not with {countable.version}")
    with cachegrind.counter() as counted:
        yield counted
