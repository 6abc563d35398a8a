"""What the tests of costs need: the old firmware, and a counter of instructions."""

import os
from collections.abc import Iterator

import pytest

from dermaroller.cpu import cachegrind, price
from dermaroller.sim.runtime import Runtime

from .old_firmware import OldFirmware


@pytest.fixture(scope="session")
def old_firmware(tmp_path_factory: pytest.TempPathFactory, micropython_32bit: Runtime) -> OldFirmware:
    return OldFirmware(tmp_path_factory.mktemp("a5ba2ad"))


@pytest.fixture(scope="session")
def counter(micropython_32bit: Runtime) -> Iterator[cachegrind.Counter]:
    """Tests skip where nothing can be counted, but not in CI: a check skipped is not a check passed."""
    why = cachegrind.why_not()
    if why:
        if os.environ.get("CI") and not os.environ.get("NOT_COUNTED"):
            pytest.fail(why)
        pytest.skip(why)
    if micropython_32bit.version != price.costs().runtime:
        pytest.skip(
            f"costs were counted with MicroPython {price.costs().runtime}, not with {micropython_32bit.version}"
        )
    with cachegrind.counter() as counted:
        yield counted
