"""What the tests of costs need: the old firmware, and a counter of instructions."""

import os
from collections.abc import Iterator

import pytest

from dermaroller.cpu import cachegrind
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
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    with cachegrind.counter() as counted:
        yield counted
