"""Fetching with the real apt, from an archive on a loopback server that breaks in the ways in which archives break."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from dermaroller.sim import debian, fetching, pins, runtime
from dermaroller.sim.debian import FetchError
from dermaroller.sim.runtime import RuntimeMissingError, find_micropython

from .debian_archive import Archive, digest

pytestmark = [
    pytest.mark.skipif(bool(debian.why_not()), reason=f"needs apt: {debian.why_not()}"),
    pytest.mark.slow,
]

BY_APT, PINNED, LATER = "Debian trixie by apt", "the pinned files of Debian's pool", "Debian forky by apt"
# What is broken, what its source then says, and whose runtime is taken.
BROKEN = {
    "index of another size": ("give_index_another_size", "unexpected size", PINNED),
    "no index": ("lose_index", "404", PINNED),
    "packages that are not what the index says": ("damage_packages", "(Hash Sum mismatch|Size|size)", LATER),
    "packages gone with a point release": ("lose_packages", "404", LATER),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an archive, of which each test gets a copy of its own."""
    folder = tmp_path_factory.mktemp("archive")
    Archive(folder).make()
    return folder


@pytest.fixture
def archive(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Archive]:
    """A served archive, which is what this machine is set to; nothing on the PATH, an empty cache."""
    shutil.copytree(made, tmp_path / "machine")
    served = Archive(tmp_path / "machine")
    monkeypatch.setattr(debian, "APT_FOLDER", served.apt_folder)
    monkeypatch.setattr(debian, "PINS", served.pins)
    monkeypatch.setattr(runtime, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr("dermaroller.sim.runtime.shutil.which", lambda name: None)
    monkeypatch.setattr(debian, "why_not", lambda: "")
    monkeypatch.setattr(fetching.importlib.util, "find_spec", lambda name: None)
    monkeypatch.delenv("MICROPYTHON", raising=False)
    with served.served():
        yield served


def test_what_apt_says_it_needs_is_unpacked_and_nothing_else_is_left(archive: Archive, tmp_path: Path) -> None:
    found = find_micropython()
    assert (found.origin, found.version) == (f"the cache, fetched from {BY_APT}", (1, 25, 0))
    root = tmp_path / "cache/micropython"
    assert {path.name for path in (root / "usr/share").iterdir()} == {"micropython", "libffi8"}
    assert {path.name for path in (tmp_path / "cache").iterdir()} == {"micropython", "micropython.lock"}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_archive_is_told_and_the_next_source_taken(name: str, archive: Archive) -> None:
    how, said, taken = BROKEN[name]
    getattr(archive, how)("trixie")
    found = find_micropython()
    assert found.origin == f"the cache, fetched from {taken}"
    told = [each for each in found.passed_over if each.startswith(BY_APT)]
    assert len(told) == 1 and re.search(f"apt-get said: .*{said}", told[0]), told


def test_without_a_network_one_sentence_names_each_source(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    archive.name_mirror("http://127.0.0.1:9")  # where nothing listens
    assert runtime.main() == 12
    sentence = capsys.readouterr().err.splitlines()[-1]
    names = [source.name for source in fetching.sources()]
    assert len(names) == 5
    for name in names[:-1]:
        assert re.search(rf"; {name}: apt-(get|helper) said: ", sentence), sentence
    assert f"; {names[-1]}: it is not installed): try again later" in sentence


def test_a_pinned_file_that_is_another_is_refused(archive: Archive, tmp_path: Path) -> None:
    archive.damage_packages("trixie")
    with pytest.raises(FetchError, match=r"apt-helper said: .*Hash Sum mismatch"):
        debian.fetch_pinned(tmp_path, tmp_path / "root", archive.apt_folder, archive.pins)
    assert not (tmp_path / "root").exists()


def test_a_second_call_goes_on_from_what_is_there(archive: Archive, tmp_path: Path) -> None:
    (_, first), (_, second) = archive.files("trixie")
    whole = second.read_bytes()
    second.unlink()
    with pytest.raises(FetchError, match="404"):
        debian.fetch_pinned(tmp_path, tmp_path / "root", archive.apt_folder, archive.pins)
    first.unlink()
    second.write_bytes(whole)
    debian.fetch_pinned(tmp_path, tmp_path / "root", archive.apt_folder, archive.pins)
    assert len(list((tmp_path / "root/usr/share").iterdir())) == 2


def test_packages_of_an_earlier_call_are_not_mixed_with_newer_ones(archive: Archive, tmp_path: Path) -> None:
    debian.fetch_by_apt("trixie", tmp_path / "work", tmp_path / "root", archive.apt_folder)
    archive.lose_packages("trixie")
    archive.make_suite("trixie", {"micropython": ""})
    debian.fetch_by_apt("trixie", tmp_path / "work", tmp_path / "new", archive.apt_folder)
    assert [path.name for path in (tmp_path / "new/usr/share").iterdir()] == ["micropython"]


def test_an_unsigned_archive_is_refused_unless_the_machine_trusts_it(archive: Archive, tmp_path: Path) -> None:
    archive.trust = ""
    with archive.served(), pytest.raises(FetchError, match=r"apt-get said: .*(not signed|NO_PUBKEY|InRelease)"):
        debian.fetch_by_apt("trixie", tmp_path / "work", tmp_path / "root", archive.apt_folder)


def test_a_machine_without_debian_says_so(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="names no Debian archive"):
        debian.fetch_by_apt("trixie", tmp_path / "work", tmp_path / "root", tmp_path)


def test_apt_that_hangs_is_left(archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debian, "TIMEOUT_S", 0)
    with pytest.raises(FetchError, match="apt-get took longer than 0 s"):
        debian.fetch_by_apt("trixie", tmp_path / "work", tmp_path / "root", archive.apt_folder)


def test_pins_are_renewed_from_the_index(archive: Archive) -> None:
    listed = {name: digest(path) for name, path in archive.files("trixie")}
    archive.pins.write_text("# old\n00  pool/old.deb\n")
    assert pins.renew(archive.pins, archive.apt_folder) == (set(listed), {"pool/old.deb"})
    assert debian.read_pins(archive.pins) == listed
    assert archive.pins.read_text().startswith("# Debian's packages")


def test_pins_stay_while_the_index_is_broken(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    archive.give_index_another_size("trixie")
    before = archive.pins.read_bytes()
    assert pins.main() == 12
    assert archive.pins.read_bytes() == before
    assert capsys.readouterr().err.startswith("The pins stay as they are: apt-get said: ")


def test_the_pins_of_the_project_name_a_runtime_and_its_libraries() -> None:
    names = {Path(path).name.partition("_")[0] for path in debian.read_pins(debian.PINS)}
    assert {"micropython", "libc6", "libffi8", "libgcc-s1"} <= names
    assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in debian.read_pins(debian.PINS).values())


def test_a_missing_runtime_is_an_error_of_its_own() -> None:
    assert RuntimeMissingError.exit_code == 12
