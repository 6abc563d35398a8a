"""Which packages an extra of this program holds, and the command that adds them where the program is installed.

The program is on no package index, so the command depends on how it came here: as a checkout, or as a wheel that pipx,
uv or pip installed.
"""

import os
import re
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import util
from pathlib import Path

from dermaroller.errors import DermarollerError

NAME = "dermaroller"
NEWER_WHEEL = "NEWER.whl[report]"
_REQUIREMENT = re.compile(
    r"(?P<name>[\w.-]+)(\[(?P<extras>[^]]*)\])?(?P<version>[^;]*)(;.*extra == ['\"](?P<extra>\w+))?"
)
_PLAIN = re.compile(r"[\w@%+=:,./\\-]+")


class PackageMissing(DermarollerError):
    """A package that only some commands need is not installed."""

    exit_code = 12


@contextmanager
def needing(extra: str) -> Iterator[None]:
    """Around the import of an extra's packages. PackageMissing says how to add those that are not there."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] in (NAME, "roller"):
            raise  # a mistake of ours
        raise missing(error.name, extra) from None


def missing(name: str, extra: str) -> PackageMissing:
    """The error for a package of an extra that is not there."""
    return PackageMissing(f"{name} is not installed: add the extra {extra} by `{command_to_add(extra)}`.")


def command_to_add(extra: str) -> str:
    """What to type to get what is missing of an extra."""
    if (folder := checkout()) and not _is_pipx():
        return shown([*_installer(), "--editable", f"{folder}[{extra}]"])
    wanted = dict(requirements(extra))
    lacking = [requirement for name, requirement in wanted.items() if not _is_here(name)]
    return shown([*_installer(), *(lacking or wanted.values())])


def command_to_update() -> str:
    """What to type to get a newer version, from the checkout's origin or with a newer wheel at hand."""
    if folder := checkout():
        return shown(["git", "-C", str(folder), "pull"])
    if _is_pipx():
        return shown(["pipx", "install", "--force", NEWER_WHEEL])
    if (Path(sys.prefix) / "uv-receipt.toml").is_file():
        return shown(["uv", "tool", "install", "--force", NEWER_WHEEL])
    return shown([*_installer(), "--upgrade", NEWER_WHEEL])


def requirements(extra: str) -> Iterator[tuple[str, str]]:
    """The packages of an extra, also by way of other extras: (name, requirement), as ("typst", "typst>=0.15")."""
    from importlib import metadata

    for line in metadata.requires(NAME) or ():
        found = _REQUIREMENT.match(line)
        if not found or found["extra"] != extra:
            continue
        if found["name"] == NAME:
            for other in found["extras"].split(","):
                yield from requirements(other.strip())
        else:
            yield found["name"], found["name"] + found["version"].strip()


def checkout() -> Path | None:
    """The checkout that this program runs from, as developers have it; None for a wheel."""
    folder = Path(__file__).resolve().parents[2]
    is_one = Path(__file__).parent.parent.name == "host_tools" and (folder / "pyproject.toml").is_file()
    return folder if is_one else None


def _installer() -> list[str]:
    """The beginning of the command that puts packages into this environment."""
    if _is_pipx():
        return ["pipx", "inject", Path(sys.prefix).name]
    if util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "install"]
    if re.search(r"^uv *=", _venv_settings(), re.MULTILINE):
        return ["uv", "pip", "install", "--python", sys.executable]
    return ["pip", "--python", sys.executable, "install"]


def _is_pipx() -> bool:
    return (Path(sys.prefix) / "pipx_metadata.json").is_file()


def _venv_settings() -> str:
    file = Path(sys.prefix) / "pyvenv.cfg"
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def _is_here(name: str) -> bool:
    from importlib import metadata

    try:
        return bool(metadata.version(name))
    except metadata.PackageNotFoundError:
        return False


def shown(words: list[str], system: str = os.name) -> str:
    """The words as this system's shell takes them."""
    if system != "nt":
        return shlex.join(words)
    return " ".join(word if _PLAIN.fullmatch(word) else f'"{word}"' for word in words)
