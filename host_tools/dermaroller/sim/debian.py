"""Fetches MicroPython for 32-bit Linux from Debian, with apt's own client in private folders.

Nothing outside the given folders changes: apt gets its own lists, cache, status and source, and packages are unpacked,
not installed. apt brings what every machine with it has set up: proxies, transports, the archive's keys.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

from dermaroller import files
from dermaroller.sim.apt_sources import find_debian, write_entry

PACKAGE = "micropython"
OLDEST_SUITE = "trixie"  # the first Debian with MicroPython 1.25
LATER_SUITES = ("forky", "sid")
PINS = Path(__file__).with_name("debian_pins.txt")
APT_FOLDER = Path("/etc/apt")
APT_HELPER = Path("/usr/lib/apt/apt-helper")  # part of apt itself
X86 = {"x86_64", "amd64", "i386", "i586", "i686"}
TIMEOUT_S = 240  # of one call of apt: an index of 10 MB or packages of 4 MB, on a slow line

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
APT::Install-Recommends "false";
// As root, apt would change to a user of its own, who may not write here.
APT::Sandbox::User "root";
APT::Update::Error-Mode "any";
Acquire::Languages "none";
Acquire::Retries "1";
Acquire::http::Timeout "20";
Acquire::https::Timeout "20";
// Hooks of the machine would clean folders of the machine.
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Post-Invoke;
"""


class FetchError(Exception):
    """MicroPython could not be fetched; the message says why, as half a sentence."""


def why_not() -> str:
    """Why this machine cannot fetch and run Debian's i386 packages, as half a sentence; empty if it can."""
    if platform.system() != "Linux" or platform.machine().lower() not in X86:
        return "its programs need Linux on x86"
    missing = [name for name in ("apt-get", "dpkg") if not shutil.which(name)]
    return f"this machine has no {missing[0]}" if missing else ""


def command_in(root: Path) -> list[str]:
    """How to start MicroPython from the packages unpacked in root, with nothing but their own libraries."""
    libraries = root / "usr/lib/i386-linux-gnu"
    loader = root / "usr/lib/ld-linux.so.2"
    return [str(loader), "--library-path", str(libraries), str(root / "usr/bin/micropython")]


def fetch_by_apt(suite: str, work: Path, root: Path, apt_folder: Path) -> None:
    """Download what apt says MicroPython of a suite needs, and unpack it into root. Raises FetchError.

    work: stays, so that the next call goes on from what this one has got.
    """
    _prepare(work, suite, apt_folder)
    _apt(work, "update")
    _apt(work, "autoclean")  # an earlier call's packages, where the archive has newer ones
    _apt(work, "install", "--yes", "--download-only", PACKAGE)
    _unpack(sorted((work / "cache/archives").glob("*.deb")), root, work)


def fetch_pinned(work: Path, root: Path, apt_folder: Path, pins: Path) -> None:
    """Download the pinned files from the archive's pool, whatever its index says, and unpack them. Raises FetchError.

    work: as in fetch_by_apt.
    """
    mirror = _prepare(work, OLDEST_SUITE, apt_folder)
    if not APT_HELPER.exists():
        raise FetchError(f"this machine has no {APT_HELPER}")
    wanted = read_pins(pins)
    for path, digest in wanted.items():
        file = work / Path(path).name
        if not (file.is_file() and files.sha256_of(file) == digest):
            _run(
                [str(APT_HELPER), _conf(work), "download-file", f"{mirror}/{path}", str(file), f"SHA256:{digest}"], work
            )
    _unpack([work / Path(path).name for path in wanted], root, work)


def read_pins(pins: Path) -> dict[str, str]:
    """The SHA-256 of each pinned file by its path in the archive."""
    lines = (line.split() for line in pins.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return {path: digest for digest, path in lines}


def closure(suite: str, work: Path, apt_folder: Path) -> dict[str, str]:
    """What the pins should be by a suite's own index: each file's SHA-256 by its path. Raises FetchError."""
    _prepare(work, suite, apt_folder)
    _apt(work, "update")
    told = _apt(work, "install", "--yes", "--simulate", PACKAGE)
    names = [line.split()[1] for line in told.splitlines() if line.startswith("Inst ")]
    found = {}
    for entry in _apt(work, "show", "--no-all-versions", *names, program="apt-cache").split("\n\n"):
        fields = dict(line.split(": ", 1) for line in entry.splitlines() if ": " in line[1:] and line[0] != " ")
        if fields:
            found[fields["Filename"]] = fields["SHA256"]
    return found


def _prepare(work: Path, suite: str, apt_folder: Path) -> str:
    """Lay out apt's private folders; the address of the mirror."""
    entry = find_debian(apt_folder)
    if entry is None:
        raise FetchError(f"{apt_folder} names no Debian archive to fetch it from")
    for folder in ("sources", "lists/partial", "cache/archives/partial"):
        (work / folder).mkdir(parents=True, exist_ok=True)
    (work / "status").touch()
    selection = {"Types": "deb", "Suites": suite, "Components": "main", "Architectures": "i386"}
    write_entry(selection | entry, work / "sources" / "debian.sources")
    (work / "apt.conf").write_text(APT_CONF.format(work=work), encoding="utf-8")
    return entry["URIs"].rstrip("/")


def _conf(work: Path) -> str:
    return f"--config-file={work / 'apt.conf'}"


def _apt(work: Path, *arguments: str, program: str = "apt-get") -> str:
    return _run([program, *(["-qq"] if program == "apt-get" else []), _conf(work), *arguments], work)


def _unpack(packages: list[Path], root: Path, work: Path) -> None:
    root.mkdir(parents=True, exist_ok=True)
    for package in packages:
        _run(["dpkg", "-x", str(package), str(root)], work)


def _run(command: list[str], folder: Path) -> str:
    name = Path(command[0]).name
    environment = os.environ | {"LC_ALL": "C", "TMPDIR": str(folder)}
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, errors="replace", timeout=TIMEOUT_S
        )
    except subprocess.TimeoutExpired:
        raise FetchError(f"{name} took longer than {TIMEOUT_S} s") from None
    if done.returncode != 0:
        # A bad signature is named in a warning, and the error after it only says what follows from it.
        said = [line for line in done.stderr.splitlines() if line.startswith(("W: GPG", "E:", "dpkg"))]
        reason = re.sub(r"\s*\[IP: .*?\]$", "", said[0].removeprefix("E: ")) if said else f"exit code {done.returncode}"
        raise FetchError(f"{name} said: {' '.join(reason.split())}")
    return done.stdout
