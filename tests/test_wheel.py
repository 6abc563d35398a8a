"""The wheel: it holds the host tools, the firmware as a library, and the device's files for the virtual board."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel's content, as installing it would lay it out."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=REPO, check=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked"


def test_the_device_tree_of_a_wheel_is_in_it_and_complete(unpacked: Path) -> None:
    code = "from dermaroller.sim.runtime import device_tree; print(device_tree())"
    # What is on PYTHONPATH comes before what is installed.
    environment = {"PYTHONPATH": str(unpacked), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-c", code], cwd=unpacked, env=environment, capture_output=True, text=True)
    tree = Path(done.stdout.strip())
    assert tree == unpacked / "dermaroller/_device", done.stderr
    for folder in ("firmware", "boards"):
        assert python_files(tree / folder) == python_files(REPO / folder)


def test_the_library_is_the_firmware(unpacked: Path) -> None:
    assert python_files(unpacked / "roller") == python_files(REPO / "firmware/roller")


def test_nothing_that_was_made_is_in_it(unpacked: Path) -> None:
    assert [path for path in unpacked.rglob("*") if path.suffix in (".mpy", ".pyc")] == []


def python_files(folder: Path) -> dict[str, bytes]:
    """The content of each file, by its place in the folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.py")}


def test_the_published_schema_is_in_it(unpacked: Path) -> None:
    schema = "dermaroller/export/session.schema.json"
    assert (unpacked / schema).read_bytes() == (REPO / "host_tools" / schema).read_bytes()
