"""A small Debian archive on a loopback server, for the real apt to fetch from; and ways in which archives break."""

import contextlib
import hashlib
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from dermaroller.sim import debian

# What MicroPython needs here: one package, which needs another.
PACKAGES = {"micropython": "libffi8", "libffi8": ""}
ANSWERS = {"trixie": "micropython 1 25 0 2147483647", "forky": "micropython 1 26 1 2147483647"}


class Archive:
    """An archive with a suite for each of ANSWERS, in which MicroPython gives that answer.

    folder: what the server serves. apt_folder: for the machine that trusts it. pins: the oldest suite's files.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "archive"
        self.apt_folder = folder
        self.pins = folder / "pins.txt"
        self.trust = "[trusted=yes] "

    def make(self) -> None:
        """Build the packages, and list them."""
        for suite in ANSWERS:
            self.make_suite(suite, PACKAGES)
        self.pins.write_text("# made\n" + "".join(f"{digest(path)}  {name}\n" for name, path in self.files("trixie")))

    def files(self, suite: str) -> list[tuple[str, Path]]:
        """The packages of a suite: their paths in the archive, and the files."""
        return [(path.relative_to(self.folder).as_posix(), path) for path in sorted(self.pool(suite).glob("*.deb"))]

    def pool(self, suite: str) -> Path:
        return self.folder / "pool" / suite

    def index(self, suite: str) -> Path:
        return self.folder / f"dists/{suite}/main/binary-i386/Packages"

    def make_suite(self, suite: str, packages: dict[str, str]) -> None:
        index = self.index(suite)
        index.parent.mkdir(parents=True, exist_ok=True)
        index.write_text("\n".join(self._make_package(suite, name, needs) for name, needs in packages.items()))
        listed = f"{digest(index)} {index.stat().st_size} main/binary-i386/Packages"
        (self.folder / f"dists/{suite}/Release").write_text(f"Codename: {suite}\nSuite: {suite}\nSHA256:\n {listed}\n")

    def _make_package(self, suite: str, name: str, needs: str) -> str:
        """Build a package; its entry in the index."""
        tree = self.folder.parent / "trees" / suite / name
        (tree / "usr/share").mkdir(parents=True, exist_ok=True)
        (tree / "usr/share" / name).write_text(suite)
        (tree / "DEBIAN").mkdir(exist_ok=True)
        if name == debian.PACKAGE:
            # The loader is what is started, so it can answer in the runtime's stead.
            loader = Path(debian.command_in(tree)[0])
            loader.parent.mkdir(parents=True, exist_ok=True)
            loader.write_text(f"#!/bin/sh\necho '{ANSWERS[suite]}'\n")
            loader.chmod(0o755)
        control = f"Package: {name}\nVersion: 1\nArchitecture: i386\nMaintainer: nobody\nDescription: example\n"
        control += f"Depends: {needs}\n" if needs else ""
        (tree / "DEBIAN/control").write_text(control)
        file = self.pool(suite) / f"{name}_1_i386.deb"
        file.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["dpkg-deb", "--build", "--root-owner-group", tree, file], check=True, stdout=subprocess.DEVNULL)
        path = file.relative_to(self.folder).as_posix()
        return f"{control}Filename: {path}\nSize: {file.stat().st_size}\nSHA256: {digest(file)}\n"

    @contextlib.contextmanager
    def served(self) -> Iterator[None]:
        """Serve it on a free port of this machine, which the apt configuration names."""
        handler = partial(_Quiet, directory=str(self.folder))
        with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            self.name_mirror(f"http://127.0.0.1:{server.server_port}")
            threading.Thread(target=server.serve_forever, daemon=True).start()
            try:
                yield
            finally:
                server.shutdown()

    def name_mirror(self, address: str) -> None:
        (self.apt_folder / "sources.list").write_text(f"deb {self.trust}{address} bookworm main\n")

    def give_index_another_size(self, suite: str) -> None:
        """As while a mirror is being brought up to date."""
        with self.index(suite).open("a") as file:
            file.write("\nPackage: another\n")

    def lose_index(self, suite: str) -> None:
        self.index(suite).unlink()

    def lose_packages(self, suite: str) -> None:
        for _, path in self.files(suite):
            path.unlink()

    def damage_packages(self, suite: str) -> None:
        for _, path in self.files(suite):
            data = bytearray(path.read_bytes())
            data[-1] ^= 1
            path.write_bytes(data)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
