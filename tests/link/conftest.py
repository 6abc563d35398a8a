"""A flash image with sessions that a simulated hand rolled, and what they should be after each pull."""

import shutil

import pytest

from dermaroller.sim import image

from .rolled import roll


@pytest.fixture(scope="session")
def rolled(micropython, tmp_path_factory):
    """(image, {name: content}) of two sessions; copies are made by `board`."""
    pytest.importorskip("littlefs")
    path = tmp_path_factory.mktemp("rolled") / "flash.bin"
    roll(path)
    return path, image.read_files(path)


@pytest.fixture
def flash(rolled, tmp_path):
    """A copy of the image of one's own."""
    return shutil.copy(rolled[0], tmp_path / "flash.bin")
