"""Fetching with the real apt, from an archive in a folder: no network, and nothing changed outside."""

import hashlib
import subprocess
from pathlib import Path

import pytest

from dermaroller.sim import debian
from dermaroller.sim.debian import FetchError

pytestmark = pytest.mark.skipif(not debian.can_fetch(), reason="needs apt and dpkg on Linux/x86")


def test_packages_are_unpacked_and_nothing_else_is_left(tmp_path: Path) -> None:
    fetch(tmp_path, packages=debian.PACKAGES)
    root = tmp_path / "cache/new"
    assert {path.name for path in (root / "usr/share").iterdir()} == set(debian.PACKAGES)
    assert list((tmp_path / "cache").iterdir()) == [root]


def test_a_missing_package_is_named(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match=r"apt-get said: .*libffi8"):
        fetch(tmp_path, packages=[name for name in debian.PACKAGES if name != "libffi8"])
    assert list((tmp_path / "cache").iterdir()) == []


def test_an_archive_that_cannot_be_reached_is_named(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match=r"apt-get said: .*/nowhere"):
        debian.fetch_into(tmp_path / "new", configuration(tmp_path, tmp_path / "nowhere"))


def test_an_unsigned_archive_is_refused_unless_the_machine_trusts_it(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match=r"apt-get said: .*(not signed|NO_PUBKEY)"):
        fetch(tmp_path, packages=debian.PACKAGES, options="")


def test_a_machine_without_debian_says_so(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="names no Debian archive"):
        debian.fetch_into(tmp_path / "new", tmp_path)


def fetch(folder: Path, packages: list[str], options: str = "[trusted=yes] ") -> None:
    """Make an archive with these packages in the folder, and fetch from it into `cache/new`."""
    (folder / "cache").mkdir()
    archive = make_archive(folder / "archive", packages)
    debian.fetch_into(folder / "cache/new", configuration(folder, archive, options))


def configuration(folder: Path, archive: Path, options: str = "[trusted=yes] ") -> Path:
    (folder / "sources.list").write_text(f"deb {options}file:{archive} bookworm main\n")
    return folder


def make_archive(archive: Path, packages: list[str]) -> Path:
    """A Debian archive of packages that hold one file each."""
    index = archive / "dists/trixie/main/binary-i386/Packages"
    index.parent.mkdir(parents=True)
    index.write_text("\n".join(make_package(archive, name) for name in packages))
    digest = hashlib.sha256(index.read_bytes()).hexdigest()
    release = f"Codename: trixie\nSHA256:\n {digest} {index.stat().st_size} main/binary-i386/Packages\n"
    (archive / "dists/trixie/Release").write_text(release)
    return archive


def make_package(archive: Path, name: str) -> str:
    """Build a package; return its entry in the index."""
    tree = archive / "trees" / name
    for folder in ("usr/share", "DEBIAN"):
        (tree / folder).mkdir(parents=True)
    (tree / "usr/share" / name).touch()
    control = f"Package: {name}\nVersion: 1\nArchitecture: i386\nMaintainer: nobody\nDescription: example\n"
    (tree / "DEBIAN/control").write_text(control)
    file = archive / f"{name}.deb"
    subprocess.run(["dpkg-deb", "--build", "--root-owner-group", tree, file], check=True, stdout=subprocess.DEVNULL)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return f"{control}Filename: {file.name}\nSize: {file.stat().st_size}\nSHA256: {digest}\n"
