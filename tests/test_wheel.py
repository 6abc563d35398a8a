"""The wheel: what is in it, and that it works where its users install it, by their own programs."""

import os
import re
import shlex
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[1]
GOLDEN = REPO / "tests" / "data" / "golden" / "format1-plan.drl"
MAX_BASE_BYTES = 150_000_000

pytestmark = pytest.mark.slow


def built(source: Path, kind: str, folder: Path) -> Path:
    """The archive of this kind that is built of a folder with the sources."""
    words = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)]
    subprocess.run(words, cwd=source, check=True)
    (archive,) = folder.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return archive


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, as make dist builds it."""
    return built(REPO, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def unpacked(wheel: Path) -> Path:
    """A folder with the wheel's content, as installing it would lay it out."""
    folder = wheel.parent / "unpacked"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


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


def test_the_source_archive_builds_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    with tarfile.open(built(REPO, "sdist", tmp_path / "sdist")) as archive:
        archive.extractall(tmp_path)
    (source,) = tmp_path.glob("dermaroller-*")
    assert built(source, "wheel", tmp_path / "wheel").read_bytes() == wheel.read_bytes()


class Installed:
    """The command where one of its users' programs, pipx or uv, has installed it."""

    def __init__(self, installer: list[str], folder: Path) -> None:
        self.folder = folder
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        places = {"UV_TOOL_DIR": "uv", "UV_TOOL_BIN_DIR": "bin", "PIPX_HOME": "pipx", "PIPX_BIN_DIR": "bin"}
        left_out = {"PYTHONPATH", "VIRTUAL_ENV"}
        self.environment = {key: value for key, value in os.environ.items() if key not in left_out}
        self.environment |= {key: str(folder / place) for key, place in places.items()}
        self.environment["PATH"] = path
        done = self.run([*installer, "--python", sys.executable])
        if done.returncode and not os.environ.get("CI"):
            pytest.skip(f"{shlex.join(installer)}: {done.stderr.strip().splitlines()[-1]}")
        assert done.returncode == 0, done.stderr

    def run(self, words: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(words, cwd=self.folder, env=self.environment, capture_output=True, text=True)

    def call(self, *arguments: str) -> tuple[int, str, str]:
        """(exit code, stdout, stderr) of the command."""
        done = self.run([str(self.folder / "bin" / "dermaroller"), *arguments])
        return done.returncode, done.stdout, done.stderr

    def add_what_is_missing(self, sentence: str) -> None:
        """Type what a sentence says."""
        (command,) = re.findall("`(.*)`", sentence)
        done = self.run(shlex.split(command))
        assert done.returncode == 0, done.stderr


def test_uv_installs_a_small_base_that_works_and_can_grow(wheel: Path, tmp_path: Path) -> None:
    with_compiled_files = "--compile-bytecode"  # as they come when it is used
    tool = Installed(["uv", "tool", "install", with_compiled_files, str(wheel)], tmp_path)
    size_bytes = sum(path.lstat().st_size for path in (tmp_path / "uv" / "dermaroller").rglob("*"))
    assert 10_000_000 < size_bytes < MAX_BASE_BYTES
    assert tool.call("--version")[:2] == (0, "dermaroller 0.1.0\n")
    assert "archive" in tool.call("--help")[1]
    assert tool.call("-p", str(tmp_path / "none"), "list")[0] == 3
    assert "left" in tool.call("show", str(GOLDEN))[1]
    assert tool.call("compare", str(GOLDEN), str(GOLDEN))[0] == 0
    assert tool.call("archive", "import", str(GOLDEN), "--archive", "archive")[0] == 0
    code, _, told = tool.call("report", str(GOLDEN), "-o", "page.html")
    assert code == 12 and told.count("\n") == 1
    tool.add_what_is_missing(told)
    assert tool.call("report", str(GOLDEN), "-o", "page.html") == (0, "page.html\n", "")


def test_pipx_installs_it_with_reports_and_can_add_to_it(wheel: Path, tmp_path: Path) -> None:
    tool = Installed([sys.executable, "-m", "pipx", "install", f"{wheel}[report]"], tmp_path)
    assert tool.call("report", str(GOLDEN), "-o", "page.html") == (0, "page.html\n", "")
    code, _, told = tool.call("export", str(GOLDEN), "--format", "edf")
    assert code == 12 and "pipx inject dermaroller edfio" in told
    tool.add_what_is_missing(told)
    assert tool.call("export", str(GOLDEN), "--format", "edf")[0] == 0
