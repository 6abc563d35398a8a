"""Fetches MicroPython for 32-bit Linux from Debian, with apt's own client in private folders.

Nothing outside the given folder changes: apt gets its own lists, cache, status and source, and
packages are unpacked, not installed.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from pathlib import Path

from dermaroller.sim.apt_sources import find_debian, write_entry

SUITE = "trixie"  # the first Debian with MicroPython 1.25
PACKAGES = ["micropython", "libc6", "libffi8", "libmbedcrypto16", "libmbedtls21", "libmbedx509-7", "libgcc-s1"]
X86 = {"x86_64", "amd64", "i386", "i586", "i686"}

# Read last of all, so it wins over the machine's own settings; of those, proxies and the like stay.
APT_CONF = """\
Dir::Etc::SourceList "/dev/null";
Dir::Etc::SourceParts "{work}/sources";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State::Lists "{work}/lists";
Dir::State::Status "{work}/status";
Dir::Cache "{work}/cache";
APT::Architecture "i386";
#clear APT::Architectures;
APT::Architectures {{ "i386"; }};
#clear APT::Default-Release;
// As root, apt would change to a user of its own, who may not write here.
APT::Sandbox::User "root";
APT::Update::Error-Mode "any";
Acquire::Retries "2";
Acquire::http::Timeout "20";
// Hooks of the machine would clean folders of the machine.
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
"""


class FetchError(Exception):
    """MicroPython could not be fetched; the message says why, as half a sentence."""


def can_fetch() -> bool:
    """Whether this machine can fetch and run Debian's i386 packages."""
    has_tools = shutil.which("apt-get") and shutil.which("dpkg")
    return platform.system() == "Linux" and platform.machine().lower() in X86 and bool(has_tools)


def command_in(root: Path) -> list[str]:
    """How to start MicroPython from the packages unpacked in root, with nothing but their own libraries."""
    libraries = root / "usr/lib/i386-linux-gnu"
    loader = root / "usr/lib/ld-linux.so.2"
    return [str(loader), "--library-path", str(libraries), str(root / "usr/bin/micropython")]


def fetch_into(root: Path, apt_folder: Path = Path("/etc/apt")) -> None:
    """Download the packages and unpack them into root, which is made. Raises FetchError."""
    work = root.with_name(root.name + ".apt")
    shutil.rmtree(work, ignore_errors=True)
    try:
        _prepare(work, apt_folder)
        _apt(work, "update")
        _apt(work, "download", *PACKAGES)
        for package in sorted(work.glob("*.deb")):
            _run(["dpkg", "-x", str(package), str(root)], work)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _prepare(work: Path, apt_folder: Path) -> None:
    entry = find_debian(apt_folder)
    if entry is None:
        raise FetchError(f"{apt_folder} names no Debian archive to fetch it from")
    for folder in ("sources", "lists/partial", "cache/archives/partial"):
        (work / folder).mkdir(parents=True)
    (work / "status").touch()
    selection = {"Types": "deb", "Suites": SUITE, "Components": "main", "Architectures": "i386"}
    write_entry(selection | entry, work / "sources" / "debian.sources")
    (work / "apt.conf").write_text(APT_CONF.format(work=work), encoding="utf-8")


def _apt(work: Path, *arguments: str) -> None:
    _run(["apt-get", "-qq", f"--config-file={work / 'apt.conf'}", *arguments], work)


def _run(command: list[str], folder: Path) -> None:
    environment = os.environ | {"LC_ALL": "C", "TMPDIR": str(folder)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, errors="replace")
    if done.returncode != 0:
        # A bad signature is named in a warning, and the error after it only says what follows from it.
        said = [line for line in done.stderr.splitlines() if line.startswith(("W: GPG", "E:", "dpkg"))]
        raise FetchError(f"{command[0]} said: {said[0].removeprefix('E: ') if said else done.returncode}")
